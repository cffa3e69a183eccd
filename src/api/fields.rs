//! Fields that name something: what exists, or what is to be created.

use schemars::JsonSchema;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
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

/// The name of a SKU to be created. Those that clients remove from paths are refused.
#[derive(JsonSchema)]
#[schemars(inline)]
pub(super) struct NewSku(
    #[schemars(
        with = "String",
        regex(pattern = r"^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,64}$")
    )]
    pub(super) Sku,
);

impl NewSku {
    pub(super) fn parse(name: &str) -> Result<Self, &'static str> {
        refuse_dots(name)?;
        Sku::parse(name).map(Self)
    }
}

/// The user of a reservation to be created. Beyond the rule for users, one that looks like another is
/// refused: with invisible characters, or with characters that change the direction of the text. The
/// pattern names them as far as they have four digits.
#[derive(JsonSchema)]
#[schemars(inline)]
pub(super) struct NewUserId(
    #[schemars(
        with = "String",
        length(min = 1, max = 128),
        regex(
            pattern = r"^(?!\.{1,2}$)(?=\s*\S)[^\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]*$"
        )
    )]
    pub(super) UserId,
);

impl NewUserId {
    pub(super) fn parse(id: &str) -> Result<Self, &'static str> {
        refuse_dots(id)?;
        let is_format = |c: char| c.general_category() == GeneralCategory::Format;
        if id.chars().any(is_format) {
            return Err("must not have invisible or bidirectional control characters");
        }
        UserId::parse(id).map(Self)
    }
}

/// The segments `.` and `..` do not reach the server in a path (RFC 3986, section 5.2.4).
fn refuse_dots(name: &str) -> Result<(), &'static str> {
    match name {
        "." | ".." => Err("must not be . or .."),
        _ => Ok(()),
    }
}
