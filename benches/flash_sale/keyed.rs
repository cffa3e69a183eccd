//! The scene `keyed`: one SKU, served to whoever comes and to the holder of an API key, in turns.

use anyhow::Context;
use fairhold::access::command::{KeysTask, run};
use fairhold::access::{KeyName, Scope};
use tokio::time::{Duration, sleep};

use crate::Arguments;
use crate::books::{self, Books};
use crate::client::Client;
use crate::contest::load_of;
use crate::crowd::Crowd;
use crate::findings::{Findings, Line};
use crate::load;
use crate::sample::Sample;
use crate::stage::{Contender, DAY, Stage};

const SCENE: &str = "keyed";
const CLIENTS: [usize; 2] = [64, 512];

/// The least share of the open server's rate that the one with a key must reach.
const SHARE: f64 = 0.95;

pub(crate) async fn play(arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let mut locked = Books::open(&stage.site, "keyed").await?;
    let units = arguments.seconds * arguments.rounds * 100_000;
    let crowd = || Crowd::new("KEYED", 1, 0.0);
    stage.stock(&crowd().skus, units, DAY).await?;
    books::stock(&locked.fairhold, &crowd().skus, units, DAY).await?;
    let key = lock(&mut locked).await?;
    let keyed = crowd().reserves().keyed(&key).context("requests in use")?;
    let contenders = [
        (
            "open",
            Contender::new(&[&stage.fairhold], crowd().reserves()),
        ),
        ("with a key", Contender::new(&[&locked.fairhold], keyed)),
    ];
    for clients in CLIENTS {
        let mut samples = [Vec::new(), Vec::new()];
        for _ in 0..arguments.rounds {
            for ((_, contender), samples) in contenders.iter().zip(&mut samples) {
                let (addresses, requests) = (&contender.addresses, &contender.requests);
                let load = load::closed(addresses, clients, arguments.length(), requests);
                samples.push(stage.measure(contender, load).await?);
            }
        }
        let [open, keyed] = samples.map(|samples| Sample::median(&samples));
        let ratio = keyed.requests_a_second / open.requests_a_second;
        for ((who, _), sample) in contenders.iter().zip([open, keyed]) {
            findings.line(Line::new(SCENE, who, load_of(clients), sample));
        }
        let what =
            format!("a key leaves {ratio:.2} of the rate, at least {SHARE}, {clients} clients");
        findings.bar(SCENE, what, ratio >= SHARE);
    }
    findings.faults.extend(locked.close().await?);
    findings.faults.extend(stage.audit().await?);
    stage.strike().await?;
    Ok(())
}

/// Makes the first key, and returns once nobody is served without.
async fn lock(books: &mut Books) -> anyhow::Result<String> {
    let task = KeysTask::Create {
        name: KeyName::parse("bench").map_err(anyhow::Error::msg)?,
        scope: Scope::Storefront,
    };
    let key = run(&mut books.connection, &task).await?;
    let mut client = Client::connect(books.fairhold.address).await?;
    while client.get("/analytics/inventory").await? != 401 {
        sleep(Duration::from_millis(50)).await;
    }
    Ok(key)
}
