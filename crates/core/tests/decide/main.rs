//! Properties of `decide`: random commands over tables in memory, beside a model that is simpler
//! than the code.

mod answers;
mod asking;
mod constraints;
mod expiry;
mod fairness;
mod generators;
mod model;
mod outcomes;
mod reader;
mod rules;
mod spread;
mod stall;
mod tables;
mod world;

use fairhold_core::allocation::{Command, Expire};
use proptest::prelude::*;
use proptest::test_runner::Config;

use answers::Answer;
use generators::{Batch, ample, batches, scarce, worlds};
use world::World;

fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}

/// Plays the batches and returns all that was asked and answered.
fn play(world: &mut World, batches: &[Batch]) -> (Vec<Command>, Vec<Answer>) {
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    for Batch { pause, acts } in batches {
        world.wait(*pause);
        let commands = world.commands(acts, &mut asked);
        answered.extend(world.settle(&commands));
    }
    world.serve();
    (asked, answered)
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn every_answer_and_every_row_is_as_the_model_says(
        mut world in worlds(ample()), batches in batches(20),
    ) {
        play(&mut world, &batches);
    }

    #[test]
    fn a_storm_of_due_holds_defers_and_comes_to_an_end(
        mut world in worlds(scarce()), batches in batches(20),
    ) {
        play(&mut world, &batches);
    }

    #[test]
    fn a_batch_answers_as_its_commands_one_by_one(
        mut world in worlds(ample()), mut batches in batches(10),
    ) {
        let Some(last) = batches.pop() else { return Ok(()) };
        let (mut earlier, _) = play(&mut world, &batches);
        world.wait(last.pause);
        let skus: Vec<_> = world.tables.skus.keys().cloned().collect();
        let sweep: Vec<_> = skus.into_iter().map(|sku| Command::Expire(Expire { sku })).collect();
        world.settle(&sweep);
        let commands = world.commands(&last.acts, &mut earlier);
        let mut apart = world.clone();
        let together = world.transact(&commands);
        prop_assert_eq!(together, apart.one_by_one(&commands));
        prop_assert_eq!(world.tables, apart.tables);
    }
}
