//! A change that was made with an API key, which is revoked since.

use fairhold_test_kit::{Fairhold, command::run_on};
use serde_json::json;

async fn keys(url: &str, arguments: &[&str]) -> String {
    let ended = run_on(url, &[&["keys"], arguments].concat()).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.out
}

/// Removes a broken unit of `GIG` with the key `stockroom`, then revokes the key.
pub(super) async fn take_one_away(url: &str) {
    let key = keys(url, &["create", "--name=stockroom", "--scope=admin"]).await;
    let server = Fairhold::start(url, &[]).await;
    let broken = json!({"sku": "GIG", "quantity": -1, "reason": "broken"});
    let restock = format!("{}/inventory/restock", server.address());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(restock).bearer_auth(key.trim()).json(&broken);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let listed = keys(url, &["list"]).await;
    let made = listed.lines().find(|line| line.ends_with("stockroom"));
    let id = made.unwrap().split_whitespace().next().unwrap();
    keys(url, &["revoke", id]).await;
}
