//! Which calls a filter finds.

use registrette::layer::CallFilter;

use super::{registry, some_day};

const FOUND: [(&str, &[u64]); 15] = [
    ("", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("operation=manifest.get", &[4, 6]),
    ("operation=manifest.get&operation=blob.*", &[2, 4, 6, 7]),
    ("method=head", &[5]),
    ("repository=demo/*", &[1, 2, 3, 4, 5, 6, 7]),
    ("repository=demo%2Fdeep/**", &[8]),
    ("reference=v1", &[3, 5, 6]),
    ("reference=sha256:*", &[2, 7]),
    ("client=push*/*", &[1, 2, 3]),
    ("status=404", &[4, 8]),
    ("status=2xx&status=404&method=GET", &[4, 6, 7, 8]),
    ("since=6", &[7, 8]),
    ("last=2", &[7, 8]),
    ("status=404&last=1", &[8]),
    ("fault=1", &[]),
];

const MISTAKES: [(&str, &str); 8] = [
    ("staus=404", "no filter \"staus\"; did you mean \"status\"?"),
    ("operation=manifest.got", "did you mean \"manifest.get\"?"),
    ("status=4x", "takes one like 404, or a class like 4xx"),
    ("status=40400", "takes one like 404"),
    ("since=-1", "since is \"-1\"; it takes a whole number"),
    ("last=all", "last is \"all\""),
    ("method=A B", "is not a method"),
    ("repository=%zz", "cannot be decoded"),
];

#[test]
fn filters_find() {
    let mut registry = registry(0);
    some_day(&mut registry);
    for (query, wanted) in FOUND {
        let filter = CallFilter::parse(query).unwrap();
        let found = filter.of(registry.calls());
        let found: Vec<_> = found.iter().map(|call| call.sequence).collect();
        assert_eq!(found, wanted, "{query}");
    }
}

#[test]
fn mistakes_are_told() {
    for (query, wanted) in MISTAKES {
        let told = CallFilter::parse(query).unwrap_err();
        assert!(told.contains(wanted), "{query}: {told}");
    }
}
