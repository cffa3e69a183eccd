//! The whole way, from clients to verdict: what a shop with a fault answers is told from what one
//! without does.

use fairhold_test_kit::history::{Ask, Breach, History, Record, check};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::shop::{Fault, Shop};

const CLIENTS: u64 = 5;
const CALLS_OF_EACH: usize = 12;

/// The history of a sale of the shop with that fault.
async fn sale(fault: Fault, seed: u64) -> History {
    // With few units they go to the line at once; with many, some lie free.
    let units = if seed.is_multiple_of(2) { 3 } else { 9 };
    let shop = &Shop::open(units, fault, seed);
    let record = &Record::new(History::new("STORM", units, None));
    join_all((0..CLIENTS).map(async |client| {
        let mut random = StdRng::seed_from_u64(seed * 100 + client);
        for _ in 0..CALLS_OF_EACH {
            let wish = record.wish(&mut random, 6);
            while !record.ask(shop, &wish).await && random.random_bool(0.5) {}
        }
    }))
    .await;
    for last in [Ask::Stock, Ask::List] {
        while !record.ask(shop, &last).await {}
    }
    assert!(record.calls() > 50, "only {} calls", record.calls());
    record.history()
}

/// In how many of 80 sales the checker finds something.
async fn found(fault: Fault) -> u64 {
    let mut found = 0;
    for seed in 0..80 {
        let verdict = check(&sale(fault, seed).await);
        if let Err(Breach(breach)) = &verdict {
            assert!(!breach.contains("budget"), "{breach}");
        }
        found += u64::from(verdict.is_err());
    }
    found
}

#[tokio::test]
async fn a_shop_without_a_fault_is_never_accused() {
    let mut unknown = 0;
    for seed in 0..200 {
        let history = sale(Fault::None, seed).await;
        assert_eq!(check(&history), Ok(()), "seed {seed}");
        unknown += history.unknown();
    }
    assert!(unknown > 200, "only {unknown} calls had an unknown outcome");
}

#[tokio::test]
async fn every_fault_of_a_shop_is_found() {
    for fault in [
        Fault::NoLock,
        Fault::Overtaking,
        Fault::LastFirst,
        Fault::BlockedLine,
        Fault::NoPromotion,
        Fault::KeyTwice,
        Fault::LateConfirm,
        Fault::OldClock,
        Fault::EarlyExpiry,
        Fault::LateExpiry,
        Fault::Amnesia,
    ] {
        let found = found(fault).await;
        assert!(found >= 5, "{fault:?} was found in {found} of 80 sales");
    }
}
