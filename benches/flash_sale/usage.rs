//! What was used so far: processor time by process, WAL, fsyncs and commits by PostgreSQL's count.

use sqlx::PgConnection;

/// Linux counts processor time in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;

/// Counters at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Seconds of processor time of the servers.
    pub(crate) server: f64,
    /// Seconds of processor time of the database, its ended processes included.
    pub(crate) database: f64,
    /// Seconds of processor time of the load, which is this very process.
    pub(crate) load: f64,
    pub(crate) wal_bytes: f64,
    /// Transactions that wrote.
    pub(crate) commits: f64,
}

impl Usage {
    pub(crate) async fn now(
        connection: &mut PgConnection,
        servers: &[u32],
        database: u32,
    ) -> sqlx::Result<Self> {
        // Positions and transaction ids are exact at once; the statistics views lag.
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

    /// Seconds of processor time of all.
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

/// How often the WAL was flushed, as far as the backends have reported it.
pub(crate) async fn fsyncs(connection: &mut PgConnection) -> sqlx::Result<f64> {
    sqlx::query_scalar!(
        r#"
        select wal_sync::double precision as "fsyncs!" from pg_stat_wal
        "#
    )
    .fetch_one(connection)
    .await
}

/// Megabytes that a process keeps in memory.
pub(crate) fn resident_megabytes(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kilobytes.map_or(0.0, |kilobytes: f64| kilobytes / 1024.0)
}

/// The fields of `/proc/<pid>/stat` behind the name, which may have spaces.
fn fields(pid: u32) -> Option<Vec<f64>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields = rest.split_whitespace().skip(1);
    Some(fields.map(|field| field.parse().unwrap_or(0.0)).collect())
}

fn seconds(pid: u32) -> f64 {
    let of = |fields: Vec<f64>| (fields[10] + fields[11]) / TICKS_A_SECOND;
    fields(pid).map_or(0.0, of)
}

/// A process with its children, those that ended too.
fn tree(parent: u32) -> f64 {
    let ended = fields(parent).map_or(0.0, |f| (f[12] + f[13]) / TICKS_A_SECOND);
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    let living: f64 = children
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .map(seconds)
        .sum();
    seconds(parent) + ended + living
}
