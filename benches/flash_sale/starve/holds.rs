//! Holds that a part of the scene begins with.

use anyhow::ensure;
use serde::Deserialize;

use crate::client::Client;
use crate::environment::Server;

#[derive(Debug, Deserialize)]
struct Held {
    reservation_id: String,
}

/// Reserves one unit for each of `count` users, and returns the ids of the reservations.
pub(super) async fn hold(server: &Server, sku: &str, count: usize) -> anyhow::Result<Vec<String>> {
    let mut client = Client::connect(server.address).await?;
    let mut ids = Vec::with_capacity(count);
    for number in 0..count {
        let body = format!("{{\"sku\":\"{sku}\",\"user_id\":\"holder-{number}\"}}");
        let status = client.post("/inventory/reserve", "", &body).await?;
        ensure!(status == 201, "a reservation returned {status}");
        let held: Held = serde_json::from_slice(client.body())?;
        ids.push(held.reservation_id);
    }
    Ok(ids)
}
