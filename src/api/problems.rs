//! Failures of the database and of the lanes as problems.

use crate::allocation::{SubmitError, Trouble, trouble};
use crate::http::{Problem, ProblemType};
use crate::telemetry::metrics;

/// A statement outside of the lanes that failed. It is logged here.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match trouble(&error) {
            Trouble::Refused => {
                tracing::error!(%error, "a statement failed");
                Problem::internal()
            }
            Trouble::Locked | Trouble::Away => {
                tracing::warn!(%error, "the database could not be asked");
                Self::new(
                    ProblemType::DatabaseUnavailable,
                    "The books can't be reached at the moment.",
                )
            }
        }
    }
}

/// A command that got no answer from the books. Where the books refused it, that is logged here, with
/// the request that it came from.
impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Overloaded => {
                metrics().overloaded();
                Self::new(
                    ProblemType::Overloaded,
                    "More is waiting than can be served soon. Nothing was changed.",
                )
            }
            SubmitError::Unavailable => Self::new(
                ProblemType::DatabaseUnavailable,
                "The outcome is not known. Send the request again as it is.",
            ),
            SubmitError::Failed(cause) => {
                tracing::error!(cause, "a command failed");
                Problem::internal()
            }
        }
    }
}
