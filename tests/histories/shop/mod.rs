//! A shop of the tests' own, in memory, which keeps the rules but for one, as it is told.

mod deeds;
mod words;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fairhold_test_kit::history::{Ask, Counter, Micros, Reply};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const SECOND: Micros = 1_000_000;
const HOLD_SECONDS: i64 = 5;

/// How far a clock is off that is.
const OFF: Micros = 3 * SECOND;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Looks at the stock before its turn.
    NoLock,
    /// Gives a newcomer what is free though others wait.
    Overtaking,
    /// Serves the line from its end.
    LastFirst,
    /// Lets a reservation that can never be served hold up those behind it.
    BlockedLine,
    /// Offers stock on only when it is restocked.
    NoPromotion,
    /// Forgets which keys it has seen.
    KeyTwice,
    /// Confirms a hold that is over, where its stock is still free.
    LateConfirm,
    /// Judges a confirm by a clock that is seconds behind, and stamps it so.
    OldClock,
    /// Refuses a confirm as too late while the hold still has seconds.
    EarlyExpiry,
    /// Ends a hold, and offers its stock on, seconds after it is over.
    LateExpiry,
    /// Forgets its last reservation now and then, as if it had never been on the disk.
    Amnesia,
}

/// Answers as the real one does, from one SKU.
#[derive(Debug)]
pub(crate) struct Shop {
    fault: Fault,
    shelf: Mutex<Shelf>,
}

#[derive(Debug)]
struct Shelf {
    now: i64,
    total: i64,
    slips: Vec<Slip>,
    line: Vec<usize>,
    keys: HashMap<String, (String, Reply)>,
    random: StdRng,
}

#[derive(Debug, Clone)]
struct Slip {
    user: String,
    units: i64,
    status: &'static str,
    created: i64,
    updated: i64,
    hold: Option<(i64, i64)>,
}

impl Shop {
    pub(crate) fn open(units: i64, fault: Fault, seed: u64) -> Self {
        let shelf = Shelf {
            now: 0,
            total: units,
            slips: Vec::new(),
            line: Vec::new(),
            keys: HashMap::new(),
            random: StdRng::seed_from_u64(seed),
        };
        Self {
            fault,
            shelf: Mutex::new(shelf),
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets others have their turn, for some time.
    async fn linger(&self) {
        let turns = self.shelf().random.random_range(0..6);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

impl Counter for Shop {
    fn clock(&self) -> Micros {
        self.shelf().now
    }

    async fn ask(&self, _sku: &str, ask: &Ask) -> Option<Reply> {
        let early = self.shelf().free();
        self.linger().await;
        let reply = self.shelf().turn(ask, self.fault, early);
        self.linger().await;
        // Some replies are lost, and nobody knows.
        let lost = self.shelf().random.random_bool(0.05) && *ask != Ask::List;
        reply.filter(|_| !lost)
    }
}
