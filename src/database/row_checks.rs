//! Errors for rows that are not what they must be.

use sqlx::postgres::PgQueryResult;

/// Fails when a statement touched another number of rows than it has to.
pub(crate) fn ensure_rows(done: &PgQueryResult, expected: usize) -> sqlx::Result<()> {
    ensure(done.rows_affected().into(), expected)
}

/// The same for a statement that returns how many rows it touched.
pub(crate) fn ensure_count(count: i64, expected: usize) -> sqlx::Result<()> {
    ensure(count.into(), expected)
}

fn ensure(found: i128, expected: usize) -> sqlx::Result<()> {
    if usize::try_from(found) == Ok(expected) {
        return Ok(());
    }
    let error = format!("a statement touched {found} rows instead of {expected}");
    Err(sqlx::Error::Decode(error.into()))
}

/// The error for a column whose value the domain has no type for.
pub(crate) fn wrong_row(column: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(column.into())
}
