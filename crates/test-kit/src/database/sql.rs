//! Connections and statements about databases, not rows.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

pub(super) async fn connect(options: &PgConnectOptions) -> PgConnection {
    options
        .connect()
        .await
        .expect("a connection to the tests' server")
}

#[expect(
    clippy::disallowed_methods,
    reason = "these statements concern databases, not rows"
)]
pub(super) async fn execute(connection: &mut PgConnection, statement: String) {
    let result = sqlx::raw_sql(AssertSqlSafe(statement.clone()))
        .execute(connection)
        .await;
    result.expect(&statement);
}
