//! Failures of the database and of the lanes as problems.

use crate::allocation::{SubmitError, Trouble, trouble};
use crate::http::{Problem, ProblemType};
use crate::telemetry::metrics;

/// A failed statement outside of the lanes. Logs the cause.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match trouble(&error) {
            Trouble::Refused => {
                tracing::error!(%error, "a statement failed");
                Problem::internal()
            }
            Trouble::Locked | Trouble::Away => {
                tracing::warn!(%error, "the database is unavailable");
                Self::new(
                    ProblemType::DatabaseUnavailable,
                    "The database cannot be reached at the moment.",
                )
            }
        }
    }
}

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
            SubmitError::Failed(cause) => {
                tracing::error!(cause, "a command failed");
                Problem::internal()
            }
        }
    }
}
