//! Checks that the database server can be used at all: its version, its encoding, and that each
//! connection is a session of its own.
//!
//! All queries are unprepared, since prepared statements are what fails first behind a pooler.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgConnection, Row};
use thiserror::Error;

/// The oldest major version of PostgreSQL with everything that the schema uses.
const OLDEST_MAJOR: u32 = 14;

/// Why Fairhold can't work with this server.
#[derive(Debug, Error)]
pub enum Incompatibility {
    #[error("PostgreSQL {0} is too old: Fairhold needs PostgreSQL {OLDEST_MAJOR} or newer")]
    Version(String),
    #[error(
        "the database has the encoding {0} and Fairhold needs UTF8: create another one with \
         `create database … encoding 'UTF8' template template0`"
    )]
    Encoding(String),
    #[error(
        "the connections share sessions, as those of PgBouncer in transaction mode do, so that \
         settings, locks and prepared statements get lost: connect to PostgreSQL directly, or set \
         pool_mode = session"
    )]
    SharedSessions,
}

/// The reason why the server can't be used, if there is one.
pub(super) async fn find_incompatibility(
    options: &PgConnectOptions,
    connection: &mut PgConnection,
) -> sqlx::Result<Option<Incompatibility>> {
    let facts = "select current_setting('server_version_num') as version_number,
                        current_setting('server_version') as version,
                        current_setting('server_encoding') as encoding";
    let facts = connection.fetch_one(facts).await?;
    let number: String = facts.try_get("version_number")?;
    if is_too_old(&number) {
        return Ok(Some(Incompatibility::Version(facts.try_get("version")?)));
    }
    let encoding: String = facts.try_get("encoding")?;
    if encoding != "UTF8" {
        return Ok(Some(Incompatibility::Encoding(encoding)));
    }
    let is_shared = has_shared_session(options, connection).await?;
    Ok(is_shared.then_some(Incompatibility::SharedSessions))
}

/// Numbers are like 140005 for 14.5 and 90624 for 9.6.24.
fn is_too_old(version_number: &str) -> bool {
    let number = version_number.parse::<u32>();
    number.is_ok_and(|number| number / 10_000 < OLDEST_MAJOR)
}

/// Whether another connection's transaction takes the session of this one away.
async fn has_shared_session(
    options: &PgConnectOptions,
    connection: &mut PgConnection,
) -> sqlx::Result<bool> {
    // A pooler that gives a connection a session of its own once it has settings does so now.
    connection
        .execute("select set_config('fairhold.session', 'own', false)")
        .await?;
    let before = session(connection).await?;
    // Without a free connection for this check, the server decides what else fails.
    let Ok(mut other) = options.clone().disable_statement_logging().connect().await else {
        return Ok(false);
    };
    other.execute("begin").await?;
    let is_taken = session(&mut other).await?.0 == before.0;
    Ok(is_taken || session(connection).await? != before)
}

/// The server process of a connection, and whether it still has the setting.
async fn session(connection: &mut PgConnection) -> sqlx::Result<(String, String)> {
    let query = "select pg_backend_pid()::text as pid,
                        coalesce(current_setting('fairhold.session', true), '') as setting";
    let row = connection.fetch_one(query).await?;
    Ok((row.try_get("pid")?, row.try_get("setting")?))
}

#[cfg(test)]
mod tests {
    use super::is_too_old;

    #[test]
    fn versions_before_14_are_too_old() {
        for (number, expected) in [
            ("90624", true),
            ("130014", true),
            ("140000", false),
            ("180001", false),
        ] {
            assert_eq!(is_too_old(number), expected, "{number}");
        }
    }
}
