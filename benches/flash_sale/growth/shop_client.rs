//! A client whose calls must all succeed.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde::Deserialize;
use uuid::Uuid;

use crate::client::Client;
use crate::environment::Server;

pub(super) struct ShopClient {
    client: Client,
    sku: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reserved {
    pub(super) reservation_id: Uuid,
    pub(super) waitlist: Option<WaitlistEntry>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WaitlistEntry {
    pub(super) sequence: i64,
}

impl ShopClient {
    pub(super) async fn connect(server: &Server, sku: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::connect(server.address).await?,
            sku: sku.to_owned(),
        })
    }

    /// Reserves one unit for the user with this number.
    pub(super) async fn reserve(&mut self, user: u64) -> anyhow::Result<Duration> {
        let sku = &self.sku;
        let body = format!("{{\"sku\":\"{sku}\",\"user_id\":\"{sku}-{user}\",\"quantity\":1}}");
        self.post("/inventory/reserve", &body).await
    }

    /// The reservation in the last response.
    pub(super) fn reserved(&self) -> anyhow::Result<Reserved> {
        Ok(serde_json::from_slice(self.client.body())?)
    }

    pub(super) async fn restock(&mut self) -> anyhow::Result<Duration> {
        let body = format!("{{\"sku\":\"{}\",\"quantity\":1}}", self.sku);
        self.post("/inventory/restock", &body).await
    }

    pub(super) async fn cancel(&mut self, id: Uuid) -> anyhow::Result<Duration> {
        let body = format!("{{\"reservation_id\":\"{id}\"}}");
        self.post("/checkout/cancel", &body).await
    }

    pub(super) async fn show(&mut self, id: Uuid) -> anyhow::Result<Duration> {
        self.get(&format!("/reservations/{id}")).await
    }

    /// Reads a page of the waitlist after `cursor`.
    pub(super) async fn page(&mut self, cursor: &str) -> anyhow::Result<Duration> {
        let sku = &self.sku;
        self.get(&format!("/inventory/{sku}/waitlist?cursor={cursor}"))
            .await
    }

    async fn post(&mut self, path: &str, body: &str) -> anyhow::Result<Duration> {
        let sent = Instant::now();
        let status = self.client.post(path, "", body).await?;
        let took = sent.elapsed();
        ensure!((200..300).contains(&status), "{path} returned {status}");
        Ok(took)
    }

    async fn get(&mut self, path: &str) -> anyhow::Result<Duration> {
        let sent = Instant::now();
        let status = self.client.get(path).await?;
        let took = sent.elapsed();
        ensure!(status == 200, "{path} returned {status}");
        Ok(took)
    }
}
