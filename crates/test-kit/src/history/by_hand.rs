//! Histories written by hand, for tests of the checker.

use std::collections::BTreeMap;

use super::model::{Answer, Ask, Counters, Facts, History, Micros, Status};
use super::search::check;

pub const SECOND: Micros = 1_000_000;
const TENTH: Micros = SECOND / 10;

pub fn reserve(user: &str) -> Ask {
    let user = user.to_owned();
    Ask::Reserve {
        user,
        units: 1,
        key: None,
    }
}

pub fn keyed(user: &str, key: &str) -> Ask {
    let (user, key) = (user.to_owned(), Some(key.to_owned()));
    Ask::Reserve {
        user,
        units: 1,
        key,
    }
}

pub fn told(status: u16, id: &str, position: Option<i64>) -> Answer {
    Answer::Reserved {
        status,
        id: id.to_owned(),
        position,
        replayed: false,
    }
}

pub fn confirm(id: &str) -> Ask {
    Ask::Confirm(id.to_owned())
}

pub fn cancel(id: &str) -> Ask {
    Ask::Cancel(id.to_owned())
}

pub fn refused(code: &str) -> Answer {
    Answer::Refused(code.to_owned())
}

pub fn counted(available: i64, reserved: i64, sold: i64, waiting: i64) -> Answer {
    Answer::Counted(Counters {
        available,
        reserved,
        sold,
        total: available + reserved + sold,
        waiting,
    })
}

/// One SKU with so many units.
pub fn stock(units: i64) -> History {
    History::new("TWIN", units, None)
}

impl History {
    /// A reservation of a user of the same name, made at that second.
    pub fn made(mut self, id: &str, second: i64) -> Self {
        let facts = Facts {
            user: id.to_owned(),
            units: 1,
            created: second * SECOND,
            hold: None,
            ended: None,
        };
        self.facts.insert(id.to_owned(), facts);
        self
    }

    /// It held stock between these seconds.
    pub fn held(mut self, id: &str, from: i64, until: i64) -> Self {
        let hold = Some((from * SECOND, until * SECOND));
        self.facts
            .entry(id.to_owned())
            .and_modify(|f| f.hold = hold);
        self
    }

    /// It was confirmed or cancelled at that second.
    pub fn ended(mut self, id: &str, second: i64) -> Self {
        let ended = Some(second * SECOND);
        self.facts
            .entry(id.to_owned())
            .and_modify(|f| f.ended = ended);
        self
    }

    /// A call between these tenths of a second.
    pub fn call(mut self, begun: i64, ended: i64, ask: Ask, answer: Answer) -> Self {
        self.push((begun * TENTH, ended * TENTH), ask, answer);
        self
    }

    /// Something was broken between these seconds.
    pub fn outage(mut self, from: i64, until: i64) -> Self {
        self.outages.push((from * SECOND, until * SECOND));
        self
    }

    /// After 100 s, these are in the books.
    pub fn listed<const N: usize>(self, there: [(&str, Status); N]) -> Self {
        let there = there.map(|(id, status)| (id.to_owned(), status));
        let there = Answer::Listed(BTreeMap::from(there));
        self.call(1_000, 1_001, Ask::List, there)
    }

    #[track_caller]
    pub fn is_good(&self) {
        assert_eq!(check(self), Ok(()));
    }

    #[track_caller]
    pub fn is_bad(&self) {
        let breach = check(self).expect_err("no order explains it");
        assert!(breach.0.contains("no order"), "{breach:?}");
    }
}
