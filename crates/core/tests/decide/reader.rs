//! Reads from the tables what a batch needs and no more, as the loader does.

use chrono::{DateTime, Utc};
use fairhold_core::allocation::{Command, Limits, PromotionWindow, ReadSet, Snapshot};
use fairhold_core::ids::{Sequence, Sku};
use fairhold_core::reservations::Reservation;

use crate::tables::Tables;

impl Tables {
    /// What `decide` is to know of `commands`.
    pub(crate) fn open(
        &self,
        commands: &[Command],
        now: DateTime<Utc>,
        limits: Limits,
    ) -> Snapshot {
        let read_set = ReadSet::of(commands);
        let inventories = read_set.skus.iter().filter_map(|sku| self.skus.get(sku));
        let found = self.found(&read_set, now, limits.due.into());
        let mut snapshot = Snapshot::new(now, inventories.cloned(), found, limits);
        self.read_lines(&mut snapshot, commands);
        for (sku, sequence) in read_set.positions(&snapshot) {
            let ahead = self.line(&sku).filter(|place| place.0 <= sequence).count();
            if let (Some(state), Ok(position)) = (snapshot.skus.get_mut(&sku), i64::try_from(ahead))
            {
                state.load_position(sequence, position);
            }
        }
        for row in &read_set.keys {
            if let (Some(state), Some(key)) = (snapshot.skus.get_mut(&row.0), self.keys.get(row)) {
                state.load_key(row.1.clone(), key.record());
            }
        }
        let judged = read_set.judged(&snapshot);
        let rows = self
            .behaviors
            .iter()
            .filter(|row| judged.contains(&row.0.1));
        let rows: Vec<_> = rows.collect();
        for ((sku, user_id), behavior) in rows {
            let (sku, user_id) = (sku.clone(), user_id.clone());
            snapshot.behaviors.load(sku, user_id, *behavior);
        }
        snapshot
    }

    fn found(&self, read_set: &ReadSet, now: DateTime<Utc>, due_limit: usize) -> Vec<Reservation> {
        let named = read_set.reservations.iter();
        let mut found: Vec<&Reservation> = named
            .filter_map(|named| self.reservations.get(named))
            .collect();
        let users = read_set.users.iter();
        found.extend(users.filter_map(|(sku, user_id)| self.live(sku, user_id)));
        for sku in &read_set.skus {
            let mut due: Vec<_> = self.of_sku(sku).filter(|r| r.is_due_at(now)).collect();
            due.sort_by_key(|due| due.hold.map(|hold| hold.expires_at));
            found.extend(due.into_iter().take(due_limit));
        }
        found.into_iter().cloned().collect()
    }

    fn read_lines(&self, snapshot: &mut Snapshot, commands: &[Command]) {
        let now = snapshot.now;
        for (sku, state) in &mut snapshot.skus {
            let Some(mut window) = PromotionWindow::of(state, commands, now) else {
                continue;
            };
            loop {
                let line = self.stretch(sku, &window);
                if !window.read(state, line) {
                    break;
                }
            }
        }
    }

    fn stretch(&self, sku: &Sku, window: &PromotionWindow) -> Vec<(Sequence, Reservation)> {
        let behind = self.line(sku).filter(|place| place.0 > window.after());
        let behind =
            behind.map(|(sequence, id)| (sequence, self.reservations[&(sku.clone(), id)].clone()));
        let skipped = |(_, waiting): &(_, Reservation)| {
            let most = window.skips_above();
            most.is_some_and(|most| waiting.quantity.units() > most)
        };
        let wanted = usize::try_from(window.wanted()).unwrap_or(0);
        behind.skip_while(skipped).take(wanted).collect()
    }
}
