//! The scene `two-nodes`: one SKU, served by one process and by two, in turns.

use crate::Arguments;
use crate::contest::load_of;
use crate::crowd::Crowd;
use crate::findings::{Findings, Line};
use crate::load;
use crate::sample::Sample;
use crate::site::Server;
use crate::stage::{Contender, DAY, Stage};

const SCENE: &str = "two-nodes";
const CLIENTS: usize = 512;

pub(crate) async fn play(arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let other = Server::fairhold(&stage.site.url(), &[]).await?;
    let units = arguments.seconds * arguments.rounds * 50_000;
    let mut contenders = Vec::new();
    for (who, prefix, servers) in [
        ("one node", "ONE", &[&stage.fairhold][..]),
        ("two nodes", "TWO", &[&stage.fairhold, &other][..]),
    ] {
        let crowd = Crowd::new(prefix, 1, 0.0);
        stage.stock(&crowd.skus, units, DAY).await?;
        contenders.push((who, Contender::new(servers, crowd.reserves()), Vec::new()));
    }
    for _ in 0..arguments.rounds {
        for (_, contender, samples) in &mut contenders {
            let (addresses, requests) = (&contender.addresses, &contender.requests);
            let load = load::closed(addresses, CLIENTS, arguments.length(), requests);
            samples.push(stage.measure(contender, load).await?);
        }
    }
    let mut rates = Vec::new();
    for (who, _, samples) in contenders {
        let sample = Sample::median(&samples);
        rates.push(sample.requests_a_second);
        findings.line(Line::new(SCENE, who, load_of(CLIENTS), sample));
    }
    let ratio = rates[1] / rates[0];
    let what = format!("two nodes reach {ratio:.2} × one node, at least 0.8");
    findings.bar(SCENE, what, ratio >= 0.8);
    other.end().await?;
    findings.faults.extend(stage.audit().await?);
    stage.strike().await?;
    Ok(())
}
