//! Reads from the tables what a batch needs and no more, as the loader does.

use chrono::{DateTime, Utc};
use fairhold::allocation::{Command, Needs, Reach, State};
use fairhold::inventory::Sku;
use fairhold::reservations::Reservation;
use fairhold::waitlist::Sequence;

use crate::tables::Tables;

/// How much is read at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Due holds of one SKU.
    pub(crate) due: usize,
    /// Reservations of one line.
    pub(crate) stretch: usize,
}

impl Tables {
    /// What `decide` is to know of `commands`.
    pub(crate) fn open(&self, commands: &[Command], now: DateTime<Utc>, limits: Limits) -> State {
        let needs = Needs::of(commands);
        let inventories = needs.skus.iter().filter_map(|sku| self.skus.get(sku));
        let found = self.found(&needs, now, limits.due);
        let mut state = State::open(now, inventories.cloned(), found, limits.due);
        self.read_lines(&mut state, commands, limits.stretch);
        for (sku, sequence) in needs.places(&state) {
            let ahead = self.line(&sku).filter(|place| place.0 <= sequence).count();
            if let (Some(book), Ok(position)) = (state.books.get_mut(&sku), i64::try_from(ahead)) {
                book.load_position(sequence, position);
            }
        }
        for row in &needs.keys {
            if let (Some(book), Some(key)) = (state.books.get_mut(&row.0), self.keys.get(row)) {
                book.load_key(row.1.clone(), key.record());
            }
        }
        let judged = needs.judged(&state);
        let rows = self
            .behaviors
            .iter()
            .filter(|row| judged.contains(&row.0.1));
        let rows: Vec<_> = rows.collect();
        for ((sku, user_id), behavior) in rows {
            let (sku, user_id) = (sku.clone(), user_id.clone());
            state.behaviors.insert(sku, user_id, *behavior);
        }
        state
    }

    fn found(&self, needs: &Needs, now: DateTime<Utc>, due_limit: usize) -> Vec<Reservation> {
        let named = needs.reservations.iter();
        let mut found: Vec<&Reservation> = named
            .filter_map(|named| self.reservations.get(named))
            .collect();
        let users = needs.users.iter();
        found.extend(users.filter_map(|(sku, user_id)| self.live(sku, user_id)));
        for sku in &needs.skus {
            let mut due: Vec<_> = self.of_sku(sku).filter(|r| r.is_due_at(now)).collect();
            due.sort_by_key(|due| due.hold.map(|hold| hold.expires_at));
            found.extend(due.into_iter().take(due_limit));
        }
        found.into_iter().cloned().collect()
    }

    fn read_lines(&self, state: &mut State, commands: &[Command], limit: usize) {
        let now = state.now;
        for (sku, book) in &mut state.books {
            let Some(mut reach) = Reach::of(book, commands, now) else {
                continue;
            };
            loop {
                let wanted = usize::try_from(reach.wanted()).map_or(limit, |n| n.min(limit));
                let line = self.stretch(sku, reach.after(), wanted);
                let whole = line.len() < wanted;
                let further = reach.read(book, line);
                if whole || !further {
                    break;
                }
            }
        }
    }

    fn stretch(&self, sku: &Sku, after: Sequence, wanted: usize) -> Vec<(Sequence, Reservation)> {
        let behind = self.line(sku).filter(|place| place.0 > after).take(wanted);
        behind
            .map(|(sequence, id)| (sequence, self.reservations[&(sku.clone(), id)].clone()))
            .collect()
    }
}
