//! Reads what a batch of commands needs, under the locks.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::PgConnection;
use tokio::time::Instant;
use tracing::Instrument;

use crate::inventory::{self, Sku};
use crate::reservations::{self, Reservation};
use crate::telemetry::{metrics, traces};
use crate::waitlist::store::Stretch;
use crate::waitlist::{self, Sequence};
use crate::{fairness, idempotency};

use super::command::Command;
use super::needs::Needs;
use super::reach::Reach;
use super::read::{Found, Wanted, read};
use super::refusal::{Trouble, trouble};
use super::state::State;
use super::steps::Steps;

/// How many due holds of one SKU a transaction ends at most, so that a storm of them does not
/// keep the row locked for long.
const DUE_LIMIT: usize = 500;

/// How much of a line is read at once.
const STRETCH_LIMIT: i64 = 4096;

/// Of how many users the behaviour is read at once.
const PART: usize = 4096;

/// Locks the SKUs of `commands` and reads what [`super::decide()`] must know. `None` when none of
/// them exists.
pub(super) async fn load(
    connection: &mut PgConnection,
    commands: &[Command],
    steps: &Steps,
) -> sqlx::Result<Option<State>> {
    let needs = Needs::of(commands);
    let skus: Vec<_> = needs.skus.iter().map(ToString::to_string).collect();
    let asked = Instant::now();
    let locked = inventory::store::lock(connection, &skus);
    let locked = locked.instrument(traces::step("lock")).await;
    // A wait that was in vain counts as well; what else fails is no wait for rows.
    let failure = locked.as_ref().err().map(trouble);
    if failure.is_none_or(|trouble| trouble == Trouble::Locked) {
        metrics().lock_waited(asked.elapsed());
    }
    let Some((now, inventories)) = locked? else {
        return Ok(None);
    };
    let Found {
        mut reservations,
        behaviors,
    } = read(connection, &wanted(&needs, skus), now).await?;
    reservations.extend(load_moved(connection, &needs, &reservations).await?);
    let mut state = State::open(now, inventories, reservations, DUE_LIMIT);
    for (sku, user_id, behavior) in behaviors {
        state.behaviors.insert(sku, user_id, behavior);
    }
    load_lines(connection, commands, &mut state, steps).await?;
    load_positions(connection, &needs, &mut state).await?;
    load_keys(connection, &needs, &mut state).await?;
    load_behaviors(connection, &needs, &mut state, steps).await?;
    Ok(Some(state))
}

fn wanted(needs: &Needs, skus: Vec<String>) -> Wanted {
    let ids = needs.reservations.iter();
    let users = needs.users.iter();
    Wanted {
        judged: needs
            .asking()
            .into_iter()
            .map(ToString::to_string)
            .collect(),
        ids: ids.map(|(sku, id)| (sku.to_string(), id.uuid())).unzip(),
        users: users
            .map(|(sku, user_id)| (sku.to_string(), user_id.to_string()))
            .unzip(),
        due_of: skus,
        due_limit: i64::try_from(DUE_LIMIT).unwrap_or(i64::MAX),
    }
}

/// Reads those of the named reservations that were not `found` since they were moved into the
/// history. By a statement of its own, which comes after: a row that was not in the table by then
/// is in the history by now. Nobody else pays for the history and its many partitions.
async fn load_moved(
    connection: &mut PgConnection,
    needs: &Needs,
    found: &[Reservation],
) -> sqlx::Result<Vec<Reservation>> {
    let found: HashSet<_> = found.iter().map(|r| r.reservation_id).collect();
    let named = needs.reservations.iter();
    let moved = named.filter(|(_, id)| !found.contains(id)).cloned();
    let moved: Vec<_> = moved.collect();
    if moved.is_empty() {
        return Ok(Vec::new());
    }
    reservations::history::load(connection, &moved).await
}

/// Reads each line from its head until what was read asks for more than can come free: no stock
/// can reach further. A line that nothing moves is not read.
async fn load_lines(
    connection: &mut PgConnection,
    commands: &[Command],
    state: &mut State,
    steps: &Steps,
) -> sqlx::Result<()> {
    let mut open: BTreeMap<Sku, Reach> = BTreeMap::new();
    for (sku, book) in &state.books {
        let reach = Reach::of(book, commands, state.now);
        open.extend(reach.map(|reach| (sku.clone(), reach)));
    }
    while !open.is_empty() {
        let stretch = |(sku, reach): (&Sku, &Reach)| Stretch {
            sku: sku.clone(),
            after: reach.after(),
            limit: reach.wanted().min(STRETCH_LIMIT),
        };
        let stretches: Vec<_> = open.iter().map(stretch).collect();
        let mut lines: HashMap<Sku, Vec<(Sequence, Reservation)>> = HashMap::new();
        for (sequence, reservation) in waitlist::store::load(&mut *connection, &stretches).await? {
            let line = lines.entry(reservation.sku.clone()).or_default();
            line.push((sequence, reservation));
        }
        steps.made();
        for Stretch { sku, limit, .. } in stretches {
            let line = lines.remove(&sku).unwrap_or_default();
            let whole = i64::try_from(line.len()).is_ok_and(|n| n < limit);
            let further = match (open.get_mut(&sku), state.books.get_mut(&sku)) {
                (Some(reach), Some(book)) => reach.read(book, line),
                _ => false,
            };
            if whole || !further {
                open.remove(&sku);
            }
        }
    }
    Ok(())
}

/// Reads where those stand who ask again while they wait.
async fn load_positions(
    connection: &mut PgConnection,
    needs: &Needs,
    state: &mut State,
) -> sqlx::Result<()> {
    let places: Vec<_> = needs.places(state).into_iter().collect();
    if places.is_empty() {
        return Ok(());
    }
    for (sku, place) in waitlist::store::positions(connection, &places).await? {
        if let Some(book) = state.books.get_mut(&sku) {
            book.load_position(place.sequence, place.position);
        }
    }
    Ok(())
}

async fn load_keys(
    connection: &mut PgConnection,
    needs: &Needs,
    state: &mut State,
) -> sqlx::Result<()> {
    let keys: Vec<_> = needs.keys.iter().cloned().collect();
    if keys.is_empty() {
        return Ok(());
    }
    for ((sku, scope), record) in idempotency::store::load(connection, &keys).await? {
        if let Some(book) = state.books.get_mut(&sku) {
            book.load_key(scope, record);
        }
    }
    Ok(())
}

/// Reads the behaviour of those who may be judged or whose holds may end, though they did not ask.
async fn load_behaviors(
    connection: &mut PgConnection,
    needs: &Needs,
    state: &mut State,
    steps: &Steps,
) -> sqlx::Result<()> {
    let asking = needs.asking();
    let others = needs.judged(state).into_iter();
    let others = others.filter(|user_id| !asking.contains(user_id));
    let users: Vec<_> = others.map(ToString::to_string).collect();
    for part in users.chunks(PART) {
        for (sku, user_id, behavior) in fairness::store::load(&mut *connection, part).await? {
            state.behaviors.insert(sku, user_id, behavior);
        }
        steps.made();
    }
    Ok(())
}
