//! Reads what a batch of commands needs, under the locks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::PgConnection;

use crate::idempotency::{self, Endpoint};
use crate::inventory::{self, Sku};
use crate::reservations::store::Wanted;
use crate::reservations::{self, Reservation, ReservationStatus, UserId};
use crate::waitlist::store::Stretch;
use crate::waitlist::{self, Sequence};
use crate::{fairness, idempotency::store::Scoped};

use super::book::SkuBook;
use super::command::Command;
use super::state::{Behaviors, State};

/// How many due holds of one SKU a transaction ends at most, so that a storm of them does not
/// keep the row locked for long.
const DUE_LIMIT: usize = 500;

/// How much of a line is read at once.
const STRETCH_LIMIT: i64 = 500;

/// Locks the SKUs of `commands` and reads what [`super::decide`] must know. `None` when none of
/// them exists.
pub(super) async fn load(
    connection: &mut PgConnection,
    commands: &[Command],
) -> sqlx::Result<Option<State>> {
    let skus: BTreeSet<_> = commands.iter().map(|c| c.sku().to_string()).collect();
    let skus: Vec<_> = skus.into_iter().collect();
    let Some((now, inventories)) = inventory::store::lock(connection, &skus).await? else {
        return Ok(None);
    };
    let wanted = wanted(commands, skus);
    let found = reservations::store::load(connection, &wanted, now).await?;

    let mut due: HashMap<&Sku, usize> = HashMap::new();
    for reservation in found.iter().filter(|r| r.is_due_at(now)) {
        *due.entry(&reservation.sku).or_default() += 1;
    }
    let open = |inventory: inventory::Inventory| {
        let more_due = due.get(&inventory.sku).is_some_and(|&n| n >= DUE_LIMIT);
        (inventory.sku.clone(), SkuBook::new(inventory, more_due))
    };
    let mut state = State {
        now,
        books: inventories.into_iter().map(open).collect(),
        behaviors: Behaviors::default(),
    };
    for reservation in found {
        if let Some(book) = state.books.get_mut(&reservation.sku) {
            book.load(reservation);
        }
    }
    load_lines(connection, commands, &mut state).await?;
    load_positions(connection, commands, &mut state).await?;
    load_keys(connection, commands, &mut state).await?;
    load_behaviors(connection, commands, &mut state).await?;
    Ok(Some(state))
}

fn wanted(commands: &[Command], skus: Vec<String>) -> Wanted {
    let mut ids = BTreeSet::new();
    let mut users = BTreeSet::new();
    for command in commands {
        let sku = command.sku().to_string();
        match command {
            Command::Reserve(ask) => {
                users.insert((sku, ask.user_id.to_string()));
            }
            Command::Confirm(ask) => {
                ids.insert((sku, ask.reservation_id.uuid()));
            }
            Command::Cancel(ask) => {
                ids.insert((sku, ask.reservation_id.uuid()));
            }
            Command::Restock(_) | Command::Expire(_) => {}
        }
    }
    Wanted {
        ids: ids.into_iter().unzip(),
        users: users.into_iter().unzip(),
        due_of: skus,
        due_limit: i64::try_from(DUE_LIMIT).unwrap_or(i64::MAX),
    }
}

/// How far stock can reach into one line.
#[derive(Debug, Default)]
struct Reach {
    /// Units that may come free in this transaction, beside those that are available.
    freed: i64,
    /// Reservations that may leave the line without taking stock.
    leaving: BTreeSet<Sequence>,
    /// Whether anything can move the line at all.
    moves: bool,
}

impl Reach {
    fn of(book: &SkuBook, commands: &[Command], state_now: chrono::DateTime<chrono::Utc>) -> Self {
        let mut reach = Self::default();
        for due in book.reservations().filter(|r| r.is_due_at(state_now)) {
            reach.free(due.quantity.units());
        }
        for command in commands.iter().filter(|c| *c.sku() == book.inventory().sku) {
            match command {
                Command::Cancel(ask) => {
                    if let Some(cancelled) = book.reservation(ask.reservation_id) {
                        reach.free(cancelled.quantity.units());
                        let waits = cancelled.status == ReservationStatus::Waitlisted;
                        reach.leaving.extend(cancelled.sequence.filter(|_| waits));
                    }
                }
                Command::Restock(ask) => reach.free(ask.change.units().max(0)),
                Command::Reserve(_) | Command::Confirm(_) | Command::Expire(_) => {}
            }
        }
        reach
    }

    fn free(&mut self, units: i64) {
        self.freed += units;
        self.moves = true;
    }
}

