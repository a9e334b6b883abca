//! The map against the standard one.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::Map;

#[derive(Clone, Debug)]
enum Step {
    Insert(u16, u8),
    /// Many in a row: up, or down.
    Run(u16, u16, bool),
    Remove(u16),
    RemoveRun(u16, u16),
    Change(u16),
    Fork,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..2000u16;
    let step = prop_oneof![
        4 => (key.clone(), any::<u8>()).prop_map(|(k, v)| Step::Insert(k, v)),
        2 => (key.clone(), 0..300u16, any::<bool>()).prop_map(|(k, n, up)| Step::Run(k, n, up)),
        4 => key.clone().prop_map(Step::Remove),
        2 => (key.clone(), 0..400u16).prop_map(|(k, n)| Step::RemoveRun(k, n)),
        1 => key.prop_map(Step::Change),
        1 => Just(Step::Fork),
    ];
    prop::collection::vec(step, 1..60)
}

fn same(map: &Map<u16, u8>, model: &BTreeMap<u16, u8>, probe: u16) {
    assert_eq!((map.len(), map.is_empty()), (model.len(), model.is_empty()));
    assert!(map.iter().eq(model.iter()));
    assert!(
        map.after(Some(&probe))
            .eq(model.range((std::ops::Bound::Excluded(probe), std::ops::Bound::Unbounded)))
    );
    assert_eq!(map.get(&probe), model.get(&probe));
}

proptest! {
    #[test]
    fn does_what_the_standard_map_does(steps in steps(), probe in 0..2000u16) {
        let (mut map, mut model) = (Map::default(), BTreeMap::new());
        let mut forks: Vec<(Map<u16, u8>, BTreeMap<u16, u8>)> = Vec::new();
        for step in steps {
            match step {
                Step::Insert(k, v) => {
                    map.insert(k, v);
                    model.insert(k, v);
                }
                Step::Run(k, n, up) => {
                    for i in 0..n {
                        let k = if up { k.saturating_add(i) } else { k.saturating_sub(i) };
                        map.insert(k, 1);
                        model.insert(k, 1);
                    }
                }
                Step::Remove(k) => {
                    assert_eq!(map.remove(&k), model.remove(&k).is_some());
                }
                Step::RemoveRun(k, n) => {
                    for k in k..k.saturating_add(n) {
                        assert_eq!(map.remove(&k), model.remove(&k).is_some());
                    }
                }
                Step::Change(k) => {
                    map.change(&k, || 7, |v| *v = v.wrapping_add(1));
                    let v = model.entry(k).or_insert(7);
                    *v = v.wrapping_add(1);
                }
                Step::Fork => forks.push((map.clone(), model.clone())),
            }
            same(&map, &model, probe);
        }
        for (map, model) in &forks {
            same(map, model, probe);
        }
    }
}

#[test]
fn starts_anywhere() {
    let mut map = Map::default();
    for a in 0..40u8 {
        for b in 0..40u8 {
            map.insert(a.wrapping_mul(7), b);
            map.remove(&b);
        }
    }
    let all: Vec<u8> = map.iter().map(|(k, _)| *k).collect();
    for start in 0..=255u8 {
        let after: Vec<u8> = map.after(Some(&start)).map(|(k, _)| *k).collect();
        assert!(
            after.iter().eq(all.iter().filter(|k| **k > start)),
            "after {start}"
        );
    }
}
