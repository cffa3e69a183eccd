//! Paths and bodies of one id.

use uuid::fmt::Hyphenated;

use crate::http::{Fields, FromFields, text};
use crate::inventory::Sku;
use crate::reservations::{ReservationId, UserId};

/// The field `sku`, alone.
#[derive(Debug, Clone)]
pub(super) struct SkuField(pub(super) Sku);

impl FromFields for SkuField {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("sku", text(Sku::parse)).map(Self)
    }
}

/// The field `user_id`, alone.
#[derive(Debug, Clone)]
pub(super) struct UserIdField(pub(super) UserId);

impl FromFields for UserIdField {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("user_id", text(UserId::parse)).map(Self)
    }
}

/// The field `reservation_id`, alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReservationIdField(pub(super) ReservationId);

impl FromFields for ReservationIdField {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields
            .required("reservation_id", text(reservation_id))
            .map(Self)
    }
}

fn reservation_id(id: &str) -> Result<ReservationId, &'static str> {
    id.parse::<Hyphenated>()
        .map(|id| ReservationId::from(id.into_uuid()))
        .map_err(|_| "must be a UUID")
}
