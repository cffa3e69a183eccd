//! The books of one SKU in the model, and the rules that a transaction decides by.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Fault;

/// A transaction.
pub(crate) type Tx = u8;

/// The number of what a client asks for.
pub(crate) type AskId = usize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Command {
    /// So many units for that user.
    Reserve(char, usize),
    /// Of that user's reservation.
    Confirm(char),
    Cancel(char),
    /// So many more units.
    Restock(usize),
    /// What the job on every process asks for: to end what is due, and to serve on.
    Expire,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Status {
    Waitlisted,
    Reserved,
    Confirmed,
    Cancelled,
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Slip {
        id: SlipId,
        status: Status,
    },
    Restocked,
    Refused,
    /// From the key's record.
    Replayed {
        of: AskId,
    },
}

/// The transaction that made it, and the place among what that one made.
pub(crate) type SlipId = (Tx, AskId);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Slip {
    pub(crate) user: char,
    pub(crate) quantity: usize,
    pub(crate) by: AskId,
    pub(crate) status: Status,
    pub(crate) sequence: Option<u8>,
    /// The clock has passed its end.
    pub(crate) over: bool,
}

/// One row that a transaction writes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    Make(SlipId, Slip),
    Become(SlipId, Status),
    /// An ask with a key took effect.
    Key(AskId),
    Restock(AskId, usize),
    /// Whether more are to be promoted than one transaction may.
    Serving(bool),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Books {
    pub(crate) total: usize,
    pub(crate) serving: bool,
    pub(crate) slips: BTreeMap<SlipId, Slip>,
    pub(crate) sequence: u8,
    pub(crate) keys: BTreeSet<AskId>,
    pub(crate) restocks: Vec<AskId>,
    /// The ledger, as far as it proves that a transaction was committed.
    pub(crate) receipts: BTreeSet<Tx>,
    /// What must never happen, and did.
    pub(crate) overtaken: bool,
    pub(crate) confirmed_late: bool,
}

impl Books {
    pub(crate) fn taken(&self) -> usize {
        self.units(Status::Reserved) + self.units(Status::Confirmed)
    }

    fn units(&self, status: Status) -> usize {
        let slips = self.slips.values().filter(|slip| slip.status == status);
        slips.map(|slip| slip.quantity).sum()
    }

    /// Who waits first.
    fn first(&self, may_be_next: impl Fn(&Slip) -> bool) -> Option<SlipId> {
        let waits = |slip: &(&SlipId, &Slip)| slip.1.status == Status::Waitlisted;
        let line = self.slips.iter().filter(waits);
        let line = line.filter(|slip| may_be_next(slip.1));
        line.min_by_key(|slip| slip.1.sequence).map(|slip| *slip.0)
    }

    /// Who waits first of those whom the units that are not sold could serve.
    pub(crate) fn head(&self) -> Option<SlipId> {
        let unsold = self.total.saturating_sub(self.units(Status::Confirmed));
        self.first(|slip| slip.quantity <= unsold)
    }

    pub(crate) fn fits(&self, quantity: usize) -> bool {
        self.taken() + quantity <= self.total
    }

    /// Whether stock lies idle: the head of the line could have it.
    pub(crate) fn is_idle(&self) -> bool {
        let head = self.head();
        head.is_some_and(|head| self.fits(self.slips[&head].quantity))
    }

    pub(crate) fn due(&self) -> Vec<SlipId> {
        let due = |slip: &(&SlipId, &Slip)| slip.1.status == Status::Reserved && slip.1.over;
        self.slips.iter().filter(due).map(|slip| *slip.0).collect()
    }

    /// Writes a row; what it does against the rules is remembered.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::Make(id, slip) => {
                self.overtaken |= slip.status == Status::Reserved && self.head().is_some();
                self.sequence = self.sequence.max(slip.sequence.unwrap_or(0));
                self.slips.insert(*id, slip.clone());
            }
            Change::Become(id, status) => {
                let head = self.head();
                let Some(slip) = self.slips.get_mut(id) else {
                    return;
                };
                self.overtaken |= *status == Status::Reserved && head != Some(*id);
                slip.status = *status;
            }
            Change::Key(ask) => drop(self.keys.insert(*ask)),
            Change::Restock(ask, units) => {
                self.total += units;
                self.restocks.push(*ask);
            }
            Change::Serving(serving) => self.serving = *serving,
        }
    }
}

