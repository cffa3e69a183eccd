//! One client of one server, whose every call must succeed.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde::Deserialize;
use uuid::Uuid;

use crate::client::Client;
use crate::site::Server;

pub(super) struct Shop {
    client: Client,
    sku: String,
}

/// What is read of a reservation.
#[derive(Debug, Deserialize)]
pub(super) struct Reserved {
    pub(super) reservation_id: Uuid,
    pub(super) waitlist: Option<Place>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Place {
    pub(super) sequence: i64,
}

impl Shop {
    /// Goes to where `sku` is sold.
    pub(super) async fn enter(server: &Server, sku: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::connect(server.address).await?,
            sku: sku.to_owned(),
        })
    }

    /// Reserves a unit for the user of that number.
    pub(super) async fn reserve(&mut self, user: u64) -> anyhow::Result<Duration> {
        let sku = &self.sku;
        let body = format!("{{\"sku\":\"{sku}\",\"user_id\":\"{sku}-{user}\",\"quantity\":1}}");
        self.post("/inventory/reserve", &body).await
    }

    /// What the latest answer says.
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

    /// A page of the waitlist, behind `cursor`.
    pub(super) async fn page(&mut self, cursor: &str) -> anyhow::Result<Duration> {
        let sku = &self.sku;
        self.get(&format!("/inventory/{sku}/waitlist?cursor={cursor}"))
            .await
    }

    async fn post(&mut self, path: &str, body: &str) -> anyhow::Result<Duration> {
        let sent = Instant::now();
        let status = self.client.post(path, "", body).await?;
        let took = sent.elapsed();
        ensure!((200..300).contains(&status), "{path} answered {status}");
        Ok(took)
    }

    async fn get(&mut self, path: &str) -> anyhow::Result<Duration> {
        let sent = Instant::now();
        let status = self.client.get(path).await?;
        let took = sent.elapsed();
        ensure!(status == 200, "{path} answered {status}");
        Ok(took)
    }
}
