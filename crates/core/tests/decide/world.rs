//! The world: tables and model side by side, one transaction after the other.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use fairhold_core::allocation::{
    BatchDecision, Command, Expire, Limits, Outcome, SkuState, SweepResult, decide,
};
use fairhold_core::fairness::Policy;
use fairhold_core::ids::{ReservationId, Sequence, Sku};
use fairhold_core::inventory::Inventory;
use fairhold_core::ledger::LedgerKind;
use fairhold_core::reservations::ReservationStatus;
use uuid::Uuid;

use crate::answers::{Answer, Slip, Stock};
use crate::model::Model;
use crate::rules;
use crate::stall::{Reach, Stall};
use crate::tables::Tables;

/// What a SKU begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening {
    pub(crate) units: i32,
    pub(crate) hold_seconds: i32,
    pub(crate) waitlist_limit: Option<u8>,
}

/// The holds of each SKU that a transaction knows to be due, the longest due first.
type Due = BTreeMap<Sku, Vec<ReservationId>>;

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) now: DateTime<Utc>,
    pub(crate) tables: Tables,
    pub(crate) model: Model,
    pub(crate) limits: Limits,
    ids: u128,
}

impl World {
    pub(crate) fn new(openings: &[(Sku, Opening)], limits: Limits) -> Self {
        let now = DateTime::UNIX_EPOCH;
        let mut world = Self {
            now,
            tables: Tables::default(),
            model: Model::default(),
            limits,
            ids: 0,
        };
        for (sku, opening) in openings {
            let inventory = inventory(sku.clone(), *opening, now);
            world.tables.initialize(inventory, opening.units, now);
            let limit = opening.waitlist_limit.map(usize::from);
            let units = opening.units.into();
            let stall = Stall::new(sku.clone(), units, opening.hold_seconds, limit);
            world.model.stalls.push(stall);
        }
        world
    }

    pub(crate) fn new_id(&mut self) -> ReservationId {
        self.ids += 1;
        Uuid::from_u128(self.ids).into()
    }

    pub(crate) fn pass(&mut self, time: TimeDelta) {
        self.now += time;
    }

    /// The instant at which the next hold is over.
    pub(crate) fn next_end(&self) -> Option<DateTime<Utc>> {
        let held = |r: &&_| Slip::from(*r).status == ReservationStatus::Reserved;
        let held = self.tables.reservations.values().filter(held);
        held.filter_map(|r| Some(r.hold?.expires_at)).min()
    }

    /// One transaction, whose answers and rows must be the model's.
    pub(crate) fn transact(&mut self, commands: &[Command]) -> Vec<Answer> {
        let (due, outcomes) = self.decide(commands);
        let answers: Vec<_> = outcomes.iter().map(Answer::from).collect();
        let swept = self.expire_in_model(due);
        for ((command, outcome), answer) in commands.iter().zip(&outcomes).zip(&answers) {
            let swept = swept.get(command.sku()).copied().unwrap_or_default();
            match outcome {
                Outcome::Deferred => self.must_want_stock(command, swept),
                Outcome::Expire(told) => assert_eq!(*told, swept, "{command:?}"),
                _ => self.must_equal_the_model(command, answer),
            }
        }
        rules::check(&self.tables);
        self.tables_equal_the_model();
        answers
    }

    /// Transactions until no command is deferred any more. Returns the first answers.
    pub(crate) fn settle(&mut self, commands: &[Command]) -> Vec<Answer> {
        let now = self.now;
        let due = self.model.stalls.iter().map(|stall| stall.due(now).len());
        let mut patience = due.sum::<usize>() + 1;
        let first = self.transact(commands);
        let mut deferred = deferred(commands, &first);
        while !deferred.is_empty() {
            patience -= 1;
            assert!(patience > 0, "deferred without end: {deferred:?}");
            let answers = self.transact(&deferred);
            deferred = self::deferred(&deferred, &answers);
        }
        first
    }

    /// Serves to the end, as the lanes do after a transaction that stopped at its bound.
    pub(crate) fn serve(&mut self) {
        let mut patience = self.tables.waitlist.len() + self.tables.skus.len();
        loop {
            let serving = self.tables.skus.values().filter(|row| row.serving);
            let sweep = |row: &Inventory| {
                Command::Expire(Expire {
                    sku: row.sku.clone(),
                })
            };
            let sweeps: Vec<_> = serving.map(sweep).collect();
            if sweeps.is_empty() {
                return;
            }
            assert!(patience > 0, "served without end: {sweeps:?}");
            patience -= 1;
            self.pass(TimeDelta::microseconds(1));
            self.transact(&sweeps);
        }
    }

