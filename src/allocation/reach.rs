//! How far stock can reach into a line within one transaction, so how much of it is read. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::reservations::{Reservation, ReservationStatus};
use crate::waitlist::Sequence;

use super::book::SkuBook;
use super::command::Command;

/// The reach into one line, while the line is read from its head.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Units that may be had, less those that what was read asks for.
    units: i64,
    /// Reservations that may leave the line without taking stock.
    leaving: BTreeSet<Sequence>,
    /// Behind this place the line is unread.
    after: Sequence,
}

impl Reach {
    /// The reach of the stock that `commands` and due holds may free. `None` when nothing can
    /// move the line. The reservations that the commands name and the due holds must be loaded.
    #[must_use]
    pub fn of(book: &SkuBook, commands: &[Command], now: DateTime<Utc>) -> Option<Self> {
        let inventory = book.inventory();
        if inventory.waitlist_size == 0 {
            return None;
        }
        let mut freed: Vec<i64> = Vec::new();
        let mut leaving = BTreeSet::new();
        let due = book.reservations().filter(|r| r.is_due_at(now));
        freed.extend(due.map(|due| due.quantity.units()));
        for command in commands.iter().filter(|c| *c.sku() == inventory.sku) {
            match command {
                Command::Cancel(ask) => {
                    if let Some(cancelled) = book.reservation(ask.reservation_id) {
                        freed.push(cancelled.quantity.units());
                        let waits = cancelled.status == ReservationStatus::Waitlisted;
                        leaving.extend(cancelled.sequence.filter(|_| waits));
                    }
                }
                Command::Restock(ask) => freed.push(ask.change.units().max(0)),
                Command::Reserve(_) | Command::Confirm(_) | Command::Expire(_) => {}
            }
        }
        let moves = !freed.is_empty();
        moves.then(|| Self {
            units: inventory.available_quantity + freed.iter().sum::<i64>(),
            leaving,
            after: Sequence(0),
        })
    }

    /// Behind which place to read on; 0 from the head.
    #[must_use]
    pub fn after(&self) -> Sequence {
        self.after
    }

    /// How many more reservations stock can reach at most, and one that it can't.
    #[must_use]
    pub fn wanted(&self) -> i64 {
        let leaving = i64::try_from(self.leaving.len()).unwrap_or(i64::MAX);
        self.units.saturating_add(leaving).saturating_add(1)
    }

    /// Puts the next of the line into `book`. Returns whether stock can reach further: what was
    /// read does not ask for more than may be had.
    pub fn read(
        &mut self,
        book: &mut SkuBook,
        line: impl IntoIterator<Item = (Sequence, Reservation)>,
    ) -> bool {
        for (sequence, reservation) in line {
            self.after = sequence;
            if !self.leaving.contains(&sequence) {
                self.units -= reservation.quantity.units();
            }
            book.load_line(sequence, reservation);
        }
        self.units >= 0
    }
}
