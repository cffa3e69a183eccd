//! The policy of a route: who may call it, and what a call costs.

use super::state::AppState;
use crate::access::{Permission, Scope};
use crate::http::{self, OperationBuilder, OperationPolicy, ProblemType};
use crate::limits::Cost;

/// The routes of the API.
pub(super) type Routes = http::Routes<AppState, RoutePolicy>;

/// Who may call a route, and what a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoutePolicy {
    pub permission: Permission,
    pub cost: Cost,
}

impl RoutePolicy {
    #[must_use]
    pub const fn new(permission: Permission, cost: Cost) -> Self {
        Self { permission, cost }
    }

    /// A read.
    pub(super) const fn read(permission: Permission) -> Self {
        Self::new(permission, Cost::Read)
    }

    /// A command.
    pub(super) const fn command(permission: Permission) -> Self {
        Self::new(permission, Cost::Command)
    }

    /// A command of a shopper who has a hold or a place already.
    pub(super) const fn checkout(permission: Permission) -> Self {
        Self::new(permission, Cost::Checkout)
    }

    /// A route for monitoring, which is never limited.
    pub(super) const fn monitoring(permission: Permission) -> Self {
        Self::new(permission, Cost::Free)
    }
}

impl OperationPolicy for RoutePolicy {
    fn describe(&self, operation: &mut OperationBuilder<'_>) {
        if self.permission == Permission::Probe {
            operation.public();
        } else {
            let scopes: Vec<_> = self.permission.scopes().map(Scope::name).collect();
            operation.scopes(&scopes, self.permission.is_granted_to_shoppers());
            operation.problems(&[
                ProblemType::Unauthenticated,
                ProblemType::Forbidden,
                ProblemType::OpenAccessRefused,
                ProblemType::NotReady,
            ]);
        }
        match self.cost {
            Cost::Free => {}
            Cost::Read | Cost::Command | Cost::Checkout => {
                operation.problems(&[ProblemType::RateLimited]);
                operation.response_headers(&["RateLimit", "RateLimit-Policy"]);
            }
        }
    }
}
