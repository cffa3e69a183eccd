//! Latency by the length of the waitlist.

use std::time::Duration;

use anyhow::ensure;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::PgConnection;
use uuid::Uuid;

use super::alternate::{Caller, PartResult, compare};
use crate::demand::Demand;
use crate::deployment::vacuum;
use crate::fixture::{DAY, Fixture};
use crate::load;
use crate::shop_client::ShopClient;

const FEW: u64 = 100;
const MANY: u64 = 100_000;

const CALLS: [&str; 8] = [
    "join the waitlist",
    "leave from its middle",
    "restock 1, which promotes its head",
    "cancel a hold, which promotes its head",
    "show a reservation in its middle",
    "show a reservation at its end",
    "reserve again at its end",
    "list a page from its middle",
];

pub(super) async fn run(fixture: &mut Fixture) -> anyhow::Result<PartResult> {
    let mut small = Queue::form(fixture, "SHORT", FEW).await?;
    let mut large = Queue::form(fixture, "LONG", MANY).await?;
    vacuum(&mut fixture.connection).await?;
    let latencies = compare(
        CALLS,
        ("100 waiting", &mut small),
        ("100,000 waiting", &mut large),
    )
    .await?;
    Ok((latencies, fixture.audit().await?.into_iter().collect()))
}

/// A SKU with a waitlist, and a client that knows who is on it.
struct Queue {
    shop: ShopClient,
    /// From head to end.
    waitlist: Vec<Waiter>,
    /// Number of users so far.
    users: u64,
}

struct Waiter {
    id: Uuid,
    sequence: i64,
}

impl Queue {
    /// Reserves the only unit, then puts `waiting` users on the waitlist.
    async fn form(fixture: &mut Fixture, prefix: &str, waiting: u64) -> anyhow::Result<Self> {
        let demand = Demand::new(prefix, 1, 0.0);
        let sku = demand.skus[0].clone();
        fixture.stock(&demand.skus, 1, DAY).await?;
        let (address, users) = (fixture.fairhold.address, waiting + 1);
        let total = usize::try_from(users)?;
        let outcome = load::all(address, 512, total, &demand.reserves()).await;
        ensure!(
            outcome.succeeded == users,
            "not every reservation succeeded"
        );
        Ok(Self {
            shop: ShopClient::connect(&fixture.fairhold, &sku).await?,
            waitlist: waitlist_of(&mut fixture.connection, &sku).await?,
            users,
        })
    }

    async fn join(&mut self) -> anyhow::Result<Duration> {
        let took = self.shop.reserve(self.users).await?;
        self.users += 1;
        let reserved = self.shop.reserved()?;
        let entry = reserved.waitlist;
        self.waitlist.push(Waiter {
            id: reserved.reservation_id,
            sequence: entry.map_or(0, |entry| entry.sequence),
        });
        Ok(took)
    }

    async fn leave_middle(&mut self) -> anyhow::Result<Duration> {
        let waiter = self.waitlist.remove(self.waitlist.len() / 2);
        self.shop.cancel(waiter.id).await
    }

    /// Cancels the hold that was promoted last, which promotes the next.
    async fn pass_on(&mut self, holder: Uuid) -> anyhow::Result<Duration> {
        let took = self.shop.cancel(holder).await?;
        self.waitlist.remove(0);
        Ok(took)
    }

    async fn page(&mut self) -> anyhow::Result<Duration> {
        let middle = &self.waitlist[self.waitlist.len() / 2];
        let cursor = URL_SAFE_NO_PAD.encode(middle.sequence.to_string());
        self.shop.page(&cursor).await
    }
}

impl Caller<{ CALLS.len() }> for Queue {
    async fn turn(&mut self) -> anyhow::Result<[Duration; CALLS.len()]> {
        let joining = self.join().await?;
        let leaving = self.leave_middle().await?;
        let restocking = self.shop.restock(1).await?;
        let holder = self.waitlist.remove(0).id;
        let passing = self.pass_on(holder).await?;
        self.join().await?;
        self.join().await?;
        let (middle, end) = (
            self.waitlist[self.waitlist.len() / 2].id,
            self.waitlist.len() - 1,
        );
        Ok([
            joining,
            leaving,
            restocking,
            passing,
            self.shop.show(middle).await?,
            self.shop.show(self.waitlist[end].id).await?,
            self.shop.reserve(self.users - 1).await?,
            self.page().await?,
        ])
    }
}

async fn waitlist_of(connection: &mut PgConnection, sku: &str) -> sqlx::Result<Vec<Waiter>> {
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
