//! What a database error means for the caller, by SQLSTATE (appendix A of the `PostgreSQL` manual).

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorClass {
    /// The statement fails however often it is repeated.
    Rejected,
    /// Another transaction has locked a row.
    Locked,
    /// The database can't be reached, or can't serve now.
    Unavailable,
}

impl ErrorClass {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => match error.code().as_deref() {
                // lock_not_available; query_canceled, by the timeout of the statement that locks
                Some("55P03" | "57014") => Self::Locked,
                Some(code) if is_transient(code) => Self::Unavailable,
                // internal_error
                Some("XX000") if is_file_error(error.as_ref()) => Self::Unavailable,
                Some(_) | None => Self::Rejected,
            },
            sqlx::Error::RowNotFound
            | sqlx::Error::Decode(_)
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Encode(_)
            | sqlx::Error::TypeNotFound { .. } => Self::Rejected,
            _ => Self::Unavailable,
        }
    }

    /// The value of the metrics' attribute `cause`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rejected => "refused",
            Self::Locked => "locked",
            Self::Unavailable => "away",
        }
    }
}

/// Whether the database itself rejected the statement for good. A rejected COMMIT committed nothing.
pub(crate) fn is_rejection(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some() && ErrorClass::of(error) == ErrorClass::Rejected
}

/// Whether `PostgreSQL` could not use its files for a reason that has no SQLSTATE of its own, such as
/// an exhausted quota. The error names the source file that raised it.
fn is_file_error(error: &dyn DatabaseError) -> bool {
    let error = error.try_downcast_ref::<PgDatabaseError>();
    let source = error.and_then(PgDatabaseError::file);
    source.is_some_and(|source| ["md.c", "fd.c", "slru.c", "xlog.c"].contains(&source))
}

fn is_transient(code: &str) -> bool {
    // Connection exceptions (08), a login (28) or database (3D) that is missing at the moment,
    // serialization failures and deadlocks (40), missing resources (53), operator intervention
    // (57), system errors (58); a standby that takes no writes, a transaction that idled, a
    // database that takes no connections.
    ["08", "28", "3D", "40", "53", "57", "58"]
        .iter()
        .any(|class| code.starts_with(class))
        || ["25006", "25P03", "55000"].contains(&code)
}
