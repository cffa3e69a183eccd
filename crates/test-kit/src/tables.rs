//! Direct access to the tables, beside the server.
#![expect(
    clippy::disallowed_methods,
    reason = "queries and set-ups of these tests only"
)]

use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

/// A pool of connections to the test's database.
#[derive(Debug, Clone)]
pub struct Tables(pub PgPool);

/// A SKU's row, locked by an open transaction of the test.
pub struct LockedSku {
    transaction: Transaction<'static, Postgres>,
    backend: i32,
}

impl Tables {
    pub async fn execute(&self, statements: &str) {
        let statements = AssertSqlSafe(statements.to_owned());
        sqlx::raw_sql(statements).execute(&self.0).await.unwrap();
    }

    pub async fn number(&self, query: &str) -> i64 {
        let query = AssertSqlSafe(query.to_owned());
        sqlx::query_scalar(query).fetch_one(&self.0).await.unwrap()
    }

    pub async fn texts(&self, query: &str) -> Vec<String> {
        let query = AssertSqlSafe(query.to_owned());
        sqlx::query_scalar(query).fetch_all(&self.0).await.unwrap()
    }

    /// Locks the row of `sku` as any transaction of the server would.
    pub async fn lock(&self, sku: &str) -> LockedSku {
        let mut transaction = self.0.begin().await.unwrap();
        let backend =
            sqlx::query_scalar("select pg_backend_pid() from skus where sku = $1 for update")
                .bind(sku)
                .fetch_one(&mut *transaction)
                .await
                .unwrap();
        LockedSku {
            transaction,
            backend,
        }
    }

    /// Whether no transaction has locked the row of `sku`.
    pub async fn is_free(&self, sku: &str) -> bool {
        let free = format!("select sku from skus where sku = '{sku}' for update skip locked");
        !self.texts(&free).await.is_empty()
    }

    /// The database's clock, in seconds.
    pub async fn instant(&self) -> f64 {
        let clock = "select extract(epoch from clock_timestamp())::float8";
        sqlx::query_scalar(clock).fetch_one(&self.0).await.unwrap()
    }

    /// How many backends wait for the row that `holder` has locked.
    pub async fn waiting_for(&self, holder: &LockedSku) -> i64 {
        let backend = holder.backend;
        self.number(&format!(
            "select count(*) from pg_stat_activity
             where wait_event_type = 'Lock' and {backend} = any(pg_blocking_pids(pid))
             and query like '%from skus%for update%'"
        ))
        .await
    }

    /// Makes the holds of `sku` end, each at a random time within so many milliseconds from now.
    pub async fn end_holds(&self, sku: &str, within_ms: u32) {
        let mut locked = self.lock(sku).await;
        let end = format!("clock_timestamp() + random() * interval '{within_ms} milliseconds'");
        locked.end_holds(sku, &end).await;
        locked.commit().await;
    }
}

impl LockedSku {
    /// Makes the holds of `sku` end at the SQL expression `end`, by moving their beginnings back. A
    /// promoted hold must begin when its stock was freed, so its TTL is shortened instead.
    pub async fn end_holds(&mut self, sku: &str, end: &str) {
        self.execute(&format!(
            "update reservations
             set expires_at = {end}
             where sku = '{sku}' and status = 'RESERVED';

             update reservations
             set
                 updated_at = expires_at - make_interval(secs => ttl_seconds),
                 created_at = expires_at - make_interval(secs => ttl_seconds)
             where sku = '{sku}' and status = 'RESERVED' and sequence is null;

             update reservations
             set ttl_seconds = greatest(1, ceil(extract(epoch from expires_at - updated_at)))
             where sku = '{sku}' and status = 'RESERVED' and sequence is not null;

             update reservations
             set expires_at = updated_at + make_interval(secs => ttl_seconds)
             where sku = '{sku}' and status = 'RESERVED' and sequence is not null;

             update ledger as l
             set recorded_at = r.updated_at
             from reservations as r
             where r.sku = '{sku}' and r.status = 'RESERVED'
                 and l.sku = r.sku and l.reservation_id = r.reservation_id
                 and l.kind in ('RESERVED', 'PROMOTED');

             update skus as s
             set updated_at = l.recorded_at
             from ledger as l
             where s.sku = '{sku}' and l.sku = s.sku and l.entry = s.version"
        ))
        .await;
    }

    pub async fn execute(&mut self, statements: &str) {
        let statements = AssertSqlSafe(statements.to_owned());
        let done = sqlx::raw_sql(statements).execute(&mut *self.transaction);
        done.await.unwrap();
    }

    pub async fn commit(self) {
        self.transaction.commit().await.unwrap();
    }
}
