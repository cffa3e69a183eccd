//! What the board has to be told by the database.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::board::Board;
use super::everything::Everything;
use super::model::Shown;
use super::topics::{Reading, show_if_later};
use crate::inventory::Sku;
use crate::reservations::{Reservation, ReservationId, ReservationStatus};
use crate::waitlist::Place;

impl Board {
    /// The SKUs that matter to somebody, with the versions that are known.
    pub(super) fn known(&self) -> Vec<(Sku, i64)> {
        let topics = self.topics();
        let skus = topics.iter().flat_map(|topics| &topics.skus);
        skus.map(|(sku, topic)| (sku.clone(), topic.known))
            .collect()
    }

    /// What is shown of all SKUs, if somebody watches them.
    pub(super) fn everything(&self) -> Option<Arc<Everything>> {
        self.all().map(|(everything, _)| everything)
    }

    /// Whether somebody watches a hold, which ends by itself.
    pub(super) fn has_holds(&self) -> bool {
        let topics = self.topics();
        let mut topics = topics
            .iter()
            .flat_map(|topics| topics.reservations.values());
        topics.any(|topic| matches!(topic.reading, Reading::At(_, Some(_))))
    }

    /// The reservations that may read otherwise than they are shown when it is `now`, with the
    /// versions that their SKUs are known to be at.
    pub(super) fn stale(&self, now: Option<DateTime<Utc>>) -> HashMap<ReservationId, i64> {
        let topics = self.topics();
        let stale = topics.iter().flat_map(|topics| {
            let each = topics.reservations.iter();
            each.filter_map(|(id, topic)| {
                let known = topics.skus.get(&topic.sku)?.known;
                topic.reading.is_stale(known, now).then_some((*id, known))
            })
        });
        stale.collect()
    }

    /// Shows a reservation as it was read when its SKU was known to be at `version`; `None` when
    /// that is to be found out by the next look.
    pub(crate) fn show_reservation(
        &self,
        reservation: &Reservation,
        place: Option<Place>,
        version: Option<i64>,
    ) {
        let json = match self.reservation_json()(reservation, place) {
            Ok(json) => json,
            Err(error) => {
                tracing::error!(%error, "cannot serialize a reservation");
                return;
            }
        };
        let shown = Shown::reservation(reservation, place, &json);
        if let Some(topics) = self.topics().as_mut()
            && let Some(topic) = topics.reservations.get_mut(&reservation.reservation_id)
        {
            let expires_at = reservation.hold.map(|hold| hold.expires_at);
            let expired = reservation.status == ReservationStatus::Expired;
            let is_over = expired && expires_at.is_some_and(|end| reservation.updated_at < end);
            if !reservation.status.is_live() && !is_over {
                topic.reading = Reading::Ended;
            } else if let Some(version) = version {
                // That its hold is over is not in the books yet: it may have been sold in time.
                let due = expires_at.filter(|_| !is_over);
                topic.reading = Reading::At(version, due);
            }
            show_if_later(&topic.latest, &shown);
        }
    }
}
