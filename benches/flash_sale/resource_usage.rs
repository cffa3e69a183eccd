//! Resource usage: processor time by process; WAL, fsyncs and commits as PostgreSQL counts them.

use sqlx::PgConnection;

/// Linux reports processor time in 1/100 s.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ResourceUsage {
    /// Processor time of the servers, in seconds.
    pub(crate) server: f64,
    /// Processor time of PostgreSQL, including ended processes, in seconds.
    pub(crate) database: f64,
    /// Processor time of the load generator, which is this process, in seconds.
    pub(crate) load: f64,
    pub(crate) wal_bytes: f64,
    /// Transactions that wrote.
    pub(crate) commits: f64,
}

impl ResourceUsage {
    pub(crate) async fn now(
        connection: &mut PgConnection,
        servers: &[u32],
        database: u32,
    ) -> sqlx::Result<Self> {
        // WAL position and transaction id are exact; statistics views lag behind.
        let row = sqlx::query!(
            r#"
            select
                (pg_current_wal_insert_lsn() - '0/0')::double precision as "wal_bytes!",
                pg_snapshot_xmax(pg_current_snapshot())::text::double precision as "commits!"
            "#
        )
        .fetch_one(connection)
        .await?;
        Ok(Self {
            server: servers.iter().copied().map(seconds).sum(),
            database: tree(database),
            load: seconds(std::process::id()),
            wal_bytes: row.wal_bytes,
            commits: row.commits,
        })
    }

    /// Total processor time in seconds.
    pub(crate) fn processors(self) -> f64 {
        self.server + self.database + self.load
    }

    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            server: self.server - earlier.server,
            database: self.database - earlier.database,
            load: self.load - earlier.load,
            wal_bytes: self.wal_bytes - earlier.wal_bytes,
            commits: self.commits - earlier.commits,
        }
    }
}

/// WAL flushes reported by the backends so far.
pub(crate) async fn fsyncs(connection: &mut PgConnection) -> sqlx::Result<f64> {
    sqlx::query_scalar!(
        r#"
        select wal_sync::double precision as "fsyncs!" from pg_stat_wal
        "#
    )
    .fetch_one(connection)
    .await
}

pub(crate) fn resident_megabytes(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kilobytes.map_or(0.0, |kilobytes: f64| kilobytes / 1024.0)
}

/// The fields of `/proc/<pid>/stat` after the name, which may contain spaces.
fn fields(pid: u32) -> Option<Vec<f64>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields = rest.split_whitespace().skip(1);
    Some(fields.map(|field| field.parse().unwrap_or(0.0)).collect())
}

fn seconds(pid: u32) -> f64 {
    let of = |fields: Vec<f64>| (fields[10] + fields[11]) / TICKS_PER_SECOND;
    fields(pid).map_or(0.0, of)
}

/// Includes the process's children, also those that ended.
fn tree(parent: u32) -> f64 {
    let ended = fields(parent).map_or(0.0, |f| (f[12] + f[13]) / TICKS_PER_SECOND);
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    let living: f64 = children
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .map(seconds)
        .sum();
    seconds(parent) + ended + living
}
