//! Whole exchanges: requests against one registry, in any order, in any pieces, at any time.

use super::{input::Input, world::World};

pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let mut world = World::new(&mut input);
    for _ in 0..100 {
        if input.is_empty() {
            break;
        }
        world.step(&mut input);
    }
    world.end(&mut input);
}
