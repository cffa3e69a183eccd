//! The scene `overload`: twice the rate that can be served, first for a server that runs out of
//! processor time, then for one that waits for its database.

use std::time::Duration;

use anyhow::ensure;

use crate::Arguments;
use crate::contest::load_of;
use crate::crowd::Crowd;
use crate::findings::{Findings, Line};
use crate::load;
use crate::sample::Sample;
use crate::site::Server;
use crate::stage::{Contender, DAY, Stage};
use crate::usage::resident_megabytes;

const SCENE: &str = "overload";

/// More than the queue and a batch hold, so that the queue does run over.
const CONNECTIONS: usize = 3_072;

/// A server, and what it runs out of.
struct Part {
    who: &'static str,
    settings: &'static [&'static str],
    /// How many clients in a closed loop find the maximum: the queue takes them all.
    clients: usize,
    prefix: &'static str,
}

const PARTS: [Part; 2] = [
    // Server, database and load take all cores: what a refusal costs is missing elsewhere.
    Part {
        who: "fairhold",
        settings: &["--queue-limit", "1024"],
        clients: 512,
        prefix: "OVER",
    },
    // A lane that takes few requests at a time mostly waits for the database's flush, and leaves
    // cores over for refusing.
    Part {
        who: "narrow",
        settings: &[
            "--lanes",
            "1",
            "--batch-limit",
            "16",
            "--queue-limit",
            "256",
        ],
        clients: 128,
        prefix: "NARROW",
    },
];

pub(crate) async fn play(arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    for part in PARTS {
        part.play(&mut stage, arguments, findings).await?;
    }
    findings.faults.extend(stage.audit().await?);
    stage.strike().await?;
    Ok(())
}

impl Part {
    async fn play(
        &self,
        stage: &mut Stage,
        arguments: &Arguments,
        findings: &mut Findings,
    ) -> anyhow::Result<()> {
        let server = Server::fairhold(&stage.site.url(), self.settings).await?;
        let crowd = Crowd::new(self.prefix, 1, 0.0);
        let units = arguments.seconds * 4 * 50_000;
        stage.stock(&crowd.skus, units, DAY).await?;
        let contender = Contender::new(&[&server], crowd.reserves());
        let (addresses, requests) = (&contender.addresses, &contender.requests);
        let length = arguments.length();

        let load = load::closed(addresses, self.clients, length, requests);
        let calm = stage.measure(&contender, load).await?;
        let rate = calm.requests_a_second * 2.0;
        ensure!(rate > 0.0, "nothing was served");

        // The connections are there before memory is looked at: they cost some each.
        load::open(
            addresses,
            CONNECTIONS,
            rate,
            Duration::from_secs(1),
            requests,
        )
        .await;
        let before = resident_megabytes(server.pid);
        let load = load::open(addresses, CONNECTIONS, rate, length, requests);
        let flooded = stage.measure(&contender, load).await?;
        let after = resident_megabytes(server.pid);
        server.end().await?;

        self.judge(&calm, &flooded, findings);
        let who = self.who;
        let what =
            format!("{who}: memory of the server from {before:.0} to {after:.0} MB, at most 1.2 ×");
        findings.bar(SCENE, what, after <= before * 1.2);
        findings.line(Line::new(SCENE, who, load_of(self.clients), calm));
        let load = "open loop, 200 %".to_owned();
        findings.line(Line::new(SCENE, who, load, flooded));
        Ok(())
    }

    fn judge(&self, calm: &Sample, flooded: &Sample, findings: &mut Findings) {
        let who = self.who;
        let maximum = calm.requests_a_second;
        let goodput = flooded.requests_a_second / maximum;
        let idle = calm.idle_share * 100.0;
        let what = format!(
            "{who}: goodput of {goodput:.2} × the maximum, which leaves {idle:.0} % of the cores \
             over, at least 0.9"
        );
        findings.bar(SCENE, what, goodput >= 0.9);
        let answered = flooded.requests_a_second / (1.0 - flooded.refused_share);
        let kept = answered / (maximum * 2.0) * 100.0;
        let share = flooded.refused_share * 100.0;
        let (due, sent) = (flooded.refused_p99, flooded.refused_sent_p99);
        let what = format!(
            "{who}: 503 for {share:.0} %, p99 {due:.1} ms after they were due, at most 50 ms \
             ({sent:.1} ms after they were sent; answered at {kept:.0} % of the rate asked for)"
        );
        findings.bar(SCENE, what, due <= 50.0 && flooded.refused_share > 0.0);
    }
}
