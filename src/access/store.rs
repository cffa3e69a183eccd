//! The table `api_keys`.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::model::{KeyName, Scope};
use super::secret::SecretHash;
use crate::database::wrong_row;

/// An API key as the table has it.
#[derive(Debug, Clone)]
pub(super) struct ApiKey {
    pub(super) id: Uuid,
    pub(super) name: KeyName,
    pub(super) scope: Scope,
    pub(super) hash: SecretHash,
    pub(super) created_at: DateTime<Utc>,
    pub(super) revoked_at: Option<DateTime<Utc>>,
}

/// A number that any change of any key changes.
pub(super) async fn state(pool: &PgPool) -> sqlx::Result<String> {
    sqlx::query_scalar!(
        r#"
        select coalesce(sum(hashtextextended(k::text, 0)), 0)::text as "state!"
        from api_keys as k
        "#,
    )
    .fetch_one(pool)
    .await
}

/// Every key, revoked or not, in the order in which they were made.
pub(super) async fn list(executor: impl PgExecutor<'_>) -> sqlx::Result<Vec<ApiKey>> {
    let rows = sqlx::query!(
        r#"
        select
            api_key_id, name, scope::text as "scope!", secret_sha256, created_at, revoked_at
        from api_keys
        order by api_key_id
        "#,
    )
    .fetch_all(executor)
    .await?;
    let keys = rows.into_iter().map(|row| {
        Ok(ApiKey {
            id: row.api_key_id,
            name: KeyName::parse(&row.name).map_err(wrong_row)?,
            scope: Scope::from_name(&row.scope).ok_or(wrong_row("scope"))?,
            hash: SecretHash::from_column(&row.secret_sha256).ok_or(wrong_row("secret_sha256"))?,
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        })
    });
    keys.collect()
}

/// Makes a key; `None` when one of that name was ever made.
pub(super) async fn create(
    connection: &mut PgConnection,
    name: &KeyName,
    scope: Scope,
    hash: SecretHash,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        r#"
        insert into api_keys (api_key_id, name, scope, secret_sha256, created_at)
        values ($1, $2, $3::text::api_key_scope, $4, clock_timestamp())
        on conflict on constraint api_keys_names_are_never_used_again do nothing
        returning api_key_id
        "#,
        Uuid::now_v7(),
        name.as_str(),
        scope.name(),
        hash.column(),
    )
    .fetch_optional(connection)
    .await
}

/// Revokes a key, which may have happened before. Its name; `None` when there is no such key.
pub(super) async fn revoke(
    connection: &mut PgConnection,
    id: Uuid,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"
        update api_keys
        set revoked_at = coalesce(revoked_at, clock_timestamp())
        where api_key_id = $1
        returning name
        "#,
        id,
    )
    .fetch_optional(connection)
    .await
}
