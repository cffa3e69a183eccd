//! One round: load, faults, recovery, and the judgement.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::Rng;
use rand::rngs::StdRng;
use serde_json::json;
use tokio::time::sleep;

use crate::arguments::Arguments;
use crate::client::{client, reply};
use crate::faults::Fault;
use crate::freeze::left_open;
use crate::load::Load;
use crate::site::{SERVERS, Site};
use crate::tally::{Tally, say};

/// Faults in a round.
const FAULTS: usize = 3;

/// How long customers are left in peace between two faults, in milliseconds.
const PEACE: std::ops::Range<u64> = 150..700;

/// How long a service may be away before the whole torture is given up.
const HOPE: Duration = Duration::from_mins(1);

const DISCREPANCIES: &str = "
    select format('%s, %s, %s: expected %s, found %s', rule, sku, place, expected, found)
    from audit_discrepancies
";

pub(crate) async fn play(
    site: &mut Site,
    random: &mut StdRng,
    arguments: &Arguments,
    tally: &mut Tally,
) {
    let (client, street) = (client(), site.street.clone());
    tally.rounds += 1;
    let load = Load::open(&client, &street, tally.rounds).await;
    let stop = AtomicBool::new(false);
    let seed = random.random();
    let start = usize::try_from(arguments.seed % 1000).unwrap_or_default();
    let misfortune = async {
        let mut told = Vec::new();
        for _ in 0..FAULTS {
            sleep(Duration::from_millis(random.random_range(PEACE))).await;
            let fault = Fault::next(tally, start);
            let over = fault.strike(site, random, tally).await;
            let back = until_back(site, over).await;
            tally.was_back(fault, back, arguments.back_within());
            tally.breaches.extend(left_open(site).await);
            told.push(format!("{fault:?} {:.1} s", back.as_secs_f64()));
        }
        sleep(Duration::from_millis(random.random_range(PEACE))).await;
        stop.store(true, Ordering::Relaxed);
        told
    };
    let (told, ()) = tokio::join!(misfortune, load.run(&client, &street, seed, &stop));
    load.read_back(&client, &street).await;
    let (calls, unknown, breaches) = load.judge();
    say(&format!(
        "round {}: {calls} calls, {unknown} unknown; back after {}",
        tally.rounds,
        told.join(", ")
    ));
    tally.calls += calls;
    tally.unknown += unknown;
    tally
        .breaches
        .extend(breaches.into_iter().map(|breach| breach.0));
    tally
        .breaches
        .extend(site.texts(DISCREPANCIES).await.unwrap());
}

/// How long after `over` every server sells again, without anybody's help.
async fn until_back(site: &Site, over: Instant) -> Duration {
    let client = client();
    for server in 0..SERVERS {
        let address = site.street.address(server);
        let sku = "PROBE";
        let init = json!({"sku": sku, "quantity": 1_000_000, "waitlist_limit": 0});
        let buy = json!({"sku": sku, "user_id": format!("probe-{server}"), "quantity": 1});
        let sells = async || {
            let post = |path: &str, body| client.post(format!("{address}{path}")).json(body);
            let patience = Duration::from_secs(3);
            reply(post("/inventory/init", &init).timeout(patience)).await?;
            let bought = reply(post("/inventory/reserve", &buy).timeout(patience)).await?;
            let id = json!({"reservation_id": bought.body["reservation_id"].as_str()?});
            let sold = reply(post("/checkout/cancel", &id).timeout(patience)).await?;
            (sold.status < 500).then_some(())
        };
        while sells().await.is_none() {
            assert!(over.elapsed() < HOPE, "server {server} does not come back");
            sleep(Duration::from_millis(10)).await;
        }
    }
    over.elapsed()
}
