//! How far the stock that one transaction may free can reach into a waitlist, and so how much of
//! the waitlist is read.

use chrono::{DateTime, Utc};

use super::command::Command;
use super::sku_state::SkuState;
use crate::ids::Sequence;
use crate::reservations::Reservation;

/// The part of one SKU's waitlist that promotions may reach, while it is read from its head.
#[derive(Debug, Clone)]
pub struct PromotionWindow {
    /// Units that may come free, less the units that the waiting reservations read so far want.
    units: i64,
    /// The last sequence that was read.
    after: Sequence,
}

impl PromotionWindow {
    /// `None` when nothing can promote. The reservations that `commands` name and the due holds
    /// must be loaded.
    #[must_use]
    pub fn of(state: &SkuState, commands: &[Command], now: DateTime<Utc>) -> Option<Self> {
        let inventory = state.inventory();
        if inventory.waitlist_size == 0 {
            return None;
        }
        let mut freed: Vec<i64> = Vec::new();
        let due = state.reservations().filter(|r| r.is_due_at(now));
        freed.extend(due.map(|due| due.quantity.units()));
        for command in commands.iter().filter(|c| *c.sku() == inventory.sku) {
            match command {
                // A waiting reservation that is cancelled counts here too: its units are taken off
                // again when the waitlist is read.
                Command::Cancel(cancel) => {
                    let cancelled = state.reservation(cancel.reservation_id);
                    freed.extend(cancelled.map(|cancelled| cancelled.quantity.units()));
                }
                Command::Restock(restock) => freed.push(restock.change.units().max(0)),
                Command::Reserve(_) | Command::Confirm(_) | Command::Expire(_) => {}
            }
        }
        let can_promote = !freed.is_empty();
        can_promote.then(|| Self {
            units: inventory.available_quantity + freed.iter().sum::<i64>(),
            after: Sequence(0),
        })
    }

    /// The last sequence that was read; 0 before the head.
    #[must_use]
    pub fn after(&self) -> Sequence {
        self.after
    }

    /// The most reservations that are still worth reading: all that the stock can reach, and the
    /// first that it can't.
    #[must_use]
    pub fn wanted(&self) -> i64 {
        self.units.saturating_add(1)
    }

    /// Loads the next part of the waitlist into `state`. Returns whether the stock can reach
    /// further: the reservations read so far don't want more than may come free.
    pub fn read(
        &mut self,
        state: &mut SkuState,
        waiting: impl IntoIterator<Item = (Sequence, Reservation)>,
    ) -> bool {
        for (sequence, reservation) in waiting {
            self.after = sequence;
            self.units -= reservation.quantity.units();
            state.load_waiting(sequence, reservation);
        }
        self.units >= 0
    }
}
