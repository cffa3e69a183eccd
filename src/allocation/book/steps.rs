//! The steps that the books of a SKU can take: each keeps the counters, the line and the ledger in
//! agreement.

use chrono::Duration;

use crate::fairness::{HoldOutcome, Verdict};
use crate::idempotency::KeyRecord;
use crate::inventory::StockChange;
use crate::ledger::{Deltas, LedgerEntry, LedgerKind};
use crate::reservations::{Hold, Reservation, ReservationId, ReservationStatus};
use crate::waitlist::Sequence;

use super::super::command::Reserve;
use super::super::state::KeyScope;
use super::{Desk, SkuBook, count};

/// Steps. Each writes its ledger row and leaves the counters balanced.
impl SkuBook {
    /// Begins a hold for a newcomer. The units must be available and nobody may wait.
    pub(in crate::allocation) fn hold(&mut self, desk: &Desk<'_>, ask: &Reserve) -> Reservation {
        let fairness = desk.behaviors.judge(&ask.user_id, desk.now, desk.policy);
        let mut reservation = self.open(desk, ask, fairness);
        self.begin_hold(desk, &mut reservation, false);
        self.record(desk, LedgerKind::Reserved, &reservation);
        self.admit(reservation)
    }

    /// Puts a newcomer at the end of the line.
    pub(in crate::allocation) fn join(&mut self, desk: &Desk<'_>, ask: &Reserve) -> Reservation {
        let fairness = desk.behaviors.judge(&ask.user_id, desk.now, desk.policy);
        let mut reservation = self.open(desk, ask, fairness);
        self.inventory.last_sequence += 1;
        self.inventory.waitlist_size += 1;
        self.inventory.waitlist_quantity += ask.quantity.units();
        let sequence = Sequence(self.inventory.last_sequence);
        reservation.sequence = Some(sequence);
        self.line.insert(sequence, ask.reservation_id);
        self.joined.insert(sequence);
        self.record(desk, LedgerKind::Waitlisted, &reservation);
        self.admit(reservation)
    }

    /// Turns a hold into a sale.
    pub(in crate::allocation) fn confirm(&mut self, desk: &mut Desk<'_>, id: ReservationId) {
        self.end_hold(desk, id, HoldOutcome::Confirmed);
    }

    /// Gives a hold up and serves the line with its stock.
    pub(in crate::allocation) fn cancel_hold(&mut self, desk: &mut Desk<'_>, id: ReservationId) {
        self.end_hold(desk, id, HoldOutcome::Cancelled);
        self.serve_line(desk);
    }

    /// Gives a place in the line up. The next in line may fit where this one did not.
    pub(in crate::allocation) fn leave_line(&mut self, desk: &mut Desk<'_>, id: ReservationId) {
        let Some(mut reservation) = self.reservations.get(&id).cloned() else {
            return;
        };
        self.step_out(&reservation);
        reservation.become_at(ReservationStatus::Cancelled, desk.now);
        self.record(desk, LedgerKind::Cancelled, &reservation);
        self.store(reservation);
        self.serve_line(desk);
    }

    /// Ends all loaded holds that are due, then serves the line. Returns how many ended and how
    /// many reservations were promoted.
    pub(in crate::allocation) fn expire_due(&mut self, desk: &mut Desk<'_>) -> (i64, i64) {
        let mut due: Vec<_> = self
            .reservations
            .values()
            .filter(|reservation| reservation.is_due_at(desk.now))
            .map(|due| (due.hold.map(|hold| hold.expires_at), due.reservation_id))
            .collect();
        due.sort_unstable();
        for &(_, id) in &due {
            self.end_hold(desk, id, HoldOutcome::Expired);
        }
        let promoted = if due.is_empty() {
            0
        } else {
            self.serve_line(desk)
        };
        (count(due), promoted)
    }

    /// Adds stock, or takes available stock away, and serves the line. Returns how many
    /// reservations were promoted.
    pub(in crate::allocation) fn restock(
        &mut self,
        desk: &mut Desk<'_>,
        change: StockChange,
        reason: Option<String>,
    ) -> i64 {
        let deltas = Deltas {
            available: change.column(),
            total: change.column(),
            ..Deltas::default()
        };
        self.write_ledger(desk, LedgerKind::Restocked, change.column(), deltas);
        if let Some(entry) = self.ledger.last_mut() {
            entry.reason = reason;
        }
        self.serve_line(desk)
    }

    /// Remembers a key that took effect.
    pub(in crate::allocation) fn keep_key(&mut self, scope: KeyScope, record: KeyRecord) {
        self.new_keys.insert(scope.clone());
        self.keys.insert(scope, record);
    }

