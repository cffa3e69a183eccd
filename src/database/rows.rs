//! What stores say when the rows are not what they must be.

use sqlx::postgres::PgQueryResult;

/// Refuses a statement that touched another number of rows than it was to.
pub(crate) fn ensure_rows(done: &PgQueryResult, expected: usize) -> sqlx::Result<()> {
    if usize::try_from(done.rows_affected()) == Ok(expected) {
        Ok(())
    } else {
        Err(sqlx::Error::RowNotFound)
    }
}

/// The error for a row that the domain has no value for.
pub(crate) fn wrong_row(what: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}
