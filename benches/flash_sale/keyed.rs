//! The scene `keyed`: one SKU, requested without a key, with an API key, and with a key and rate limits,
//! in turns.

use anyhow::Context;
use fairhold::access::keys_command::{self, KeysTask};
use fairhold::access::{KeyName, Scope};
use tokio::time::{Duration, sleep};

use crate::arguments::Arguments;
use crate::client::Client;
use crate::demand::Demand;
use crate::deployment::{self, Deployment};
use crate::fixture::{Contender, DAY, Fixture};
use crate::load::{self, clients_label};
use crate::results::{Results, Row};
use crate::sample::Sample;

const SCENE: &str = "keyed";
const CLIENTS: [usize; 2] = [64, 512];

/// Limits that are never reached: for the key and for each user.
const LIMITS: [&str; 2] = [
    "--rate-limit-per-key=1000000/s",
    "--rate-limit-per-user=1000/s",
];

/// Targets relative to the rate without a key: with a key, and with a key and limits.
const SHARES: [f64; 2] = [0.95, 0.9];

pub(crate) async fn run(arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let mut fixture = Fixture::start().await?;
    let mut locked = Deployment::open(&fixture.site, "keyed").await?;
    let mut limited = Deployment::open_with(&fixture.site, "limited", &LIMITS).await?;
    let units = arguments.seconds * arguments.rounds * 100_000;
    let demand = || Demand::new("KEYED", 1, 0.0);
    fixture.stock(&demand().skus, units, DAY).await?;
    let mut contenders = vec![(
        "open",
        Contender::new(&[&fixture.fairhold], demand().reserves()),
    )];
    for (who, books) in [
        ("with a key", &mut locked),
        ("with a key and limits", &mut limited),
    ] {
        deployment::stock(&books.fairhold, &demand().skus, units, DAY).await?;
        let key = lock(books).await?;
        let keyed = demand()
            .reserves()
            .keyed(&key)
            .context("requests are shared")?;
        contenders.push((who, Contender::new(&[&books.fairhold], keyed)));
    }
    for clients in CLIENTS {
        let mut samples = [const { Vec::new() }; 3];
        for _ in 0..arguments.rounds {
            for ((_, contender), samples) in contenders.iter().zip(&mut samples) {
                let (addresses, requests) = (&contender.addresses, &contender.requests);
                let load = load::closed(addresses, clients, arguments.duration(), requests);
                samples.push(fixture.measure(contender, load).await?);
            }
        }
        let medians = samples.map(|samples| Sample::median(&samples));
        let [open, guarded @ ..] = medians.each_ref().map(|sample| sample.requests_per_second);
        for ((who, _), sample) in contenders.iter().zip(medians) {
            results.row(Row::new(SCENE, who, clients_label(clients), sample));
        }
        for (((who, _), rate), share) in contenders[1..].iter().zip(guarded).zip(SHARES) {
            let ratio = rate / open;
            let what = format!("{who} {ratio:.2} of the rate, target {share}, {clients} clients");
            results.target(SCENE, what, ratio >= share);
        }
    }
    results.failures.extend(locked.close().await?);
    results.failures.extend(limited.close().await?);
    results.failures.extend(fixture.audit().await?);
    fixture.stop().await?;
    Ok(())
}

/// Creates the first key and waits until requests without one are refused.
async fn lock(books: &mut Deployment) -> anyhow::Result<String> {
    let task = KeysTask::Create {
        name: KeyName::parse("bench").map_err(anyhow::Error::msg)?,
        scope: Scope::Storefront,
    };
    let key = keys_command::run(&mut books.connection, &task).await?;
    let mut client = Client::connect(books.fairhold.address).await?;
    while client.get("/analytics/inventory").await? != 401 {
        sleep(Duration::from_millis(50)).await;
    }
    Ok(key)
}
