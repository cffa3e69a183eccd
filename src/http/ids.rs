//! Ids in paths and bodies.

use serde_json::Value;
use uuid::Uuid;

use super::fields::{Fields, FromFields, text};
use crate::inventory::Sku;
use crate::reservations::{ReservationId, UserId};

/// The field `sku`, alone.
#[derive(Debug, Clone)]
pub struct SkuField(pub Sku);

impl FromFields for SkuField {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("sku", |v| text(v, Sku::parse)).map(Self)
    }
}

/// The field `user_id`, alone.
#[derive(Debug, Clone)]
pub struct UserIdField(pub UserId);

impl FromFields for UserIdField {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields
            .required("user_id", |v| text(v, UserId::parse))
            .map(Self)
    }
}

/// The field `reservation_id`, alone.
#[derive(Debug, Clone, Copy)]
pub struct ReservationIdField(pub ReservationId);

impl FromFields for ReservationIdField {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("reservation_id", reservation_id).map(Self)
    }
}

fn reservation_id(value: &Value) -> Result<ReservationId, &'static str> {
    text(value, |id| {
        Uuid::parse_str(id)
            .map(ReservationId::from)
            .map_err(|_| "must be a UUID")
    })
}
