//! Actors of the ledger, and the names and scopes of API keys.

pub use fairhold_core::ids::{Actor, KeyName};

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
    /// The name that the command line and the tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Storefront => "storefront",
            Self::Admin => "admin",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Read, Self::Storefront, Self::Admin]
            .into_iter()
            .find(|scope| scope.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn each_scope_has_its_name() {
        for scope in [Scope::Read, Scope::Storefront, Scope::Admin] {
            assert_eq!(Scope::from_name(scope.name()), Some(scope));
        }
        assert_eq!(Scope::from_name("root"), None);
    }
}
