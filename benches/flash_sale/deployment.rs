//! A database with a Fairhold server; stocking, vacuuming and auditing it.

use std::sync::Arc;

use anyhow::ensure;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgConnection};

use crate::environment::{BenchDatabase, Server};
use crate::load;
use crate::requests::Requests;

/// Another database on the same PostgreSQL, with its own server.
pub(crate) struct Deployment {
    pub(crate) fairhold: Server,
    pub(crate) connection: PgConnection,
    options: PgConnectOptions,
}

impl Deployment {
    pub(crate) async fn open(site: &BenchDatabase, name: &str) -> anyhow::Result<Self> {
        Self::open_with(site, name, &[]).await
    }

    /// Passes these arguments to the server.
    pub(crate) async fn open_with(
        site: &BenchDatabase,
        name: &str,
        arguments: &[&str],
    ) -> anyhow::Result<Self> {
        let options = site.create(name).await?;
        Ok(Self {
            fairhold: Server::fairhold(options.to_url_lossy().as_str(), arguments).await?,
            connection: options.connect().await?,
            options,
        })
    }

    pub(crate) async fn connect(&self) -> sqlx::Result<PgConnection> {
        self.options.connect().await
    }

    /// Stops the server and audits the database; `Some` is the failure.
    pub(crate) async fn close(mut self) -> anyhow::Result<Option<String>> {
        self.fairhold.end().await?;
        audit(&mut self.connection).await
    }
}

/// Creates `skus` with `units` each and holds of `ttl` seconds.
pub(crate) async fn stock(
    fairhold: &Server,
    skus: &[String],
    units: u64,
    ttl: u32,
) -> anyhow::Result<()> {
    const MAX_UNITS: u64 = 1_000_000;
    let all: Arc<[String]> = skus.into();
    let sku = move |number: u64| {
        let number = usize::try_from(number).unwrap_or_default();
        all[number % all.len()].clone()
    };
    let first = units.min(MAX_UNITS);
    let named = sku.clone();
    let inits = Requests::new("/inventory/init", move |number| {
        let sku = named(number);
        format!("{{\"sku\":\"{sku}\",\"quantity\":{first},\"hold_ttl_seconds\":{ttl}}}")
    });
    let outcome = load::all(fairhold.address, 32, skus.len(), &inits).await;
    ensure!(outcome.failed + outcome.refused == 0, "stocking failed");
    let restocks = Requests::new("/inventory/restock", move |number| {
        format!("{{\"sku\":\"{}\",\"quantity\":{MAX_UNITS}}}", sku(number))
    });
    let more = usize::try_from((units - first).div_ceil(MAX_UNITS))?;
    let outcome = load::all(fairhold.address, 32, skus.len() * more, &restocks).await;
    ensure!(outcome.failed + outcome.refused == 0, "restocking failed");
    Ok(())
}

/// Vacuums, as autovacuum would have done for older rows, and completes the checkpoint.
pub(crate) async fn vacuum(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection.execute("vacuum analyze").await?;
    connection.execute("checkpoint").await?;
    Ok(())
}

/// Audits the database; `Some` is the failure.
pub(crate) async fn audit(connection: &mut PgConnection) -> anyhow::Result<Option<String>> {
    let report = fairhold::audit::audit(connection).await?;
    println!("{report}");
    Ok((!report.passes()).then(|| "the audit found a broken rule".to_owned()))
}
