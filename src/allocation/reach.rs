//! How far stock can reach into a line within one transaction, so how much of it is read. Pure.

use chrono::{DateTime, Utc};

use crate::reservations::Reservation;
use crate::waitlist::Sequence;

use super::book::SkuBook;
use super::command::Command;

/// The reach into one line, while the line is read from its head.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Units that may be had, less those that what was read asks for.
    units: i64,
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
        let due = book.reservations().filter(|r| r.is_due_at(now));
        freed.extend(due.map(|due| due.quantity.units()));
        for command in commands.iter().filter(|c| *c.sku() == inventory.sku) {
            match command {
                // Who leaves the line counts here as well: what it asks for is taken off again
                // where the line is read.
                Command::Cancel(ask) => {
                    let cancelled = book.reservation(ask.reservation_id);
                    freed.extend(cancelled.map(|cancelled| cancelled.quantity.units()));
                }
                Command::Restock(ask) => freed.push(ask.change.units().max(0)),
                Command::Reserve(_) | Command::Confirm(_) | Command::Expire(_) => {}
            }
        }
        let moves = !freed.is_empty();
        moves.then(|| Self {
            units: inventory.available_quantity + freed.iter().sum::<i64>(),
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
        self.units.saturating_add(1)
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
            self.units -= reservation.quantity.units();
            book.load_line(sequence, reservation);
        }
        self.units >= 0
    }
}
