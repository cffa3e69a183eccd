//! The transitions of a SKU: each keeps the counters, the waitlist and the ledger in agreement.

use chrono::Duration;

use super::super::command::Reserve;
use super::super::context::DecideContext;
use super::{SkuState, count, sequence_of};
use crate::fairness::HoldOutcome;
use crate::idempotency::{KeyRecord, KeyScope};
use crate::ids::{ReservationId, Sequence};
use crate::inventory::StockChange;
use crate::ledger::{Deltas, LedgerEntry, LedgerKind};
use crate::reservations::{Hold, Reservation, ReservationStatus};

/// The transitions. Each writes its ledger entry and leaves the counters balanced.
impl SkuState {
    /// Begins a hold for a new reservation. The units must be available, and nobody may wait who
    /// is servable.
    pub(in super::super) fn hold(
        &mut self,
        context: &DecideContext<'_>,
        command: &Reserve,
    ) -> Reservation {
        let mut reservation = self.new_reservation(context, command);
        self.begin_hold(context, &mut reservation, false);
        self.record(context, LedgerKind::Reserved, &reservation);
        self.insert(reservation)
    }

    /// Puts a new reservation at the end of the waitlist.
    pub(in super::super) fn join_waitlist(
        &mut self,
        context: &DecideContext<'_>,
        command: &Reserve,
    ) -> Reservation {
        let mut reservation = self.new_reservation(context, command);
        self.inventory.last_sequence += 1;
        self.inventory.waitlist_size += 1;
        self.inventory.waitlist_quantity += command.quantity.units();
        let sequence = Sequence(self.inventory.last_sequence);
        reservation.sequence = Some(sequence);
        let quantity = command.quantity.units();
        self.waitlist
            .insert(sequence, (command.reservation_id, quantity));
        self.joined.insert(sequence);
        self.record(context, LedgerKind::Waitlisted, &reservation);
        self.insert(reservation)
    }

    /// Turns a hold into a sale. A waiting reservation that is not servable any more makes way for
    /// those behind it.
    pub(in super::super) fn confirm(
        &mut self,
        context: &mut DecideContext<'_>,
        id: ReservationId,
    ) -> Reservation {
        let confirmed = self.end_hold(context, id, HoldOutcome::Confirmed);
        self.serve_waitlist(context);
        confirmed
    }

    /// Cancels a hold and serves the waitlist with its stock.
    pub(in super::super) fn cancel_hold(
        &mut self,
        context: &mut DecideContext<'_>,
        id: ReservationId,
    ) -> Reservation {
        let cancelled = self.end_hold(context, id, HoldOutcome::Cancelled);
        self.serve_waitlist(context);
        cancelled
    }

    /// Cancels a waiting reservation. The next in the waitlist may fit where this one did not.
    pub(in super::super) fn leave_waitlist(
        &mut self,
        context: &mut DecideContext<'_>,
        id: ReservationId,
    ) -> Reservation {
        let mut reservation = self.loaded(id).clone();
        self.remove_from_waitlist(&reservation);
        reservation.become_at(ReservationStatus::Cancelled, context.now);
        self.record(context, LedgerKind::Cancelled, &reservation);
        self.update(reservation.clone());
        self.serve_waitlist(context);
        reservation
    }

    /// Ends all loaded holds that are due, then serves the waitlist. Returns how many ended and how
    /// many reservations were promoted.
    pub(in super::super) fn expire_due(&mut self, context: &mut DecideContext<'_>) -> (i64, i64) {
        let mut due: Vec<_> = self
            .reservations
            .values()
            .filter(|reservation| reservation.is_due_at(context.now))
            .map(|due| (due.hold.map(|hold| hold.expires_at), due.reservation_id))
            .collect();
        due.sort_unstable();
        for &(_, id) in &due {
            self.end_hold(context, id, HoldOutcome::Expired);
        }
        let promoted = self.serve_waitlist(context);
        (count(due), promoted)
    }

    /// Adds stock, or takes available stock away, and serves the waitlist. Returns how many
    /// reservations were promoted.
    pub(in super::super) fn restock(
        &mut self,
        context: &mut DecideContext<'_>,
        change: StockChange,
        reason: Option<String>,
    ) -> i64 {
        let deltas = Deltas {
            available: change.column(),
            total: change.column(),
            ..Deltas::default()
        };
        let entry = self.apply(context, LedgerKind::Restocked, change.column(), deltas);
        self.ledger.push(LedgerEntry { reason, ..entry });
        self.serve_waitlist(context)
    }

    /// Remembers a key that took effect.
    pub(in super::super) fn keep_key(&mut self, scope: KeyScope, record: KeyRecord) {
        self.new_keys.insert(scope.clone());
        self.keys.insert(scope, record);
    }

    /// Promotes the servable reservations that wait, in order, until the first of them does not
    /// fit, nobody is left, or the transaction has promoted or read as many as it may.
    fn serve_waitlist(&mut self, context: &mut DecideContext<'_>) -> i64 {
        let before = self.promoted;
        self.inventory.serving = loop {
            let available = self.inventory.available_quantity;
            let Some((id, quantity)) = self.head() else {
                break available > 0 && self.read_through.is_some();
            };
            if quantity > available {
                break false;
            }
            if self.promoted == self.limits.promotions {
                break true;
            }
            self.promote(context, id);
        };
        self.promoted - before
    }

