//! Ids in paths and bodies.

use uuid::fmt::Hyphenated;

use super::fields::{Fields, FromFields};
use super::rules::text;
use crate::inventory::Sku;
use crate::reservations::{ReservationId, UserId};

/// The field `sku`, alone.
#[derive(Debug, Clone)]
pub struct SkuField(pub Sku);

impl FromFields for SkuField {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("sku", text(Sku::parse)).map(Self)
    }
}

/// The field `user_id`, alone.
#[derive(Debug, Clone)]
pub struct UserIdField(pub UserId);

impl FromFields for UserIdField {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("user_id", text(UserId::parse)).map(Self)
    }
}

/// The field `reservation_id`, alone.
#[derive(Debug, Clone, Copy)]
pub struct ReservationIdField(pub ReservationId);

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
