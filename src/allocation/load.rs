//! Reads what a batch of commands needs, under the locks of its SKUs.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::RangeInclusive;

use fairhold_core::allocation::{Command, Limits, PromotionWindow, ReadSet, Snapshot};
use fairhold_core::ids::{Sequence, Sku};
use fairhold_core::reservations::Reservation;
use sqlx::PgConnection;
use tokio::time::Instant;
use tracing::Instrument;

use super::batch_read::{self, BatchRead, BatchRows};
use super::progress::Progress;
use crate::database::ErrorClass;
use crate::telemetry::{metrics, traces};
use crate::waitlist::store::SequenceRange;
use crate::{fairness, idempotency, inventory, reservations, waitlist};

/// The due holds that a transaction ends at most, shared by its SKUs: after an outage, thousands may
/// be due, and the rows must not stay locked for long.
const DUE_HOLDS: usize = 2_000;

/// The least and the most due holds of one SKU that a transaction ends.
const DUE_OF_SKU: RangeInclusive<usize> = 16..=500;

/// Locks the SKUs of `commands` and reads what [`decide`](fairhold_core::allocation::decide) needs.
/// The snapshot is empty if none of the SKUs exists.
pub(super) async fn load(
    connection: &mut PgConnection,
    commands: &[Command],
    progress: &Progress,
) -> sqlx::Result<Snapshot> {
    let mut read_set = ReadSet::of(commands);
    let skus: Vec<_> = read_set.skus.iter().map(ToString::to_string).collect();
    let asked = Instant::now();
    let locked = inventory::store::lock(connection, &skus);
    let locked = locked.instrument(traces::step("lock")).await;
    // A wait that ended in a lock timeout counts as well; other failures are no wait for rows.
    let failure = locked.as_ref().err().map(ErrorClass::of);
    if failure.is_none_or(|class| class == ErrorClass::Locked) {
        metrics().lock_waited(asked.elapsed());
    }
    let Some((now, inventories)) = locked? else {
        return Ok(Snapshot::default());
    };
    let locked: BTreeSet<_> = inventories.iter().map(|i| &i.sku).collect();
    read_set.retain_locked(&locked);
    let limits = limits(read_set.skus.len());
    let parameters = batch_read(&read_set, limits);
    let rows = batch_read::read(connection, &parameters, now).await?;
    let BatchRows {
        mut reservations,
        behaviors,
    } = rows;
    reservations.extend(load_moved(connection, &read_set, &reservations).await?);
    let mut snapshot = Snapshot::new(now, inventories, reservations, limits);
    for (sku, user_id, behavior) in behaviors {
        snapshot.behaviors.load(sku, user_id, behavior);
    }
    load_waitlists(connection, commands, &mut snapshot, progress).await?;
    load_positions(connection, &read_set, &mut snapshot).await?;
    load_keys(connection, &read_set, &mut snapshot).await?;
    load_behaviors(connection, &read_set, &mut snapshot, progress).await?;
    load_unread_behaviors(connection, &mut snapshot).await?;
    Ok(snapshot)
}

/// What a transaction with so many SKUs does to each of them at most.
fn limits(skus: usize) -> Limits {
    let share = DUE_HOLDS / skus.max(1);
    let due = share.clamp(*DUE_OF_SKU.start(), *DUE_OF_SKU.end());
    Limits {
        due: due
            .try_into()
            .unwrap_or_else(|_| unreachable!("the range is small")),
        ..Limits::default()
    }
}

fn batch_read(read_set: &ReadSet, limits: Limits) -> BatchRead {
    let ids = read_set.reservations.iter();
    let users = read_set.users.iter();
    let reserving = read_set.reserving().into_iter();
    BatchRead {
        ids: ids.map(|(sku, id)| (sku.to_string(), id.uuid())).unzip(),
        users: users
            .map(|(sku, user_id)| (sku.to_string(), user_id.to_string()))
            .unzip(),
        due_of: read_set.skus.iter().map(ToString::to_string).collect(),
        due_limit: limits.due.into(),
        judged: reserving.map(ToString::to_string).collect(),
    }
}

