//! One round: load, faults, recovery, and the judgment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fairhold_test_kit::history::Micros;
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::json;
use tokio::time::sleep;

use crate::arguments::Arguments;
use crate::books::{discrepancies, left_open, overdue};
use crate::client::{client, reply, wall_clock};
use crate::faults::Fault;
use crate::load::Load;
use crate::long_waitlist::LongWaitlist;
use crate::site::{SERVERS, Site};
use crate::tally::{Tally, say};

/// Faults in a round.
pub(crate) const FAULTS: usize = 3;

/// How long customers are left in peace between two faults, in milliseconds.
const PEACE: std::ops::Range<u64> = 150..700;

/// How long a service may be away before the whole torture is given up.
const HOPE: Duration = Duration::from_mins(1);

/// What befell a round.
#[derive(Default)]
struct Misfortune {
    told: Vec<String>,
    outages: Vec<(Micros, Micros)>,
    back: Option<Instant>,
}

pub(crate) async fn play(
    site: &mut Site,
    random: &mut StdRng,
    arguments: &Arguments,
    tally: &mut Tally,
) {
    let (client, street) = (client(), site.street.clone());
    tally.rounds += 1;
    let load = Load::open(&client, &street, tally.rounds).await;
    let long = LongWaitlist::open(site, &client, &street, tally.rounds).await;
    let stop = AtomicBool::new(false);
    let seed = random.random();
    let start = usize::try_from(arguments.seed % 1000).unwrap_or_default();
    let misfortunes = async {
        let mut misfortune = Misfortune::default();
        for _ in 0..FAULTS {
            sleep(Duration::from_millis(random.random_range(PEACE))).await;
            let fault = Fault::next(tally, start);
            let struck = wall_clock();
            let over = fault.strike(site, random, tally).await;
            let (back, left_open) = misfortune.recover(site, fault, (struck, over)).await;
            tally.was_back(fault, back, arguments.back_within());
            tally.breaches.extend(left_open);
            load.begin_spell();
        }
        sleep(Duration::from_millis(random.random_range(PEACE))).await;
        stop.store(true, Ordering::Relaxed);
        misfortune
    };
    let customers = load.run(&client, &street, seed, &stop);
    let (misfortune, (), ()) = tokio::join!(misfortunes, customers, long.deliver());
    let within = arguments.offered_within();
    if let Some(back) = misfortune.back {
        tally.breaches.extend(overdue(site, back, within).await);
        tally.breaches.extend(long.breaches(site, back).await);
    }
    load.read_back(&client, &street).await;
    let (calls, unknown, breaches) = load.judge(&misfortune.outages, within);
    say(&format!(
        "round {}: {calls} calls, {unknown} unknown; back after {}",
        tally.rounds,
        misfortune.told.join(", ")
    ));
    tally.calls += calls;
    tally.unknown += unknown;
    let breaches = breaches.into_iter().map(|breach| breach.0);
    tally.breaches.extend(breaches);
    tally.breaches.extend(discrepancies(site).await);
}

impl Misfortune {
    /// Waits until the service is back. Returns how long that took, and the transactions that were
    /// left open.
    async fn recover(
        &mut self,
        site: &Site,
        fault: Fault,
        (struck, over): (Micros, Instant),
    ) -> (Duration, Vec<String>) {
        let took = until_back(site, over).await;
        let back = wall_clock();
        self.back = Some(Instant::now());
        let over = back - Micros::try_from(took.as_micros()).unwrap_or(Micros::MAX);
        self.outages.extend(fault.outages(struck, over, back));
        self.told
            .push(format!("{fault:?} {:.1} s", took.as_secs_f64()));
        (took, left_open(site, over).await)
    }
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
