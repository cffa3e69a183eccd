//! What a route requires of its caller.

use super::caller::Caller;
use super::model::Scope;

/// The permission that a route requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Health probes: open to everybody from everywhere, even without API keys and open access.
    Probe,
    /// Pages, files and documents: no credential needed.
    Public,
    /// Stock and sales figures, which name no user.
    ReadStock,
    /// Reservations; a shopper sees only their own.
    ReadReservations,
    /// Reserving and checkout; a shopper acts only for themselves.
    Reserve,
    /// The fairness score of a user; a shopper sees only their own.
    ReadBehavior,
    /// Ledger, waitlist and holds, which name users, and the metrics.
    ReadAll,
    /// Creating SKUs and changing stock.
    ManageStock,
}

impl Permission {
    /// Whether `caller` has it.
    #[must_use]
    pub fn is_granted_to(self, caller: &Caller) -> bool {
        match caller {
            Caller::Anyone => matches!(self, Self::Probe | Self::Public),
            Caller::User { .. } => self.is_granted_to_shoppers(),
            Caller::Key { scope, .. } => self.is_in(*scope),
        }
    }

    /// Whether shoppers have it, each for their own reservations.
    #[must_use]
    pub fn is_granted_to_shoppers(self) -> bool {
        !matches!(self, Self::ReadAll | Self::ManageStock)
    }

    /// The scopes of API keys that have it.
    pub fn scopes(self) -> impl Iterator<Item = Scope> {
        let scopes = [Scope::Read, Scope::Storefront, Scope::Admin];
        scopes.into_iter().filter(move |scope| self.is_in(*scope))
    }

    fn is_in(self, scope: Scope) -> bool {
        match scope {
            Scope::Admin => true,
            Scope::Read => !matches!(self, Self::Reserve | Self::ManageStock),
            Scope::Storefront => {
                !matches!(self, Self::ReadBehavior | Self::ReadAll | Self::ManageStock)
            }
        }
    }

    /// The narrowest scope of an API key that has it.
    #[must_use]
    pub fn narrowest_scope(self) -> Scope {
        self.scopes().next().unwrap_or(Scope::Admin)
    }
}
