//! A database with a Fairhold that serves it: stocked, settled, audited.

use std::sync::Arc;

use anyhow::ensure;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgConnection};

use crate::line::Requests;
use crate::load;
use crate::site::{Server, Site};

/// One more database on a site.
pub(crate) struct Books {
    pub(crate) fairhold: Server,
    pub(crate) connection: PgConnection,
    options: PgConnectOptions,
}

impl Books {
    /// Makes empty books.
    pub(crate) async fn open(site: &Site, name: &str) -> anyhow::Result<Self> {
        Self::open_with(site, name, &[]).await
    }

    /// The same, served with these arguments.
    pub(crate) async fn open_with(
        site: &Site,
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

    /// Ends the server. What the audit found wrong, if anything is.
    pub(crate) async fn close(mut self) -> anyhow::Result<Option<String>> {
        self.fairhold.end().await?;
        audit(&mut self.connection).await
    }
}

/// Puts `units` of each of `skus` on sale at `fairhold`, with holds of `ttl` seconds.
pub(crate) async fn stock(
    fairhold: &Server,
    skus: &[String],
    units: u64,
    ttl: u32,
) -> anyhow::Result<()> {
    const MOST: u64 = 1_000_000;
    let all: Arc<[String]> = skus.into();
    let sku = move |number: u64| {
        let number = usize::try_from(number).unwrap_or_default();
        all[number % all.len()].clone()
    };
    let first = units.min(MOST);
    let named = sku.clone();
    let inits = Requests::new("/inventory/init", move |number| {
        let sku = named(number);
        format!("{{\"sku\":\"{sku}\",\"quantity\":{first},\"hold_ttl_seconds\":{ttl}}}")
    });
    let outcome = load::all(fairhold.address, 32, skus.len(), &inits).await;
    ensure!(outcome.failed + outcome.refused == 0, "stocking failed");
    let restocks = Requests::new("/inventory/restock", move |number| {
        format!("{{\"sku\":\"{}\",\"quantity\":{MOST}}}", sku(number))
    });
    let more = usize::try_from((units - first).div_ceil(MOST))?;
    let outcome = load::all(fairhold.address, 32, skus.len() * more, &restocks).await;
    ensure!(outcome.failed + outcome.refused == 0, "restocking failed");
    Ok(())
}

/// Does what autovacuum does for rows that were not all written a moment ago, and ends the
/// checkpoint that they cause.
pub(crate) async fn settle(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection.execute("vacuum analyze").await?;
    connection.execute("checkpoint").await?;
    Ok(())
}

/// Proves the rules from the books. What is wrong, if anything is.
pub(crate) async fn audit(connection: &mut PgConnection) -> anyhow::Result<Option<String>> {
    let report = fairhold::audit::audit(connection).await?;
    println!("{report}");
    Ok((!report.passes()).then(|| "the audit found a broken rule".to_owned()))
}
