//! Proves that the random commands come to all that can happen, so that the properties mean much.

use std::cell::RefCell;
use std::collections::BTreeSet;

use fairhold_core::ledger::{LedgerEntry, LedgerKind};
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::answers::Answer;
use crate::generators::{batches, scarce, worlds};
use crate::tables::Tables;
use crate::{config, play};

const ALL: [&str; 27] = [
    "AlreadyConfirmed",
    "Deferred",
    "ExceedsTotal",
    "Existing",
    "Existing again",
    "Expired",
    "Found",
    "Held",
    "Held again",
    "InsufficientStock",
    "KeyReused",
    "LiveReservationExists",
    "NotConfirmable",
    "Restocked",
    "Restocked again",
    "SoldOut",
    "Swept",
    "UnknownReservation",
    "UnknownSku",
    "Waitlisted",
    "Waitlisted again",
    "a place joined and left at once",
    "a place joined and promoted at once",
    "a place left",
    "two promoted at once",
    "a hold of Minimal",
    "a hold of Reduced",
];

#[test]
fn the_random_commands_reach_every_answer() {
    let seen = RefCell::new(BTreeSet::new());
    let config = Config {
        rng_seed: RngSeed::Fixed(1),
        ..config(400)
    };
    let random = (worlds(scarce()), batches(20));
    let run = TestRunner::new(config).run(&random, |(mut world, batches)| {
        let (_, answers) = play(&mut world, &batches);
        let mut seen = seen.borrow_mut();
        seen.extend(answers.iter().map(name));
        seen.extend(tiers(&world.tables));
        for entries in world.tables.ledger.values() {
            seen.extend(turns(entries));
        }
        Ok(())
    });
    assert!(run.is_ok(), "{run:?}");
    let seen = seen.into_inner();
    let missing: Vec<_> = ALL.iter().filter(|name| !seen.contains(**name)).collect();
    assert!(missing.is_empty(), "never came to {missing:?}");
}

fn name(answer: &Answer) -> String {
    let again = |replayed| if replayed { " again" } else { "" };
    match answer {
        Answer::Reserved {
            disposition,
            replayed,
            ..
        } => format!("{disposition:?}{}", again(*replayed)),
        Answer::Restocked { replayed, .. } => format!("Restocked{}", again(*replayed)),
        Answer::Refused(refusal) => first_word(&format!("{refusal:?}")),
        Answer::Found(_) | Answer::Swept | Answer::Deferred => first_word(&format!("{answer:?}")),
    }
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric()).collect()
}

fn tiers(tables: &Tables) -> impl Iterator<Item = String> {
    let held = tables.reservations.values().filter(|r| r.hold.is_some());
    held.map(|r| format!("a hold of {:?}", r.fairness.tier))
}

/// What neighboring rows of one instant tell.
fn turns(entries: &[LedgerEntry]) -> BTreeSet<String> {
    let mut turns = BTreeSet::new();
    for (n, later) in entries.iter().enumerate() {
        let at_once = entries[..n].iter().rev();
        let at_once = at_once.take_while(|e| e.recorded_at == later.recorded_at);
        if later.kind == LedgerKind::Cancelled && later.deltas.available == 0 {
            turns.insert("a place left".to_owned());
        }
        for earlier in at_once {
            let same = earlier.reservation_id == later.reservation_id;
            let turn = match (earlier.kind, later.kind) {
                (LedgerKind::Waitlisted, LedgerKind::Promoted) if same => {
                    "a place joined and promoted at once"
                }
                (LedgerKind::Waitlisted, LedgerKind::Cancelled) if same => {
                    "a place joined and left at once"
                }
                (LedgerKind::Promoted, LedgerKind::Promoted) => "two promoted at once",
                _ => continue,
            };
            turns.insert(turn.to_owned());
        }
    }
    turns
}
