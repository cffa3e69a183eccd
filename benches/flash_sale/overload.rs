//! The scene `overload`: twice the maximum rate, first for a server limited by processor time, then for
//! one limited by its database.

use std::time::Duration;

use anyhow::ensure;

use crate::arguments::Arguments;
use crate::demand::Demand;
use crate::environment::Server;
use crate::fixture::{Contender, DAY, Fixture};
use crate::load::{self, clients_label};
use crate::resource_usage::resident_megabytes;
use crate::results::{Results, Row};
use crate::sample::Sample;

const SCENE: &str = "overload";

/// More than fit into the queue and a batch, so that the queue overflows.
const CONNECTIONS: usize = 3_072;

/// A server and its settings.
struct Part {
    who: &'static str,
    settings: &'static [&'static str],
    /// Clients of the closed loop that finds the maximum; they all fit into the queue.
    clients: usize,
    prefix: &'static str,
}

const PARTS: [Part; 2] = [
    // Server, database and load use all cores, so refusals slow everything else down.
    Part {
        who: "fairhold",
        settings: &["--queue-limit", "1024"],
        clients: 512,
        prefix: "OVER",
    },
    // A lane with small batches mostly waits for the database's flush and leaves cores idle for refusals.
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

pub(crate) async fn run(arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let mut fixture = Fixture::start().await?;
    for part in PARTS {
        part.run(&mut fixture, arguments, results).await?;
    }
    results.failures.extend(fixture.audit().await?);
    fixture.stop().await?;
    Ok(())
}

impl Part {
    async fn run(
        &self,
        fixture: &mut Fixture,
        arguments: &Arguments,
        results: &mut Results,
    ) -> anyhow::Result<()> {
        let server = Server::fairhold(&fixture.site.url(), self.settings).await?;
        let demand = Demand::new(self.prefix, 1, 0.0);
        let units = arguments.seconds * 4 * 50_000;
        fixture.stock(&demand.skus, units, DAY).await?;
        let contender = Contender::new(&[&server], demand.reserves());
        let (addresses, requests) = (&contender.addresses, &contender.requests);
        let length = arguments.duration();

        let load = load::closed(addresses, self.clients, length, requests);
        let calm = fixture.measure(&contender, load).await?;
        let rate = calm.requests_per_second * 2.0;
        ensure!(rate > 0.0, "no request succeeded");

        // Opens the connections before memory is measured, since each uses some.
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
        let flooded = fixture.measure(&contender, load).await?;
        let after = resident_megabytes(server.pid);
        server.end().await?;

        self.judge(&calm, &flooded, results);
        let who = self.who;
        let what =
            format!("{who}: memory of the server from {before:.0} to {after:.0} MB, target 1.2 ×");
        results.target(SCENE, what, after <= before * 1.2);
        results.row(Row::new(SCENE, who, clients_label(self.clients), calm));
        let load = "open loop, 200 %".to_owned();
        results.row(Row::new(SCENE, who, load, flooded));
        Ok(())
    }

    fn judge(&self, calm: &Sample, flooded: &Sample, results: &mut Results) {
        let who = self.who;
        let maximum = calm.requests_per_second;
        let goodput = flooded.requests_per_second / maximum;
        let idle = calm.idle_share * 100.0;
        let what = format!(
            "{who}: goodput of {goodput:.2} × the maximum, which leaves {idle:.0} % of the cores \
             idle, target 0.9"
        );
        results.target(SCENE, what, goodput >= 0.9);
        let answered = flooded.requests_per_second / (1.0 - flooded.refused_share);
        let kept = answered / (maximum * 2.0) * 100.0;
        let share = flooded.refused_share * 100.0;
        let (due, sent) = (flooded.refused_p99, flooded.refused_sent_p99);
        let what = format!(
            "{who}: 503 for {share:.0} %, p99 {due:.1} ms after they were due, target 50 ms \
             ({sent:.1} ms after they were sent; responses at {kept:.0} % of the requested rate)"
        );
        results.target(SCENE, what, due <= 50.0 && flooded.refused_share > 0.0);
    }
}
