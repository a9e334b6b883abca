use registrette::{Config, Registry, layer::Rule};

use crate::client::{Ask, at};

/// Which of so many requests, a second apart, a rule happens to.
fn hits(seed: u64, when: &str, requests: u64) -> Vec<u64> {
    let mut registry = Registry::new(Config::new(seed));
    let rule = format!(r#"{{"when":{when},"do":[{{"verb":"status","status":503}}]}}"#);
    registry.add_fault(at(0), Rule::parse(&rule).unwrap());
    let mut ask = |second: u64| {
        Ask::get("/v2/")
            .send(&mut registry, at(second * 1000))
            .status
    };
    let hits: Vec<_> = (1..=requests)
        .filter(|second| ask(*second) == 503)
        .collect();
    let counted = registry.faults().next().unwrap();
    assert_eq!(
        (counted.matches, counted.hits),
        (requests, hits.len() as u64)
    );
    hits
}

#[test]
fn it_happens_when_it_says() {
    for (when, wanted) in [
        ("{}", vec![1, 2, 3, 4, 5, 6]),
        (r#"{"nth":3}"#, vec![3]),
        (r#"{"first":2}"#, vec![1, 2]),
        (r#"{"every":2}"#, vec![2, 4, 6]),
        (r#"{"after":4}"#, vec![5, 6]),
        (r#"{"after":1,"first":3}"#, vec![2, 3]),
        (r#"{"windowMs":[2000,4000]}"#, vec![2, 3]),
        (r#"{"windowMs":["0s","1.5s"]}"#, vec![1]),
        (r#"{"probability":0}"#, vec![]),
        (r#"{"probability":1}"#, vec![1, 2, 3, 4, 5, 6]),
    ] {
        assert_eq!(hits(7, when, 6), wanted, "{when}");
    }
}

#[test]
fn chance_is_the_seeds() {
    let half = r#"{"probability":0.5}"#;
    let once = hits(7, half, 1000);
    assert_eq!(once, hits(7, half, 1000));
    assert_ne!(once, hits(8, half, 1000));
    assert!((450..550).contains(&once.len()), "{}", once.len());
    // Pinned: the same everywhere, and for ever.
    assert_eq!(once[..8], [1, 2, 3, 4, 6, 7, 8, 11]);
}

#[test]
fn chance_begins_anew_when_all_were_taken_away() {
    let draws = |registry: &mut Registry| -> Vec<_> {
        let rule = r#"{"when":{"probability":0.5},"do":[{"verb":"status","status":503}]}"#;
        registry.add_fault(at(0), Rule::parse(rule).unwrap());
        (0..100)
            .map(|_| Ask::get("/v2/").to(registry).status)
            .collect()
    };
    let mut registry = Registry::new(Config::new(7));
    let first = draws(&mut registry);
    assert_ne!(draws(&mut registry), first, "beside another rule");
    registry.clear_faults();
    assert_eq!(draws(&mut registry), first);
    registry.reset().unwrap();
    assert_eq!(draws(&mut registry), first);
    assert_eq!(registry.faults().next().unwrap().id.number(), 4);
}

#[test]
fn a_rule_is_taken_away() {
    let mut registry = Registry::new(Config::new(0));
    let rule = Rule::parse(r#"{"do":[{"verb":"status","status":503}]}"#).unwrap();
    let first = registry.add_fault(at(0), rule.clone());
    let second = registry.add_fault(at(0), rule.clone());
    assert_ne!(first, second);
    assert_eq!(registry.remove_fault(first).unwrap().rule, rule);
    assert!(registry.remove_fault(first).is_none());
    Ask::get("/v2/").to(&mut registry).is(503);
    let mut fork = registry.fork();
    registry.clear_faults();
    Ask::get("/v2/").to(&mut registry).is(200);
    Ask::get("/v2/").to(&mut fork).is(200);
    assert_ne!(registry.add_fault(at(0), rule), second);
    registry.reset().unwrap();
    Ask::get("/v2/").to(&mut registry).is(200);
}