/// Reads each line from its head until what was read asks for more than can come free: no stock
/// can reach further. A line that nothing moves is not read.
async fn load_lines(
    connection: &mut PgConnection,
    commands: &[Command],
    state: &mut State,
) -> sqlx::Result<()> {
    let mut open: BTreeMap<Sku, (Reach, Stretch, i64)> = BTreeMap::new();
    for (sku, book) in &state.books {
        if book.inventory().waitlist_size == 0 {
            continue;
        }
        let reach = Reach::of(book, commands, state.now);
        if reach.moves {
            let units = book.inventory().available_quantity + reach.freed;
            let leaving = i64::try_from(reach.leaving.len()).unwrap_or(i64::MAX);
            let stretch = Stretch {
                sku: sku.clone(),
                after: Sequence(0),
                limit: (units + leaving + 1).min(STRETCH_LIMIT),
            };
            open.insert(sku.clone(), (reach, stretch, units));
        }
    }
    while !open.is_empty() {
        let stretches: Vec<_> = open
            .values()
            .map(|(_, stretch, _)| stretch.clone())
            .collect();
        let read = waitlist::store::load(connection, &stretches).await?;
        let mut lines: HashMap<Sku, Vec<(Sequence, Reservation)>> = HashMap::new();
        for (sequence, reservation) in read {
            let line = lines.entry(reservation.sku.clone()).or_default();
            line.push((sequence, reservation));
        }
        open.retain(|sku, (reach, stretch, units)| {
            let line = lines.remove(sku).unwrap_or_default();
            let whole = i64::try_from(line.len()).is_ok_and(|n| n < stretch.limit);
            for (sequence, reservation) in line {
                stretch.after = sequence;
                if !reach.leaving.contains(&sequence) {
                    *units -= reservation.quantity.units();
                }
                if let Some(book) = state.books.get_mut(sku) {
                    book.load_line(sequence, reservation);
                }
            }
            !whole && *units >= 0
        });
    }
    Ok(())
}

/// Reads where those stand who ask again while they wait.
async fn load_positions(
    connection: &mut PgConnection,
    commands: &[Command],
    state: &mut State,
) -> sqlx::Result<()> {
    let places: BTreeSet<_> = commands
        .iter()
        .filter_map(|command| match command {
            Command::Reserve(ask) => {
                let live = state.books.get(&ask.sku)?.live_reservation(&ask.user_id)?;
                let waits = live.status == ReservationStatus::Waitlisted;
                Some((ask.sku.clone(), live.sequence.filter(|_| waits)?))
            }
            Command::Confirm(_) | Command::Cancel(_) | Command::Restock(_) | Command::Expire(_) => {
                None
            }
        })
        .collect();
    if places.is_empty() {
        return Ok(());
    }
    let places: Vec<_> = places.into_iter().collect();
    for (sku, sequence, position) in waitlist::store::positions(connection, &places).await? {
        if let Some(book) = state.books.get_mut(&sku) {
            book.load_position(sequence, position);
        }
    }
    Ok(())
}

async fn load_keys(
    connection: &mut PgConnection,
    commands: &[Command],
    state: &mut State,
) -> sqlx::Result<()> {
    let keys: BTreeSet<Scoped> = commands
        .iter()
        .filter_map(|command| match command {
            Command::Reserve(ask) => {
                let key = ask.idempotency_key.clone()?;
                Some((ask.sku.clone(), (Endpoint::Reserve, key)))
            }
            Command::Restock(ask) => {
                let key = ask.idempotency_key.clone()?;
                Some((ask.sku.clone(), (Endpoint::Restock, key)))
            }
            Command::Confirm(_) | Command::Cancel(_) | Command::Expire(_) => None,
        })
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = keys.into_iter().collect();
    for ((sku, scope), record) in idempotency::store::load(connection, &keys).await? {
        if let Some(book) = state.books.get_mut(&sku) {
            book.load_key(scope, record);
        }
    }
    Ok(())
}

/// Reads the behaviour of all users who may be judged or whose holds may end.
async fn load_behaviors(
    connection: &mut PgConnection,
    commands: &[Command],
    state: &mut State,
) -> sqlx::Result<()> {
    let asking = commands.iter().filter_map(|command| match command {
        Command::Reserve(ask) => Some(&ask.user_id),
        Command::Confirm(_) | Command::Cancel(_) | Command::Restock(_) | Command::Expire(_) => None,
    });
    let loaded = state.books.values().flat_map(SkuBook::reservations);
    let users: BTreeSet<&UserId> = asking.chain(loaded.map(|r| &r.user_id)).collect();
    if users.is_empty() {
        return Ok(());
    }
    let users: Vec<_> = users.into_iter().map(ToString::to_string).collect();
    for (sku, user_id, behavior) in fairness::store::load(connection, &users).await? {
        state.behaviors.insert(sku, user_id, behavior);
    }
    Ok(())
}
