//! Holds that a part of the scene begins with.

use uuid::Uuid;

use crate::environment::Server;
use crate::shop_client::ShopClient;

/// Reserves one unit for each of `count` users, and returns the ids of the reservations.
pub(super) async fn hold(server: &Server, sku: &str, count: usize) -> anyhow::Result<Vec<Uuid>> {
    let mut shop = ShopClient::connect(server, sku).await?;
    let mut ids = Vec::with_capacity(count);
    for user in 0..u64::try_from(count)? {
        shop.reserve(user).await?;
        ids.push(shop.reserved()?.reservation_id);
    }
    Ok(ids)
}
