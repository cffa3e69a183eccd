//! What the policy of a route adds to its operation.

use super::operation_builder::OperationBuilder;

/// The policy of a route, such as a permission and a price.
pub trait OperationPolicy {
    /// Adds the problems, headers and security that follow from the policy.
    fn describe(&self, operation: &mut OperationBuilder<'_>);
}
