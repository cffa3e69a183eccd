//! What the clock tells of a call, and until when a hold that is over may look as if it were not.

use super::model::{Answer, Call, History, Micros};

/// How far two readings of one clock may be apart that were made at once.
const SLACK: Micros = 1_000;

impl Call {
    /// It did not take effect before this.
    pub fn earliest(&self) -> Micros {
        self.begun - SLACK
    }

    /// Nor after this. A call whose outcome is unknown may do so at any time.
    pub fn latest(&self) -> Micros {
        match self.answer {
            Answer::Unknown => Micros::MAX,
            _ => self.ended + SLACK,
        }
    }
}

impl History {
    /// Until when the stock of a hold that was over at that instant must be offered on: what is
    /// broken meanwhile has the whole time once more when it is back.
    pub fn deadline(&self, over: Micros) -> Micros {
        let deadline = over + self.offered_within + SLACK;
        self.outages.iter().fold(deadline, |deadline, outage| {
            if outage.0 <= deadline && over <= outage.1 {
                deadline.max(outage.1 + self.offered_within + SLACK)
            } else {
                deadline
            }
        })
    }
}
