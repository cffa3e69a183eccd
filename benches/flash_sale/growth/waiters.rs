//! How long the line is: joining, leaving, standing in it and being served.

use std::time::Duration;

use anyhow::ensure;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Found;
use super::shop::Shop;
use super::turns::{Caller, compare};
use crate::books::settle;
use crate::crowd::Crowd;
use crate::load;
use crate::stage::{DAY, Stage};

const LITTLE: u64 = 100;
const MUCH: u64 = 100_000;

const CALLS: [&str; 8] = [
    "join the line",
    "leave its middle",
    "restock 1, which promotes its head",
    "cancel a hold, which promotes its head",
    "show a reservation in its middle",
    "show a reservation at its end",
    "reserve again at its end",
    "list a page from its middle",
];

pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<Found> {
    let mut small = Queue::form(stage, "SHORT", LITTLE).await?;
    let mut large = Queue::form(stage, "LONG", MUCH).await?;
    settle(&mut stage.connection).await?;
    let figures = compare(
        CALLS,
        ("100 waiting", &mut small),
        ("100,000 waiting", &mut large),
    )
    .await?;
    Ok((figures, stage.audit().await?.into_iter().collect()))
}

/// A SKU with a line, and its client, which knows who waits.
struct Queue {
    shop: Shop,
    /// From the head to the end.
    line: Vec<Waiter>,
    /// How many users there were so far.
    users: u64,
}

struct Waiter {
    id: Uuid,
    sequence: i64,
}

impl Queue {
    /// Sells out the only unit, and has `waiting` more ask for it.
    async fn form(stage: &mut Stage, prefix: &str, waiting: u64) -> anyhow::Result<Self> {
        let crowd = Crowd::new(prefix, 1, 0.0);
        let sku = crowd.skus[0].clone();
        stage.stock(&crowd.skus, 1, DAY).await?;
        let (address, users) = (stage.fairhold.address, waiting + 1);
        let total = usize::try_from(users)?;
        let outcome = load::all(address, 512, total, &crowd.reserves()).await;
        ensure!(outcome.succeeded == users, "not all could wait");
        Ok(Self {
            shop: Shop::enter(&stage.fairhold, &sku).await?,
            line: line_of(&mut stage.connection, &sku).await?,
            users,
        })
    }

    async fn join(&mut self) -> anyhow::Result<Duration> {
        let took = self.shop.reserve(self.users).await?;
        self.users += 1;
        let reserved = self.shop.reserved()?;
        let place = reserved.waitlist;
        self.line.push(Waiter {
            id: reserved.reservation_id,
            sequence: place.map_or(0, |place| place.sequence),
        });
        Ok(took)
    }

    async fn leave_middle(&mut self) -> anyhow::Result<Duration> {
        let waiter = self.line.remove(self.line.len() / 2);
        self.shop.cancel(waiter.id).await
    }

    /// Cancels the hold of whoever was promoted last, so that the next one is.
    async fn pass_on(&mut self, holder: Uuid) -> anyhow::Result<Duration> {
        let took = self.shop.cancel(holder).await?;
        self.line.remove(0);
        Ok(took)
    }

    async fn page(&mut self) -> anyhow::Result<Duration> {
        let middle = &self.line[self.line.len() / 2];
        let cursor = URL_SAFE_NO_PAD.encode(middle.sequence.to_string());
        self.shop.page(&cursor).await
    }
}

impl Caller<{ CALLS.len() }> for Queue {
    async fn turn(&mut self) -> anyhow::Result<[Duration; CALLS.len()]> {
        let joining = self.join().await?;
        let leaving = self.leave_middle().await?;
        let restocking = self.shop.restock().await?;
        let holder = self.line.remove(0).id;
        let passing = self.pass_on(holder).await?;
        self.join().await?;
        self.join().await?;
        let (middle, end) = (self.line[self.line.len() / 2].id, self.line.len() - 1);
        Ok([
            joining,
            leaving,
            restocking,
            passing,
            self.shop.show(middle).await?,
            self.shop.show(self.line[end].id).await?,
            self.shop.reserve(self.users - 1).await?,
            self.page().await?,
        ])
    }
}

async fn line_of(connection: &mut PgConnection, sku: &str) -> sqlx::Result<Vec<Waiter>> {
    sqlx::query_as!(
        Waiter,
        r#"
        select reservation_id as id, sequence from waitlist where sku = $1 order by sequence
        "#,
        sku,
    )
    .fetch_all(connection)
    .await
}
