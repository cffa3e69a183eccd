//! What a failure of the database means for those who asked.

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

/// Why the database did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The database will not have it, however often it is asked.
    Refused,
    /// Somebody else holds a row that it needs.
    Locked,
    /// The database can't be reached, or not now.
    Away,
}

impl Trouble {
    /// Its name in the metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Locked => "locked",
            Self::Away => "away",
        }
    }
}

/// Sorts `error` by its SQLSTATE (appendix A of the `PostgreSQL` manual).
pub(crate) fn trouble(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Database(error) => match error.code().as_deref() {
            // lock_not_available
            Some("55P03") => Trouble::Locked,
            Some(code) if passes_by_itself(code) => Trouble::Away,
            // internal_error
            Some("XX000") if is_of_files(error.as_ref()) => Trouble::Away,
            Some(_) | None => Trouble::Refused,
        },
        sqlx::Error::RowNotFound
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Encode(_)
        | sqlx::Error::TypeNotFound { .. } => Trouble::Refused,
        _ => Trouble::Away,
    }
}

/// Whether the database itself said no, for good. Said to a commit, it means that nothing was
/// committed.
pub(super) fn is_refusal(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some() && trouble(error) == Trouble::Refused
}

/// Whether `PostgreSQL` could not use its files, for a reason that has no code of its own, such as a
/// quota that is used up: it tells in which of its sources an error arose.
fn is_of_files(error: &dyn DatabaseError) -> bool {
    let error = error.try_downcast_ref::<PgDatabaseError>();
    let source = error.and_then(PgDatabaseError::file);
    source.is_some_and(|source| ["md.c", "fd.c", "slru.c", "xlog.c"].contains(&source))
}

fn passes_by_itself(code: &str) -> bool {
    // Connection exceptions, serialization failures and deadlocks, missing resources, operator
    // intervention, system errors; a login or a database that is not there at the moment; a
    // database that takes no connections, a transaction that idled, a standby that takes no writes.
    ["08", "28", "3D", "40", "53", "57", "58"]
        .iter()
        .any(|class| code.starts_with(class))
        || ["25006", "25P03", "55000"].contains(&code)
}
