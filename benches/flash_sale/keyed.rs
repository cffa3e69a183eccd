//! The scene `keyed`: one SKU, served to whoever comes, to the holder of an API key, and to one whose
//! requests are counted as well, in turns.

use anyhow::Context;
use fairhold::access::keys_command::{KeysTask, run};
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

/// Limits that nobody reaches: of the key and of each user.
const LIMITS: [&str; 2] = [
    "--rate-limit-per-key=1000000/s",
    "--rate-limit-per-user=1000/s",
];

/// The least share of the open server's rate that is left with a key, and with a key and limits.
const SHARES: [f64; 2] = [0.95, 0.9];

pub(crate) async fn play(arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let mut locked = Books::open(&stage.site, "keyed").await?;
    let mut limited = Books::open_with(&stage.site, "limited", &LIMITS).await?;
    let units = arguments.seconds * arguments.rounds * 100_000;
    let crowd = || Crowd::new("KEYED", 1, 0.0);
    stage.stock(&crowd().skus, units, DAY).await?;
    let mut contenders = vec![(
        "open",
        Contender::new(&[&stage.fairhold], crowd().reserves()),
    )];
    for (who, books) in [
        ("with a key", &mut locked),
        ("with a key and limits", &mut limited),
    ] {
        books::stock(&books.fairhold, &crowd().skus, units, DAY).await?;
        let key = lock(books).await?;
        let keyed = crowd().reserves().keyed(&key).context("requests in use")?;
        contenders.push((who, Contender::new(&[&books.fairhold], keyed)));
    }
    for clients in CLIENTS {
        let mut samples = [const { Vec::new() }; 3];
        for _ in 0..arguments.rounds {
            for ((_, contender), samples) in contenders.iter().zip(&mut samples) {
                let (addresses, requests) = (&contender.addresses, &contender.requests);
                let load = load::closed(addresses, clients, arguments.length(), requests);
                samples.push(stage.measure(contender, load).await?);
            }
        }
        let medians = samples.map(|samples| Sample::median(&samples));
        let [open, guarded @ ..] = medians.each_ref().map(|sample| sample.requests_a_second);
        for ((who, _), sample) in contenders.iter().zip(medians) {
            findings.line(Line::new(SCENE, who, load_of(clients), sample));
        }
        for (((who, _), rate), share) in contenders[1..].iter().zip(guarded).zip(SHARES) {
            let ratio = rate / open;
            let what = format!("{who} {ratio:.2} of the rate, at least {share}, {clients} clients");
            findings.bar(SCENE, what, ratio >= share);
        }
    }
    findings.faults.extend(locked.close().await?);
    findings.faults.extend(limited.close().await?);
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
