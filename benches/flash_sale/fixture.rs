//! What a scene runs on: a database, its servers, and the measurement of a load.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgConnection;
use tokio::time::sleep;

use crate::deployment;
use crate::environment::{BenchDatabase, Server};
use crate::load;
use crate::outcome::Outcome;
use crate::requests::Requests;
use crate::resource_usage::{ResourceUsage, fsyncs};
use crate::sample::Sample;

/// A backend delays its statistics by up to a second.
const STATISTICS_LAG: Duration = Duration::from_millis(1100);

/// Hold time in most scenes, in seconds: longer than any run.
pub(crate) const DAY: u32 = 86_400;

/// Requests that make every backend report its statistics.
const NUDGES: usize = 64;

/// What is measured: servers that share a load, and the requests to them.
pub(crate) struct Contender {
    pub(crate) addresses: Vec<SocketAddr>,
    pids: Vec<u32>,
    pub(crate) requests: Arc<Requests>,
    has_database: bool,
}

impl Contender {
    pub(crate) fn new(servers: &[&Server], requests: Arc<Requests>) -> Self {
        Self {
            addresses: servers.iter().map(|server| server.address).collect(),
            pids: servers.iter().map(|server| server.pid).collect(),
            requests,
            has_database: true,
        }
    }

    pub(crate) fn without_database(self) -> Self {
        Self {
            has_database: false,
            ..self
        }
    }
}

/// A database for one scene, and a Fairhold server.
pub(crate) struct Fixture {
    pub(crate) site: BenchDatabase,
    pub(crate) fairhold: Server,
    pub(crate) connection: PgConnection,
    pub(crate) database: u32,
}

impl Fixture {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let site = BenchDatabase::start().await?;
        Ok(Self {
            fairhold: Server::fairhold(&site.url(), &[]).await?,
            connection: site.connect().await?,
            database: site.database_pid()?,
            site,
        })
    }

    /// Creates `skus` with `units` each and holds of `ttl` seconds.
    pub(crate) async fn stock(&self, skus: &[String], units: u64, ttl: u32) -> anyhow::Result<()> {
        deployment::stock(&self.fairhold, skus, units, ttl).await
    }

    /// Runs `load` on a contender and measures its resource usage.
    pub(crate) async fn measure(
        &mut self,
        contender: &Contender,
        load: impl Future<Output = Outcome>,
    ) -> anyhow::Result<Sample> {
        let pids = &contender.pids;
        let synced = fsyncs(&mut self.connection).await?;
        let before = ResourceUsage::now(&mut self.connection, pids, self.database).await?;
        let outcome = load.await;
        let after = ResourceUsage::now(&mut self.connection, pids, self.database).await?;
        let mut sample = Sample::of(&outcome, after.since(before));
        if contender.has_database {
            sleep(STATISTICS_LAG).await;
            let address = contender.addresses[0];
            load::all(address, NUDGES, NUDGES, &contender.requests).await;
            let done = u32::try_from(outcome.succeeded.max(1))?;
            let more = fsyncs(&mut self.connection).await? - synced;
            sample.fsyncs = more / f64::from(done);
        } else {
            sample.batch = 0.0;
            sample.wal_bytes = 0.0;
            sample.database_micros = 0.0;
        }
        Ok(sample)
    }

    /// Audits the database; `Some` is the failure.
    pub(crate) async fn audit(&mut self) -> anyhow::Result<Option<String>> {
        deployment::audit(&mut self.connection).await
    }

    /// Stops the server and removes the database.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        drop(self.connection);
        self.fairhold.end().await?;
        self.site.stop().await
    }
}
