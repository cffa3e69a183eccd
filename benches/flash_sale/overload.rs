//! The scene `overload`: twice the rate that can be served, for a server whose queue is short.

use std::time::Duration;

use anyhow::ensure;

use crate::Arguments;
use crate::contest::load_of;
use crate::crowd::Crowd;
use crate::findings::{Findings, Line};
use crate::load;
use crate::site::Server;
use crate::stage::{Contender, DAY, Stage};
use crate::usage::resident_megabytes;

const SCENE: &str = "overload";

/// More than the queue and a batch hold, so that the queue does run over.
const CONNECTIONS: usize = 3_072;

pub(crate) async fn play(arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let server = Server::fairhold(&stage.site.url(), &["--queue-limit", "1024"]).await?;
    let crowd = Crowd::new("OVER", 1, 0.0);
    let units = arguments.seconds * 4 * 50_000;
    stage.stock(&crowd.skus, units, DAY).await?;
    let contender = Contender::new(&[&server], crowd.reserves());
    let (addresses, requests) = (&contender.addresses, &contender.requests);
    let length = arguments.length();

    let load = load::closed(addresses, 512, length, requests);
    let calm = stage.measure(&contender, load).await?;
    let maximum = calm.requests_a_second;
    ensure!(maximum > 0.0, "nothing was served");
    findings.line(Line::new(SCENE, "fairhold", load_of(512), calm));

    // The connections are there before memory is looked at: they cost some each.
    let warm_up = load::open(
        addresses,
        CONNECTIONS,
        maximum * 2.0,
        Duration::from_secs(1),
        requests,
    );
    warm_up.await;
    let before = resident_megabytes(server.pid);
    let load = load::open(addresses, CONNECTIONS, maximum * 2.0, length, requests);
    let sample = stage.measure(&contender, load).await?;
    let after = resident_megabytes(server.pid);

    let goodput = sample.requests_a_second / maximum;
    let what = format!("goodput of {goodput:.2} × the maximum, at least 0.9");
    findings.bar(SCENE, what, goodput >= 0.9);
    let refused = sample.refused_p99;
    let share = sample.refused_share * 100.0;
    let what =
        format!("503 for {share:.0} %, p99 {refused:.1} ms after they were due, at most 50 ms");
    findings.bar(SCENE, what, refused <= 50.0 && sample.refused_share > 0.0);
    let what = format!("memory of the server from {before:.0} to {after:.0} MB, at most 1.2 ×");
    findings.bar(SCENE, what, after <= before * 1.2);
    findings.line(Line::new(
        SCENE,
        "fairhold",
        "open loop, 200 %".to_owned(),
        sample,
    ));
    server.end().await?;
    findings.faults.extend(stage.audit().await?);
    stage.strike().await?;
    Ok(())
}
