//! Actors of the ledger, and the names and scopes of API keys.

use std::fmt;
use std::sync::Arc;

use crate::reservations::UserId;

const USER: &str = "user:";

/// Who made a change, as the ledger names them: `key:<name>`, `user:<id>` or `expiry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(Arc<str>);

impl Actor {
    /// The holder of an API key.
    #[must_use]
    pub fn key(name: &KeyName) -> Self {
        Self(format!("key:{name}").into())
    }

    /// A shopper with a token of the identity provider.
    #[must_use]
    pub fn user(id: &UserId) -> Self {
        Self(format!("{USER}{id}").into())
    }

    /// The expiry of a hold.
    #[must_use]
    pub fn expiry() -> Self {
        Self("expiry".into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the actor may change reservations of `owner`. A shopper may change only their own.
    #[must_use]
    pub fn may_move(&self, owner: &UserId) -> bool {
        let user = self.0.strip_prefix(USER);
        user.is_none_or(|user| user == owner.as_str())
    }
}

/// What an API key permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scope {
    /// Read all data.
    Read,
    /// Reserve, confirm, cancel; read reservations and stock.
    Storefront,
    /// Everything.
    Admin,
}

impl Scope {
    /// The name in the tables and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Storefront => "storefront",
            Self::Admin => "admin",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Read, Self::Storefront, Self::Admin]
            .into_iter()
            .find(|scope| scope.name() == name)
    }
}

/// The name of an API key: 1 to 64 of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    /// Takes `name` if it is one.
    ///
    /// # Errors
    /// What a name must look like.
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
        if (1..=64).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name.to_owned()))
        } else {
            Err("must be 1 to 64 of A-Z a-z 0-9 . _ -")
        }
    }

    /// The name as text.
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

#[cfg(test)]
mod tests {
    use super::{Actor, KeyName, Scope};
    use crate::reservations::UserId;

    #[test]
    fn a_shopper_changes_only_their_own_reservations_and_a_key_changes_all() {
        let [anna, ben] = ["anna", "ben"].map(|id| UserId::parse(id).unwrap());
        assert!(Actor::user(&anna).may_move(&anna));
        assert!(!Actor::user(&anna).may_move(&ben));
        let key = Actor::key(&KeyName::parse("anna").unwrap());
        assert!(key.may_move(&ben));
        // A shopper cannot pass for a key by their user id.
        let sly = UserId::parse("key:shop").unwrap();
        assert_eq!(Actor::user(&sly).as_str(), "user:key:shop");
        assert!(!Actor::user(&sly).may_move(&anna));
    }

    #[test]
    fn the_name_of_a_key_is_plain() {
        for name in ["a", "Shop-1.test_x", &"x".repeat(64)] {
            assert_eq!(KeyName::parse(name).unwrap().as_str(), name);
        }
        for name in ["", "a b", "a:b", "é", "a\n", &"x".repeat(65)] {
            assert!(KeyName::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn each_scope_has_its_name() {
        for scope in [Scope::Read, Scope::Storefront, Scope::Admin] {
            assert_eq!(Scope::from_name(scope.name()), Some(scope));
        }
        assert_eq!(Scope::from_name("root"), None);
    }
}
