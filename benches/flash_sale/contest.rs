//! The scenes `hot`, `spread` and `zipf`: Fairhold beside the plain way, and for `hot` beside the
//! limits too, in turns on the same database.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Arguments;
use crate::bulk;
use crate::crowd::Crowd;
use crate::findings::{Findings, Line};
use crate::load;
use crate::sample::Sample;
use crate::site::Server;
use crate::stage::{Contender, DAY, Stage};

/// More than is ever served a second.
const MOST_A_SECOND: u64 = 50_000;

/// The share of the closed loop's rate that the open loop asks for.
const OPEN_SHARE: f64 = 0.6;

/// Which contest.
pub(crate) struct Contest {
    pub(crate) scene: &'static str,
    pub(crate) skus: u32,
    pub(crate) skew: f64,
    pub(crate) clients: &'static [usize],
    /// Whether the ceiling, the bulk and an open loop are measured as well.
    pub(crate) limits: bool,
}

/// Samples of all rounds, by who and under which load, in the order of the table.
type Samples = BTreeMap<(usize, &'static str, String), Vec<Sample>>;

impl Contest {
    pub(crate) async fn play(
        &self,
        arguments: &Arguments,
        findings: &mut Findings,
    ) -> anyhow::Result<()> {
        let mut stage = Stage::set().await?;
        let url = stage.site.url();
        let plain = Server::rival("plain", &url).await?;
        let ceiling = Server::rival("ceiling", &url).await?;
        let asked = arguments.seconds * arguments.rounds * MOST_A_SECOND;
        let measurements = u64::try_from(self.clients.len() + 1)?;
        let units = asked * measurements / u64::from(self.skus.min(10)) + 1_000;
        for prefix in ["FAIR", "PLAIN"] {
            let crowd = Crowd::new(prefix, self.skus, self.skew);
            stage.stock(&crowd.skus, units, DAY).await?;
        }
        stage.stock(&["BULK".to_owned()], asked * 4, DAY).await?;
        let ask = |prefix| Crowd::new(prefix, self.skus, self.skew).reserves();
        let mut contenders = vec![
            ("fairhold", Contender::new(&[&stage.fairhold], ask("FAIR"))),
            ("plain", Contender::new(&[&plain], ask("PLAIN"))),
        ];
        if self.limits {
            let contender = Contender::new(&[&ceiling], ask("FAIR"));
            contenders.push(("ceiling", contender.without_database()));
        }
        let mut samples = Samples::new();
        for _ in 0..arguments.rounds {
            self.round(&mut stage, arguments.length(), &contenders, &mut samples)
                .await?;
        }
        drop((plain, ceiling));
        for ((_, who, load), samples) in samples {
            let sample = Sample::median(&samples);
            findings.line(Line::new(self.scene, who, load, sample));
        }
        compare(self.scene, findings);
        findings.faults.extend(stage.audit().await?);
        stage.strike().await?;
        Ok(())
    }

    async fn round(
        &self,
        stage: &mut Stage,
        length: Duration,
        contenders: &[(&'static str, Contender)],
        samples: &mut Samples,
    ) -> anyhow::Result<()> {
        let mut rate = 0.0;
        for &clients in self.clients {
            for (order, (who, contender)) in contenders.iter().enumerate() {
                let addresses = &contender.addresses;
                let load = load::closed(addresses, clients, length, &contender.requests);
                let sample = stage.measure(contender, load).await?;
                if order == 0 {
                    rate = sample.requests_a_second * OPEN_SHARE;
                }
                let key = (order, *who, load_of(clients));
                keep(samples, key, sample);
            }
        }
        if self.limits {
            let (who, contender) = &contenders[0];
            let addresses = &contender.addresses;
            let load = load::open(addresses, 512, rate, length, &contender.requests);
            let sample = stage.measure(contender, load).await?;
            keep(samples, (0, who, "open loop, 60 %".to_owned()), sample);
            let sample = bulk::run(stage, "BULK", length).await?;
            keep(samples, (9, "bulk", "256 a batch".to_owned()), sample);
        }
        Ok(())
    }
}

fn keep(samples: &mut Samples, key: (usize, &'static str, String), sample: Sample) {
    let (_, who, load) = &key;
    let rate = sample.requests_a_second;
    println!("{who:9} {load:16} {rate:8.0}/s, p99 {:.2} ms", sample.p99);
    samples.entry(key).or_default().push(sample);
}

/// How a load of that many clients is called, in a way that sorts.
pub(crate) fn load_of(clients: usize) -> String {
    let plural = if clients == 1 { "" } else { "s" };
    format!("{clients:3} client{plural}")
}

/// Sets Fairhold's lines against those of plain and the limit.
fn compare(scene: &'static str, findings: &mut Findings) {
    let rate = |who: &str, load: &str| Some(findings.find(scene, who, load)?.requests_a_second);
    let bulk = rate("bulk", "256 a batch");
    let compared = findings.lines.iter().map(|line| {
        let ours = line.scene == scene && line.who == "fairhold";
        let plain = rate("plain", &line.load).filter(|_| ours);
        let ceiling = rate("ceiling", &line.load).filter(|_| ours && line.load != load_of(1));
        let limit = ceiling.zip(bulk).map(|(c, b)| 1.0 / (1.0 / c + 1.0 / b));
        (plain, limit)
    });
    let compared: Vec<_> = compared.collect();
    for (line, (plain, limit)) in findings.lines.iter_mut().zip(compared) {
        let rate = line.sample.requests_a_second;
        line.ratio_to_plain = line.ratio_to_plain.or(plain.map(|plain| rate / plain));
        line.share_of_limit = line.share_of_limit.or(limit.map(|limit| rate / limit));
    }
}