    fn promote(&mut self, context: &mut DecideContext<'_>, id: ReservationId) {
        let mut head = self.loaded(id).clone();
        self.remove_from_waitlist(&head);
        head.fairness = context.judge(&head.user_id);
        self.begin_hold(context, &mut head, true);
        self.record(context, LedgerKind::Promoted, &head);
        self.update(head);
        self.promoted += 1;
    }
}

/// Parts of transitions.
impl SkuState {
    fn new_reservation(&self, context: &DecideContext<'_>, command: &Reserve) -> Reservation {
        Reservation {
            reservation_id: command.reservation_id,
            sku: self.inventory.sku.clone(),
            user_id: command.user_id.clone(),
            quantity: command.quantity,
            status: ReservationStatus::Waitlisted,
            sequence: None,
            hold: None,
            created_at: context.now,
            updated_at: context.now,
            fairness: context.judge(&command.user_id),
        }
    }

    fn begin_hold(
        &self,
        context: &DecideContext<'_>,
        reservation: &mut Reservation,
        promoted: bool,
    ) {
        let ttl_seconds = context.policy.ttl_seconds(
            reservation.fairness.tier,
            self.inventory.hold_ttl_seconds,
            promoted,
        );
        reservation.hold = Some(Hold {
            ttl_seconds,
            expires_at: context.now + Duration::seconds(i64::from(ttl_seconds)),
        });
        reservation.become_at(ReservationStatus::Reserved, context.now);
    }

    fn end_hold(
        &mut self,
        context: &mut DecideContext<'_>,
        id: ReservationId,
        outcome: HoldOutcome,
    ) -> Reservation {
        let mut reservation = self.loaded(id).clone();
        assert!(
            reservation.status == ReservationStatus::Reserved && reservation.hold.is_some(),
            "reservation {id} is {} and has no hold to end",
            reservation.status.name(),
        );
        let (status, kind) = match outcome {
            HoldOutcome::Confirmed => (ReservationStatus::Confirmed, LedgerKind::Confirmed),
            HoldOutcome::Cancelled => (ReservationStatus::Cancelled, LedgerKind::Cancelled),
            HoldOutcome::Expired => (ReservationStatus::Expired, LedgerKind::Expired),
        };
        let subject = (&reservation.sku, &reservation.user_id);
        let (now, policy) = (context.now, context.policy);
        context.behaviors.count(subject, outcome, now, policy);
        reservation.become_at(status, context.now);
        self.record(context, kind, &reservation);
        self.update(reservation.clone());
        reservation
    }

    fn remove_from_waitlist(&mut self, waiting: &Reservation) {
        let sequence = sequence_of(waiting);
        self.inventory.waitlist_size -= 1;
        self.inventory.waitlist_quantity -= waiting.quantity.units();
        // The waitlist is loaded only as far as stock can reach: a reservation that leaves it
        // further back is not in the map.
        self.waitlist.remove(&sequence);
        if !self.joined.remove(&sequence) {
            self.left.insert(sequence);
        }
    }

    fn insert(&mut self, reservation: Reservation) -> Reservation {
        self.created.insert(reservation.reservation_id);
        self.load(reservation.clone());
        reservation
    }

    fn update(&mut self, reservation: Reservation) {
        let id = reservation.reservation_id;
        if !self.created.contains(&id) {
            self.updated.insert(id);
        }
        if !reservation.status.is_live() {
            self.live.remove(&reservation.user_id);
        }
        self.reservations.insert(id, reservation);
    }

    /// Records a change of a reservation.
    fn record(&mut self, context: &DecideContext<'_>, kind: LedgerKind, reservation: &Reservation) {
        let quantity = reservation.quantity.column();
        let deltas = deltas(kind, quantity, reservation.hold.is_some());
        let entry = self.apply(context, kind, quantity, deltas);
        self.ledger.push(LedgerEntry {
            reservation_id: Some(reservation.reservation_id),
            user_id: Some(reservation.user_id.clone()),
            ..entry
        });
    }

    /// Moves the counters by `deltas`. Returns the ledger entry that says so.
    fn apply(
        &mut self,
        context: &DecideContext<'_>,
        kind: LedgerKind,
        quantity: i32,
        deltas: Deltas,
    ) -> LedgerEntry {
        let inventory = &mut self.inventory;
        inventory.available_quantity += i64::from(deltas.available);
        inventory.reserved_quantity += i64::from(deltas.reserved);
        inventory.sold_quantity += i64::from(deltas.sold);
        inventory.total_quantity += i64::from(deltas.total);
        inventory.version += 1;
        inventory.updated_at = context.now;
        LedgerEntry {
            sku: inventory.sku.clone(),
            entry: inventory.version,
            kind,
            reservation_id: None,
            user_id: None,
            quantity,
            deltas,
            recorded_at: context.now,
            reason: None,
            actor: context.actor.clone(),
        }
    }
}

fn deltas(kind: LedgerKind, quantity: i32, held: bool) -> Deltas {
    let (available, reserved, sold) = match kind {
        LedgerKind::Reserved | LedgerKind::Promoted => (-quantity, quantity, 0),
        LedgerKind::Confirmed => (0, -quantity, quantity),
        LedgerKind::Cancelled | LedgerKind::Expired if held => (quantity, -quantity, 0),
        LedgerKind::Cancelled
        | LedgerKind::Expired
        | LedgerKind::Waitlisted
        | LedgerKind::Initialized
        | LedgerKind::Restocked => (0, 0, 0),
    };
    Deltas {
        available,
        reserved,
        sold,
        total: 0,
    }
}
