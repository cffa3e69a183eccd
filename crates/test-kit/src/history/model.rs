//! What clients asked of one SKU and what they were told, with the beginning and end of each call.

use std::collections::BTreeMap;

/// An instant, in microseconds of the clock that tests and database share: one machine's.
pub type Micros = i64;

/// A reservation's id, as the server named it.
pub type Id = String;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Reserve {
        user: String,
        units: i64,
        key: Option<String>,
    },
    Confirm(Id),
    Cancel(Id),
    Restock {
        units: i64,
        key: Option<String>,
    },
    /// The counters.
    Stock,
    /// One reservation.
    Status(Id),
    /// All reservations of the SKU.
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Waitlisted,
    Reserved,
    Confirmed,
    Cancelled,
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counters {
    pub available: i64,
    pub reserved: i64,
    pub sold: i64,
    pub total: i64,
    pub waiting: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// None came, or one that says that nobody knows: the call may have taken effect.
    Unknown,
    /// A problem of this code.
    Refused(String),
    /// To a reserve, with the status of HTTP.
    Reserved {
        status: u16,
        id: Id,
        position: Option<i64>,
        replayed: bool,
    },
    /// To a confirm, a cancel, or a look at one reservation.
    Is(Status),
    Restocked {
        counters: Counters,
        promoted: i64,
        replayed: bool,
    },
    Counted(Counters),
    Listed(BTreeMap<Id, Status>),
}

#[derive(Debug, Clone)]
pub struct Call {
    pub ask: Ask,
    pub answer: Answer,
    pub begun: Micros,
    pub ended: Micros,
}

/// What all answers together tell of a reservation; where two of them differ, there is no such
/// history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub user: String,
    pub units: i64,
    pub created: Micros,
    /// From when until when it held stock, if it ever did.
    pub hold: Option<(Micros, Micros)>,
    /// When it was confirmed or cancelled, if it was.
    pub ended: Option<Micros>,
}

/// A contradiction between answers, or what no order of the calls explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach(pub String);

#[derive(Debug, Clone)]
pub struct History {
    pub sku: String,
    pub units: i64,
    pub waitlist_limit: Option<usize>,
    pub calls: Vec<Call>,
    pub facts: BTreeMap<Id, Facts>,
    /// When the restock with that key took effect.
    pub restocked: BTreeMap<String, Micros>,
    pub breaches: Vec<Breach>,
    /// The instants of the restocks that had no key, by the beginning of their calls.
    pub unkeyed: BTreeMap<Micros, Micros>,
    /// How soon after the end of a hold its stock must be offered on.
    pub offered_within: Micros,
    /// From when until when something was broken on purpose, in order.
    pub outages: Vec<(Micros, Micros)>,
}

impl History {
    pub fn new(sku: &str, units: i64, waitlist_limit: Option<usize>) -> Self {
        Self {
            sku: sku.to_owned(),
            units,
            waitlist_limit,
            calls: Vec::new(),
            facts: BTreeMap::new(),
            restocked: BTreeMap::new(),
            breaches: Vec::new(),
            unkeyed: BTreeMap::new(),
            offered_within: 1_000_000,
            outages: Vec::new(),
        }
    }

    /// How many calls have no known outcome.
    pub fn unknown(&self) -> usize {
        let unknown = |call: &&Call| call.answer == Answer::Unknown;
        self.calls.iter().filter(unknown).count()
    }

    pub fn push(&mut self, (begun, ended): (Micros, Micros), ask: Ask, answer: Answer) {
        self.calls.push(Call {
            ask,
            answer,
            begun,
            ended,
        });
    }

    /// Takes in what an answer told of a reservation.
    pub fn learn(&mut self, id: &str, told: Facts) {
        let Some(known) = self.facts.get_mut(id) else {
            self.facts.insert(id.to_owned(), told);
            return;
        };
        let merged = Facts {
            hold: known.hold.or(told.hold),
            ended: known.ended.or(told.ended),
            ..known.clone()
        };
        let repeated = Facts {
            hold: told.hold.or(merged.hold),
            ended: told.ended.or(merged.ended),
            ..told
        };
        if merged != repeated {
            let breach = format!("{id} was told as {merged:?} and as {repeated:?}");
            self.breaches.push(Breach(breach));
        }
        *known = merged;
    }

    /// Takes in when a restock took effect.
    pub fn learn_restock(&mut self, begun: Micros, key: Option<&String>, at: Micros) {
        let Some(key) = key else {
            self.unkeyed.insert(begun, at);
            return;
        };
        let first = *self.restocked.entry(key.clone()).or_insert(at);
        if first != at {
            let breach = format!("the restock {key} took effect at {first} and at {at}");
            self.breaches.push(Breach(breach));
        }
    }

    /// When a restock took effect, where an answer told it.
    pub fn restock_instant(&self, call: &Call) -> Option<Micros> {
        match &call.ask {
            Ask::Restock { key: Some(key), .. } => self.restocked.get(key).copied(),
            _ => self.unkeyed.get(&call.begun).copied(),
        }
    }
}
