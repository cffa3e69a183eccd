//! What stores say when the rows are not what they must be.

use sqlx::postgres::PgQueryResult;

/// Refuses a statement that touched another number of rows than it was to.
pub(crate) fn ensure_rows(done: &PgQueryResult, expected: usize) -> sqlx::Result<()> {
    ensure(usize::try_from(done.rows_affected()) == Ok(expected))
}

/// The same for a statement that counts by itself what it touched.
pub(crate) fn ensure_count(done: i64, expected: usize) -> sqlx::Result<()> {
    ensure(usize::try_from(done) == Ok(expected))
}

fn ensure(as_expected: bool) -> sqlx::Result<()> {
    if as_expected {
        Ok(())
    } else {
        Err(sqlx::Error::RowNotFound)
    }
}

/// The error for a row that the domain has no value for.
pub(crate) fn wrong_row(what: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}
