//! The scenes `hot`, `spread` and `zipf`: Fairhold and *plain*, and for `hot` also *ceiling* and *bulk*,
//! in turns on the same database.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::bulk;
use crate::demand::Demand;
use crate::environment::Server;
use crate::fixture::{Contender, DAY, Fixture};
use crate::load::{self, clients_label};
use crate::results::{Results, Row};
use crate::sample::Sample;

/// More requests per second than anything reaches, to size the stock.
const MAX_RATE: u64 = 50_000;

/// Rate of the open loop, relative to that of the closed loop.
const OPEN_SHARE: f64 = 0.6;

pub(crate) struct Comparison {
    pub(crate) scene: &'static str,
    pub(crate) skus: u32,
    pub(crate) skew: f64,
    pub(crate) clients: &'static [usize],
    /// Whether to measure *ceiling*, *bulk* and an open loop, too.
    pub(crate) limits: bool,
}

/// Samples of all rounds by contender and load, in the order of the table.
type Samples = BTreeMap<(usize, &'static str, String), Vec<Sample>>;

impl Comparison {
    pub(crate) async fn run(
        &self,
        arguments: &Arguments,
        results: &mut Results,
    ) -> anyhow::Result<()> {
        let mut fixture = Fixture::start().await?;
        let url = fixture.site.url();
        let plain = Server::baseline("plain", &url).await?;
        let ceiling = Server::baseline("ceiling", &url).await?;
        let asked = arguments.seconds * arguments.rounds * MAX_RATE;
        let measurements = u64::try_from(self.clients.len() + 1)?;
        let units = asked * measurements / u64::from(self.skus.min(10)) + 1_000;
        for prefix in ["FAIR", "PLAIN"] {
            let demand = Demand::new(prefix, self.skus, self.skew);
            fixture.stock(&demand.skus, units, DAY).await?;
        }
        fixture.stock(&["BULK".to_owned()], asked * 4, DAY).await?;
        let ask = |prefix| Demand::new(prefix, self.skus, self.skew).reserves();
        let mut contenders = vec![
            (
                "fairhold",
                Contender::new(&[&fixture.fairhold], ask("FAIR")),
            ),
            ("plain", Contender::new(&[&plain], ask("PLAIN"))),
        ];
        if self.limits {
            let contender = Contender::new(&[&ceiling], ask("FAIR"));
            contenders.push(("ceiling", contender.without_database()));
        }
        let mut samples = Samples::new();
        for _ in 0..arguments.rounds {
            self.round(
                &mut fixture,
                arguments.duration(),
                &contenders,
                &mut samples,
            )
            .await?;
        }
        drop((plain, ceiling));
        for ((_, who, load), samples) in samples {
            let sample = Sample::median(&samples);
            results.row(Row::new(self.scene, who, load, sample));
        }
        compare(self.scene, results);
        results.failures.extend(fixture.audit().await?);
        fixture.stop().await?;
        Ok(())
    }

    async fn round(
        &self,
        fixture: &mut Fixture,
        length: Duration,
        contenders: &[(&'static str, Contender)],
        samples: &mut Samples,
    ) -> anyhow::Result<()> {
        let mut rate = 0.0;
        for &clients in self.clients {
            for (order, (who, contender)) in contenders.iter().enumerate() {
                let addresses = &contender.addresses;
                let load = load::closed(addresses, clients, length, &contender.requests);
                let sample = fixture.measure(contender, load).await?;
                if order == 0 {
                    rate = sample.requests_per_second * OPEN_SHARE;
                }
                let key = (order, *who, clients_label(clients));
                keep(samples, key, sample);
            }
        }
        if self.limits {
            let (who, contender) = &contenders[0];
            let addresses = &contender.addresses;
            let load = load::open(addresses, 512, rate, length, &contender.requests);
            let sample = fixture.measure(contender, load).await?;
            keep(samples, (0, who, "open loop, 60 %".to_owned()), sample);
            let sample = bulk::run(fixture, "BULK", length).await?;
            keep(samples, (9, "bulk", "256 a batch".to_owned()), sample);
        }
        Ok(())
    }
}

fn keep(samples: &mut Samples, key: (usize, &'static str, String), sample: Sample) {
    let (_, who, load) = &key;
    let rate = sample.requests_per_second;
    println!("{who:9} {load:16} {rate:8.0}/s, p99 {:.2} ms", sample.p99);
    samples.entry(key).or_default().push(sample);
}

/// Compares Fairhold's rows to *plain* and to the limit.
fn compare(scene: &'static str, results: &mut Results) {
    let rate = |who: &str, load: &str| Some(results.find(scene, who, load)?.requests_per_second);
    let bulk = rate("bulk", "256 a batch");
    let compared = results.rows.iter().map(|row| {
        let ours = row.scene == scene && row.who == "fairhold";
        let plain = rate("plain", &row.load).filter(|_| ours);
        let ceiling = rate("ceiling", &row.load).filter(|_| ours && row.load != clients_label(1));
        let limit = ceiling.zip(bulk).map(|(c, b)| 1.0 / (1.0 / c + 1.0 / b));
        (plain, limit)
    });
    let compared: Vec<_> = compared.collect();
    for (row, (plain, limit)) in results.rows.iter_mut().zip(compared) {
        let rate = row.sample.requests_per_second;
        row.ratio_to_plain = row.ratio_to_plain.or(plain.map(|plain| rate / plain));
        row.share_of_limit = row.share_of_limit.or(limit.map(|limit| rate / limit));
    }
}
