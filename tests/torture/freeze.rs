//! A network that is frozen far beyond every deadline, and what is told meanwhile.

use std::time::{Duration, Instant};

use fairhold_test_kit::Weather;
use reqwest::Client;
use serde_json::json;
use tokio::time::sleep;

use crate::books::left_open;
use crate::client::{client, reply, wall_clock};
use crate::site::Site;
use crate::tally::Tally;

const SPELL: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);

/// Twice the time for a request, with room for a machine that has other work.
const DEADLINE: Duration = Duration::from_secs(8);

/// Freezes the network of a server for half a minute, and returns the instant of the thaw.
pub(crate) async fn freeze_for_long(site: &Site, server: usize, tally: &mut Tally) -> Instant {
    tally.cuts += 1;
    site.proxy(server).set(Weather::Frozen);
    let (client, address) = (client(), site.street.address(server));
    let (began, frozen) = (Instant::now(), wall_clock());
    while began.elapsed() < SPELL {
        tally.breaches.extend(untrue(&client, &address).await);
        sleep(PAUSE).await;
    }
    // Only the server's own network is frozen.
    tally.breaches.extend(left_open(site, frozen).await);
    site.proxy(server).set(Weather::Fair);
    Instant::now()
}

/// Whatever is not answered with 503 in time, since nothing can come through.
async fn untrue(client: &Client, address: &str) -> Vec<String> {
    let order = json!({"sku": "PROBE", "user_id": "frozen", "quantity": 1});
    let command = client.post(format!("{address}/inventory/reserve"));
    let read = client.get(format!("{address}/inventory/PROBE"));
    let asked = Instant::now();
    let answers = tokio::join!(
        reply(command.json(&order).timeout(DEADLINE)),
        reply(read.timeout(DEADLINE)),
    );
    let took = asked.elapsed();
    let answers = [("a command", answers.0), ("a read", answers.1)];
    let told = answers.map(|(what, answer)| (what, answer.map(|answer| answer.status)));
    let untrue = told.into_iter().filter(|(_, status)| *status != Some(503));
    untrue
        .map(|(what, status)| format!("{what} was answered {status:?} by the ice after {took:?}"))
        .collect()
}