    /// Promotes from the head of the line until the head does not fit or nobody waits.
    fn serve_line(&mut self, desk: &mut Desk<'_>) -> i64 {
        let mut promoted = 0;
        while let Some((_, id)) = self.line.first_key_value()
            && let Some(head) = self.reservations.get(id)
            && head.quantity.units() <= self.inventory.available_quantity
        {
            let mut head = head.clone();
            self.step_out(&head);
            head.fairness = desk.behaviors.judge(&head.user_id, desk.now, desk.policy);
            self.begin_hold(desk, &mut head, true);
            self.record(desk, LedgerKind::Promoted, &head);
            self.store(head);
            promoted += 1;
        }
        promoted
    }
}

/// Parts of steps.
impl SkuBook {
    fn open(&self, desk: &Desk<'_>, ask: &Reserve, fairness: Verdict) -> Reservation {
        Reservation {
            reservation_id: ask.reservation_id,
            sku: self.inventory.sku.clone(),
            user_id: ask.user_id.clone(),
            quantity: ask.quantity,
            status: ReservationStatus::Waitlisted,
            sequence: None,
            hold: None,
            created_at: desk.now,
            updated_at: desk.now,
            fairness,
        }
    }

    fn begin_hold(&self, desk: &Desk<'_>, reservation: &mut Reservation, promoted: bool) {
        let ttl_seconds = desk.policy.ttl_seconds(
            reservation.fairness.tier,
            self.inventory.hold_ttl_seconds,
            promoted,
        );
        reservation.hold = Some(Hold {
            ttl_seconds,
            expires_at: desk.now + Duration::seconds(i64::from(ttl_seconds)),
        });
        reservation.become_at(ReservationStatus::Reserved, desk.now);
    }

    fn end_hold(&mut self, desk: &mut Desk<'_>, id: ReservationId, outcome: HoldOutcome) {
        let Some(mut reservation) = self.reservations.get(&id).cloned() else {
            return;
        };
        let (status, kind) = match outcome {
            HoldOutcome::Confirmed => (ReservationStatus::Confirmed, LedgerKind::Confirmed),
            HoldOutcome::Cancelled => (ReservationStatus::Cancelled, LedgerKind::Cancelled),
            HoldOutcome::Expired => (ReservationStatus::Expired, LedgerKind::Expired),
        };
        let whose = (&reservation.sku, &reservation.user_id);
        desk.behaviors.count(whose, outcome, desk.now, desk.policy);
        reservation.become_at(status, desk.now);
        self.record(desk, kind, &reservation);
        self.store(reservation);
    }

    fn step_out(&mut self, waiting: &Reservation) {
        let Some(sequence) = waiting.sequence else {
            return;
        };
        self.inventory.waitlist_size -= 1;
        self.inventory.waitlist_quantity -= waiting.quantity.units();
        self.line.remove(&sequence);
        if !self.joined.remove(&sequence) {
            self.left.insert(sequence);
        }
    }

    fn admit(&mut self, reservation: Reservation) -> Reservation {
        self.created.insert(reservation.reservation_id);
        self.load(reservation.clone());
        reservation
    }

    fn store(&mut self, reservation: Reservation) {
        let id = reservation.reservation_id;
        if !self.created.contains(&id) {
            self.updated.insert(id);
        }
        if !reservation.status.is_live() {
            self.live.remove(&reservation.user_id);
        }
        self.reservations.insert(id, reservation);
    }

    fn record(&mut self, desk: &Desk<'_>, kind: LedgerKind, reservation: &Reservation) {
        let quantity = reservation.quantity.column();
        let deltas = deltas(kind, quantity, reservation.hold.is_some());
        self.write_ledger(desk, kind, quantity, deltas);
        if let Some(entry) = self.ledger.last_mut() {
            entry.reservation_id = Some(reservation.reservation_id);
            entry.user_id = Some(reservation.user_id.clone());
        }
    }

    fn write_ledger(&mut self, desk: &Desk<'_>, kind: LedgerKind, quantity: i32, deltas: Deltas) {
        let inventory = &mut self.inventory;
        inventory.available_quantity += i64::from(deltas.available);
        inventory.reserved_quantity += i64::from(deltas.reserved);
        inventory.sold_quantity += i64::from(deltas.sold);
        inventory.total_quantity += i64::from(deltas.total);
        inventory.version += 1;
        inventory.updated_at = desk.now;
        self.ledger.push(LedgerEntry {
            sku: inventory.sku.clone(),
            entry: inventory.version,
            kind,
            reservation_id: None,
            user_id: None,
            quantity,
            deltas,
            recorded_at: desk.now,
            reason: None,
            actor: desk.actor.clone(),
        });
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
