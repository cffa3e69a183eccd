//! Identifiers and quantities that every part of Fairhold shares.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most units that one request may name.
pub const MAX_QUANTITY: i64 = 1_000_000;

const USER_PREFIX: &str = "user:";

/// The name of a stock-keeping unit: 1 to 64 of `A-Z a-z 0-9 . _ : -`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(example = &"SKU123")]
pub struct Sku(#[schemars(regex(pattern = r"^[A-Za-z0-9._:-]{1,64}$"))] String);

impl TryFrom<String> for Sku {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name)
    }
}

impl Sku {
    /// # Errors
    /// The rule for SKU names, as a sentence for the client.
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"._:-".contains(&c);
        if (1..=64).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(name.to_owned()))
        } else {
            Err("must be 1 to 64 of A-Z a-z 0-9 . _ : -")
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who reserves: 1 to 128 characters, no control characters, not only white space.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(example = &"userA")]
pub struct UserId(
    #[schemars(
        length(min = 1, max = 128),
        regex(pattern = r"^(?=\s*\S)[^\u0000-\u001f\u007f-\u009f]*$")
    )]
    String,
);

impl TryFrom<String> for UserId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        Self::parse(&id)
    }
}

impl UserId {
    /// # Errors
    /// The rule for user ids, as a sentence for the client.
    pub fn parse(id: &str) -> Result<Self, &'static str> {
        if id.trim().is_empty() {
            return Err("must not be empty or only white space");
        }
        if id.chars().any(char::is_control) {
            return Err("must not have control characters");
        }
        if id.chars().count() > 128 {
            return Err("must be at most 128 characters");
        }
        Ok(Self(id.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a reservation for its whole life: a UUID of version 7.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(example = &"019b8d2c-6f00-7000-8000-5d1c7a2f9e10")]
pub struct ReservationId(Uuid);

impl ReservationId {
    /// A new id. Ids made by one process sort in the order in which they were made.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::now_v7())
    }

    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for ReservationId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Units in one reservation: 1 to 1,000,000.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "i64")]
#[schemars(example = 1)]
pub struct Quantity(#[schemars(range(min = 1, max = MAX_QUANTITY))] i32);

impl TryFrom<i64> for Quantity {
    type Error = &'static str;

    fn try_from(units: i64) -> Result<Self, Self::Error> {
        Self::new(units).ok_or("must be 1 to 1000000")
    }
}

impl Quantity {
    /// `None` if `units` is out of range.
    #[must_use]
    pub fn new(units: i64) -> Option<Self> {
        let units = i32::try_from(units).ok()?;
        (1..=MAX_QUANTITY)
            .contains(&i64::from(units))
            .then_some(Self(units))
    }

    #[must_use]
    pub fn units(self) -> i64 {
        i64::from(self.0)
    }

    /// The number of units in the type of the database column.
    #[must_use]
    pub fn column(self) -> i32 {
        self.0
    }
}

/// The order of a SKU's waitlist: the lowest sequence is served first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Sequence(#[schemars(range(min = 1))] pub i64);

/// The name of an API key: 1 to 64 of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    /// # Errors
    /// The rule for key names.
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
        if (1..=64).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(name.to_owned()))
        } else {
            Err("must be 1 to 64 of A-Z a-z 0-9 . _ -")
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who caused a change, as the ledger records it: `key:<name>`, `user:<id>` or `expiry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(Arc<str>);

impl Actor {
    /// The holder of an API key.
    #[must_use]
    pub fn key(name: &KeyName) -> Self {
        Self(format!("key:{name}").into())
    }

    /// A shopper, identified by a token of the shop's identity provider.
    #[must_use]
    pub fn user(id: &UserId) -> Self {
        Self(format!("{USER_PREFIX}{id}").into())
    }

    /// The end of a hold's time.
    #[must_use]
    pub fn expiry() -> Self {
        Self("expiry".into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the actor may change reservations of `owner`: a shopper changes only their own.
    #[must_use]
    pub fn may_change(&self, owner: &UserId) -> bool {
        let user = self.0.strip_prefix(USER_PREFIX);
        user.is_none_or(|user| user == owner.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Actor, KeyName, Quantity, Sku, UserId};

    #[test]
    fn a_sku_is_1_to_64_plain_characters() {
        assert!(Sku::parse("A-z.0_9:x").is_ok());
        assert!(Sku::parse(&"x".repeat(64)).is_ok());
        for wrong in ["", "a b", "é", "a/b", &"x".repeat(65)] {
            assert!(Sku::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_user_id_is_visible_text_of_at_most_128_characters() {
        assert!(UserId::parse(&"ü".repeat(128)).is_ok());
        assert!(UserId::parse("<img src=x onerror=…>").is_ok());
        for wrong in ["", "  ", "a\u{0}b", "line\nbreak", &"x".repeat(129)] {
            assert!(UserId::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_quantity_is_1_to_1_000_000() {
        assert_eq!(
            Quantity::new(1_000_000).map(Quantity::units),
            Some(1_000_000)
        );
        for wrong in [0, -1, 1_000_001, i64::MAX] {
            assert_eq!(Quantity::new(wrong), None);
        }
    }

    #[test]
    fn a_key_name_is_1_to_64_plain_characters() {
        for name in ["a", "Shop-1.test_x", &"x".repeat(64)] {
            assert_eq!(KeyName::parse(name).unwrap().as_str(), name);
        }
        for name in ["", "a b", "a:b", "é", "a\n", &"x".repeat(65)] {
            assert!(KeyName::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_shopper_changes_only_their_own_reservations_and_a_key_changes_all() {
        let [anna, ben] = ["anna", "ben"].map(|id| UserId::parse(id).unwrap());
        assert!(Actor::user(&anna).may_change(&anna));
        assert!(!Actor::user(&anna).may_change(&ben));
        let key = Actor::key(&KeyName::parse("anna").unwrap());
        assert!(key.may_change(&ben));
    }

    #[test]
    fn a_user_id_that_looks_like_a_key_stays_a_user() {
        let sly = UserId::parse("key:shop").unwrap();
        let anna = UserId::parse("anna").unwrap();
        assert_eq!(Actor::user(&sly).as_str(), "user:key:shop");
        assert!(!Actor::user(&sly).may_change(&anna));
    }
}
