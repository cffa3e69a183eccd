//! What a scene is played on: a database, the servers on it, and the measuring of a load.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgConnection;
use tokio::time::sleep;

use crate::books;
use crate::line::Requests;
use crate::load;
use crate::outcome::Outcome;
use crate::sample::Sample;
use crate::site::{Server, Site};
use crate::usage::{Usage, fsyncs};

/// How long a backend keeps its statistics to itself, with a little on top.
const STATISTICS_LAG: Duration = Duration::from_millis(1100);

/// How long a hold of most scenes lasts, in seconds: longer than any run.
pub(crate) const DAY: u32 = 86_400;

/// Requests that have every backend report its statistics.
const NUDGES: usize = 64;

/// Who is measured: servers that share the load, and what they are asked.
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

/// A database of the scene's own, and a Fairhold that serves it.
pub(crate) struct Stage {
    pub(crate) site: Site,
    pub(crate) fairhold: Server,
    pub(crate) connection: PgConnection,
    pub(crate) database: u32,
}

impl Stage {
    pub(crate) async fn set() -> anyhow::Result<Self> {
        let site = Site::start().await?;
        Ok(Self {
            fairhold: Server::fairhold(&site.url(), &[]).await?,
            connection: site.connect().await?,
            database: site.database_pid()?,
            site,
        })
    }

    /// Puts `units` of each of `skus` on sale, with holds of `ttl` seconds.
    pub(crate) async fn stock(&self, skus: &[String], units: u64, ttl: u32) -> anyhow::Result<()> {
        books::stock(&self.fairhold, skus, units, ttl).await
    }

    /// Runs `load` on a contender, and measures what it used.
    pub(crate) async fn measure(
        &mut self,
        contender: &Contender,
        load: impl Future<Output = Outcome>,
    ) -> anyhow::Result<Sample> {
        let pids = &contender.pids;
        let synced = fsyncs(&mut self.connection).await?;
        let before = Usage::now(&mut self.connection, pids, self.database).await?;
        let outcome = load.await;
        let after = Usage::now(&mut self.connection, pids, self.database).await?;
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

    /// Proves the rules from the books. What is wrong, if anything is.
    pub(crate) async fn audit(&mut self) -> anyhow::Result<Option<String>> {
        books::audit(&mut self.connection).await
    }

    /// Ends the server and removes the database.
    pub(crate) async fn strike(self) -> anyhow::Result<()> {
        drop(self.connection);
        self.fairhold.end().await?;
        self.site.stop().await
    }
}
