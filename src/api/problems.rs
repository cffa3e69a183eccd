//! Failures of the lanes as problems.

use crate::allocation::SubmitError;
use crate::http::{Problem, ProblemType};
use crate::telemetry::metrics;

/// A command without an outcome. Logs the cause if the database rejected it.
impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Overloaded => {
                metrics().overloaded();
                Self::new(
                    ProblemType::Overloaded,
                    "The request would wait too long. Nothing was changed.",
                )
            }
            SubmitError::Unavailable => Self::new(
                ProblemType::DatabaseUnavailable,
                "The outcome is unknown. Retry the request unchanged.",
            ),
            SubmitError::Rejected(cause) => {
                tracing::error!(cause, "the database rejected a command");
                Self::internal()
            }
            // The lane has logged it.
            SubmitError::Failed => Self::internal(),
        }
    }
}