/// A transaction at work: the books as it sees them, and what it will write.
pub(crate) struct Desk {
    pub(crate) books: Books,
    pub(crate) changes: Vec<Change>,
    pub(crate) tx: Tx,
    pub(crate) fault: Fault,
    /// How many it may still promote.
    pub(crate) promotions: usize,
    /// The holds that are over, by the clock that was read.
    pub(crate) due: Vec<SlipId>,
}

impl Desk {
    /// Ends what is due, then decides the commands in their order.
    pub(crate) fn decide(&mut self, batch: &[(AskId, Command, bool)]) -> Vec<Answer> {
        let due = self.due.clone();
        for &id in &due {
            self.write(Change::Become(id, Status::Expired));
        }
        if !due.is_empty() && self.fault != Fault::NewcomerFirst {
            self.serve();
        }
        let answers = batch.iter().map(|ask| self.decide_one(*ask)).collect();
        if !due.is_empty() || self.books.serving {
            self.serve();
        }
        let goes_on = self.promotions == 0 && self.books.is_idle();
        let serving = goes_on && self.fault != Fault::ForgottenLine;
        if serving != self.books.serving {
            self.write(Change::Serving(serving));
        }
        answers
    }

    fn decide_one(&mut self, (ask, command, keyed): (AskId, Command, bool)) -> Answer {
        if keyed && self.books.keys.contains(&ask) && self.fault != Fault::NoKeyCheck {
            return Answer::Replayed { of: ask };
        }
        let answer = match command {
            Command::Reserve(user, quantity) => self.reserve(ask, user, quantity),
            Command::Confirm(user) => self.end(user, Status::Confirmed),
            Command::Cancel(user) => self.end(user, Status::Cancelled),
            Command::Restock(units) => {
                self.write(Change::Restock(ask, units));
                self.serve();
                Answer::Restocked
            }
            Command::Expire => Answer::Refused,
        };
        if keyed && answer != Answer::Refused {
            self.write(Change::Key(ask));
        }
        answer
    }

    fn reserve(&mut self, ask: AskId, user: char, quantity: usize) -> Answer {
        let live = |slip: &Slip| matches!(slip.status, Status::Waitlisted | Status::Reserved);
        let mut theirs = self.books.slips.iter().filter(|slip| slip.1.user == user);
        if let Some((id, slip)) = theirs.find(|slip| live(slip.1)) {
            return Answer::Slip {
                id: *id,
                status: slip.status,
            };
        }
        let passes = self.books.head().is_none() || self.fault == Fault::NewcomerFirst;
        let free = passes && self.books.fits(quantity);
        let id = (self.tx, ask);
        let status = if free {
            Status::Reserved
        } else {
            Status::Waitlisted
        };
        let sequence = (!free).then_some(self.books.sequence + 1);
        let (by, over) = (ask, false);
        self.write(Change::Make(
            id,
            Slip {
                user,
                quantity,
                by,
                status,
                sequence,
                over,
            },
        ));
        Answer::Slip { id, status }
    }

    fn end(&mut self, user: char, end: Status) -> Answer {
        let mut theirs = self.books.slips.iter().filter(|slip| slip.1.user == user);
        let Some((&id, slip)) = theirs.next_back() else {
            return Answer::Refused;
        };
        match slip.status {
            Status::Reserved => {
                // Whoever sees a hold as good though it is over has read the clock too early.
                self.books.confirmed_late |= slip.over && end == Status::Confirmed;
                self.write(Change::Become(id, end));
                self.serve();
            }
            Status::Waitlisted if end == Status::Cancelled => {
                self.write(Change::Become(id, end));
                self.serve();
            }
            is if is == end => {}
            _ => return Answer::Refused,
        }
        Answer::Slip { id, status: end }
    }

    fn serve(&mut self) {
        while let Some(head) = self.next()
            && self.books.fits(self.books.slips[&head].quantity)
            && self.promotions > 0
            && self.fault != Fault::NoPromotion
        {
            self.promotions -= 1;
            self.write(Change::Become(head, Status::Reserved));
            if let Some(slip) = self.books.slips.get_mut(&head) {
                slip.over = false;
            }
        }
    }

    fn next(&self) -> Option<SlipId> {
        match self.fault {
            Fault::BlockedLine => self.books.first(|_| true),
            _ => self.books.head(),
        }
    }

    fn write(&mut self, change: Change) {
        self.books.apply(&change);
        self.changes.push(change);
    }
}