    /// Decides and writes, without a look at the model. Returns which holds were loaded
    /// as due, and the outcomes.
    fn decide(&mut self, commands: &[Command]) -> (Due, Vec<Outcome>) {
        let snapshot = self.tables.open(commands, self.now, self.limits);
        let mut due = Due::new();
        for (sku, state) in &snapshot.skus {
            self.begin_in_model(sku, state);
            let loaded = state.reservations().filter(|r| r.is_due_at(self.now));
            let ids: BTreeSet<_> = loaded
                .map(|r| (r.hold.map(|h| h.expires_at), r.reservation_id))
                .collect();
            due.insert(sku.clone(), ids.into_iter().map(|(_, id)| id).collect());
        }
        let BatchDecision {
            outcomes,
            write_set,
        } = decide(snapshot, commands, &Policy::default());
        assert_eq!(outcomes.len(), commands.len());
        rules::bounded(&self.tables, &write_set, self.limits);
        self.tables.write(&write_set);
        (due, outcomes)
    }

    /// The model serves as far as the transaction has read.
    fn begin_in_model(&mut self, sku: &Sku, state: &SkuState) {
        let stalls = self.model.stalls.iter_mut();
        for stall in stalls.filter(|stall| stall.sku == *sku) {
            stall.reach = Reach {
                through: state.read_through().map(|Sequence(n)| n),
                promotions: self.limits.promotions,
            };
        }
    }

    /// Each command in a transaction of its own, without a look at the model.
    pub(crate) fn one_by_one(&mut self, commands: &[Command]) -> Vec<Answer> {
        let one = |command| self.decide(std::slice::from_ref(command)).1;
        let outcomes: Vec<_> = commands.iter().flat_map(one).collect();
        outcomes.iter().map(Answer::from).collect()
    }

    fn expire_in_model(&mut self, ended: Due) -> BTreeMap<Sku, SweepResult> {
        let mut swept = BTreeMap::new();
        for (sku, ended) in ended {
            let promoted = self.model.expire(&sku, &ended, self.now);
            let sweep = SweepResult {
                expired: i64::try_from(ended.len()).unwrap_or(i64::MAX),
                promoted,
                more: ended.len() >= usize::from(self.limits.due),
            };
            assert!(
                sweep.more || !self.holds_are_due(&sku),
                "a due hold was not loaded"
            );
            swept.insert(sku, sweep);
        }
        swept
    }

    fn holds_are_due(&self, sku: &Sku) -> bool {
        let mut stalls = self.model.stalls.iter();
        let stall = stalls.find(|stall| stall.sku == *sku);
        stall.is_some_and(|stall| !stall.due(self.now).is_empty())
    }

    fn must_want_stock(&self, command: &Command, swept: SweepResult) {
        assert!(
            swept.more,
            "deferred though no more holds are due: {command:?}"
        );
        let mut would_be_model = self.model.clone();
        let would_be = would_be_model.apply(command, self.now);
        let rightly = would_be_model.is_for_want_of_stock(command.sku(), &would_be);
        assert!(rightly, "deferred: {command:?}");
    }

    fn must_equal_the_model(&mut self, command: &Command, answer: &Answer) {
        let expected = self.model.apply(command, self.now);
        assert_eq!(*answer, expected, "{command:?}");
        let wants_stock = self.model.is_for_want_of_stock(command.sku(), answer);
        let hasty = wants_stock && self.holds_are_due(command.sku());
        assert!(!hasty, "{command:?} was refused stock that is due");
    }

    fn tables_equal_the_model(&self) {
        for stall in &self.model.stalls {
            let inventory = &self.tables.skus[&stall.sku];
            assert_eq!(Stock::from(inventory), stall.stock());
            let rows: Vec<_> = self.tables.of_sku(&stall.sku).map(Slip::from).collect();
            let mut slips = stall.slips.clone();
            slips.sort_by_key(|slip| slip.id);
            assert_eq!(rows, slips);
            let line: Vec<_> = self.tables.line(&stall.sku).map(|(_, id)| id).collect();
            assert_eq!(line, stall.line);
            assert_eq!(inventory.serving, stall.serving);
            let entries = self.tables.ledger[&stall.sku].iter();
            let restocks: Vec<_> = entries
                .filter(|entry| entry.kind == LedgerKind::Restocked)
                .map(|entry| (i64::from(entry.quantity), entry.reason.clone()))
                .collect();
            assert_eq!(restocks, stall.restocks);
        }
    }
}

fn deferred(commands: &[Command], answers: &[Answer]) -> Vec<Command> {
    let both = commands.iter().zip(answers);
    let deferred = both.filter(|(_, answer)| **answer == Answer::Deferred);
    deferred.map(|(command, _)| command.clone()).collect()
}

fn inventory(sku: Sku, opening: Opening, now: DateTime<Utc>) -> Inventory {
    let units = opening.units.into();
    Inventory {
        sku,
        total_quantity: units,
        available_quantity: units,
        reserved_quantity: 0,
        sold_quantity: 0,
        waitlist_size: 0,
        waitlist_quantity: 0,
        waitlist_limit: opening.waitlist_limit.map(i64::from),
        last_sequence: 0,
        hold_ttl_seconds: opening.hold_seconds,
        serving: false,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