/// Reads those of the named reservations that are not in `found` since they were moved into the
/// history. This takes a later statement: a row that was not in the table by then is in the history
/// by now. Batches without such reservations don't pay for the history and its partitions.
async fn load_moved(
    connection: &mut PgConnection,
    read_set: &ReadSet,
    found: &[Reservation],
) -> sqlx::Result<Vec<Reservation>> {
    let found: HashSet<_> = found.iter().map(|r| r.reservation_id).collect();
    let named = read_set.reservations.iter();
    let moved = named.filter(|(_, id)| !found.contains(id)).cloned();
    let moved: Vec<_> = moved.collect();
    if moved.is_empty() {
        return Ok(Vec::new());
    }
    reservations::history::load(connection, &moved).await
}

/// Reads each waitlist from its head on, until the reservations that were read want more units than
/// can come free or a transaction has read as many as it promotes. A waitlist that no stock can reach is not read.
async fn load_waitlists(
    connection: &mut PgConnection,
    commands: &[Command],
    snapshot: &mut Snapshot,
    progress: &Progress,
) -> sqlx::Result<()> {
    let mut open: BTreeMap<Sku, PromotionWindow> = BTreeMap::new();
    for (sku, state) in &snapshot.skus {
        let window = PromotionWindow::of(state, commands, snapshot.now);
        open.extend(window.map(|window| (sku.clone(), window)));
    }
    while !open.is_empty() {
        let range = |(sku, window): (&Sku, &PromotionWindow)| SequenceRange {
            sku: sku.clone(),
            after: window.after(),
            skips_above: window.skips_above(),
            limit: window.wanted(),
        };
        let ranges: Vec<_> = open.iter().map(range).collect();
        let mut waiting: HashMap<Sku, Vec<(Sequence, Reservation)>> = HashMap::new();
        for (sequence, reservation) in waitlist::store::load(&mut *connection, &ranges).await? {
            let of_sku = waiting.entry(reservation.sku.clone()).or_default();
            of_sku.push((sequence, reservation));
        }
        progress.step();
        for SequenceRange { sku, .. } in ranges {
            // A SKU without rows has reached the end of its waitlist.
            let rows = waiting.remove(&sku).unwrap_or_default();
            let Entry::Occupied(mut window) = open.entry(sku.clone()) else {
                panic!("rows of a waitlist that was not to be read");
            };
            let state = snapshot.sku_mut(&sku);
            if !window.get_mut().read(state, rows) {
                window.remove();
            }
        }
    }
    Ok(())
}

/// Reads the positions of users who reserve again while they wait.
async fn load_positions(
    connection: &mut PgConnection,
    read_set: &ReadSet,
    snapshot: &mut Snapshot,
) -> sqlx::Result<()> {
    let waiting: Vec<_> = read_set.positions(snapshot).into_iter().collect();
    if waiting.is_empty() {
        return Ok(());
    }
    for (sku, found) in waitlist::store::positions(connection, &waiting).await? {
        let state = snapshot.sku_mut(&sku);
        state.load_position(found.sequence, found.position);
    }
    Ok(())
}

async fn load_keys(
    connection: &mut PgConnection,
    read_set: &ReadSet,
    snapshot: &mut Snapshot,
) -> sqlx::Result<()> {
    let keys: Vec<_> = read_set.keys.iter().cloned().collect();
    if keys.is_empty() {
        return Ok(());
    }
    for ((sku, scope), record) in idempotency::store::load(connection, &keys).await? {
        snapshot.sku_mut(&sku).load_key(scope, record);
    }
    Ok(())
}

/// Reads the behavior of users who may be judged or whose holds may end although they did not
/// reserve.
async fn load_behaviors(
    connection: &mut PgConnection,
    read_set: &ReadSet,
    snapshot: &mut Snapshot,
    progress: &Progress,
) -> sqlx::Result<()> {
    let reserving = read_set.reserving();
    let others = read_set.judged(snapshot).into_iter();
    let others = others.filter(|user_id| !reserving.contains(user_id));
    let users: Vec<_> = others.map(ToString::to_string).collect();
    for (sku, user_id, behavior) in fairness::store::load(connection, &users).await? {
        snapshot.behaviors.load(sku, user_id, behavior);
    }
    progress.step();
    Ok(())
}

/// Reads the rows that outcomes are added to, although their users are judged by later ones.
async fn load_unread_behaviors(
    connection: &mut PgConnection,
    snapshot: &mut Snapshot,
) -> sqlx::Result<()> {
    let unread = snapshot.unread_behaviors();
    if unread.is_empty() {
        return Ok(());
    }
    for (sku, user_id, behavior) in fairness::store::load_rows(connection, &unread).await? {
        snapshot.behaviors.load(sku, user_id, behavior);
    }
    Ok(())
}
