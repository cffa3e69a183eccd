//! How far the stock that one transaction may free can reach into a waitlist, and so how much of
//! the waitlist is read.

use chrono::{DateTime, Utc};

use super::command::Command;
use super::sku_state::SkuState;
use crate::ids::Sequence;
use crate::reservations::Reservation;

/// How many times as many reservations are read next: often the head does not fit.
const GROWTH: i64 = 4;

/// The part of one SKU's waitlist that promotions may reach, while it is read from its head.
#[derive(Debug, Clone)]
pub struct PromotionWindow {
    /// Units that may come free, less those that the reservations read so far take for sure.
    units: i64,
    /// A reservation that wants more is not servable, whatever the commands do.
    most: i64,
    /// A reservation that wants at most this much is servable, whatever the commands do.
    least: i64,
    /// The last sequence that was read.
    after: Sequence,
    /// How many are read next.
    rows: i64,
    /// How many may still be read in this transaction.
    left: i64,
    /// Whether none of those read last is servable, so that the next servable one is looked up.
    skips: bool,
}

impl PromotionWindow {
    /// `None` when nothing can be served. The reservations that `commands` name and the due holds
    /// must be loaded.
    #[must_use]
    pub fn of(state: &SkuState, commands: &[Command], now: DateTime<Utc>) -> Option<Self> {
        let inventory = state.inventory();
        let due = state.reservations().filter(|r| r.is_due_at(now));
        let mut window = Self {
            units: inventory.available_quantity + due.map(|r| r.quantity.units()).sum::<i64>(),
            most: inventory.unsold_quantity(),
            least: inventory.unsold_quantity(),
            after: Sequence(0),
            rows: state.limits().first_rows,
            left: state.limits().promotions,
            skips: false,
        };
        for command in commands.iter().filter(|c| *c.sku() == inventory.sku) {
            window.add(state, command);
        }
        (inventory.waitlist_size > 0 && window.units > 0).then_some(window)
    }

    fn add(&mut self, state: &SkuState, command: &Command) {
        match command {
            // A waiting reservation counts here too: its units are taken off again when the
            // waitlist is read.
            Command::Cancel(cancel) => {
                let cancelled = state.reservation(cancel.reservation_id);
                self.units += cancelled.map_or(0, |cancelled| cancelled.quantity.units());
            }
            Command::Restock(restock) => {
                let units = restock.change.units();
                self.units += units.max(0);
                self.most += units.max(0);
                self.least += units.min(0);
            }
            Command::Confirm(confirm) => {
                let confirmed = state.reservation(confirm.reservation_id);
                let confirmed = confirmed.filter(|r| r.status.is_live());
                self.least -= confirmed.map_or(0, |confirmed| confirmed.quantity.units());
            }
            Command::Reserve(_) | Command::Expire(_) => {}
        }
    }

    /// The last sequence that was read; 0 before the head.
    #[must_use]
    pub fn after(&self) -> Sequence {
        self.after
    }

    /// From which quantity on the next reservations to read begin: they begin with the first that
    /// wants at most this much. `None` when they begin right behind [`after`](Self::after).
    #[must_use]
    pub fn skips_above(&self) -> Option<i64> {
        self.skips.then_some(self.most)
    }

    /// The most reservations to read next.
    #[must_use]
    pub fn wanted(&self) -> i64 {
        self.rows.min(self.left).min(self.units.saturating_add(1))
    }

    /// Loads the next part of the waitlist into `state`: fewer than were wanted are the last.
    /// Returns whether more is to be read: the stock may reach further, and the transaction has not
    /// yet read as many as it may promote.
    pub fn read(
        &mut self,
        state: &mut SkuState,
        waiting: impl IntoIterator<Item = (Sequence, Reservation)>,
    ) -> bool {
        let wanted = self.wanted();
        let mut read = 0;
        self.skips = true;
        for (sequence, reservation) in waiting {
            read += 1;
            self.after = sequence;
            let quantity = reservation.quantity.units();
            if quantity > self.most {
                continue;
            }
            self.skips = false;
            if quantity <= self.least {
                self.units -= quantity;
            }
            state.load_waiting(sequence, reservation);
        }
        // Each transaction reads some that are servable, or it would never come to them.
        if !self.skips {
            self.rows *= GROWTH;
            self.left -= read;
        }
        let is_whole = read < wanted;
        state.set_read_through((!is_whole).then_some(self.after));
        !is_whole && self.units >= 0 && self.left > 0
    }
}
