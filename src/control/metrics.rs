//! Counts, as Prometheus reads them.

use std::fmt::Write as _;

use crate::Registry;

/// The text exposition format, version 0.0.4.
pub(super) fn metrics(registry: &Registry) -> String {
    let (totals, stats) = (registry.totals(), registry.stats());
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, rows: Vec<(String, u64)>| {
        let _ = write!(
            text,
            "# HELP registrette_{name} {help}\n# TYPE registrette_{name} {kind}\n"
        );
        for (labels, value) in rows {
            let _ = writeln!(text, "registrette_{name}{labels} {value}");
        }
    };
    let one = |value: u64| vec![(String::new(), value)];
    let calls = totals.calls.iter().map(|((operation, status), count)| {
        let labels = format!("{{operation=\"{operation}\",status=\"{status}\"}}");
        (labels, *count)
    });
    let help = "Requests that were answered; status 0: without an answer.";
    family("calls_total", "counter", help, calls.collect());
    let help = "Bytes of bodies that were taken.";
    family(
        "received_bytes_total",
        "counter",
        help,
        one(totals.received),
    );
    let help = "Bytes of bodies that were answered.";
    family("sent_bytes_total", "counter", help, one(totals.sent));
    family(
        "repositories",
        "gauge",
        "Repositories.",
        one(stats.repositories),
    );
    family(
        "manifests",
        "gauge",
        "Manifests, in all repositories.",
        one(stats.manifests),
    );
    family("blobs", "gauge", "Blobs, each once.", one(stats.blobs));
    family(
        "uploads",
        "gauge",
        "Open upload sessions.",
        one(stats.uploads),
    );
    family("bytes", "gauge", "Bytes that are alive.", one(stats.bytes));
    let faults = registry.faults();
    let hits = faults.map(|fault| (format!("{{fault=\"{}\"}}", fault.id.number()), fault.hits));
    let help = "Requests that a fault happened to.";
    family("fault_hits_total", "counter", help, hits.collect());
    text
}
