//! The bars that the scenes are held against.

use crate::contest::load_of;
use crate::findings::{Findings, Line};

/// Judges what the contest of `scene` found.
pub(crate) fn judge(scene: &'static str, findings: &mut Findings) {
    match scene {
        "hot" => {
            times_plain(scene, 512, 15.0, findings);
            times_plain(scene, 64, 10.0, findings);
            share_of_limit(scene, findings);
            latencies(scene, findings);
        }
        _ => times_plain(scene, 512, 5.0, findings),
    }
}

fn ours<'a>(scene: &str, clients: usize, findings: &'a Findings) -> Option<&'a Line> {
    let load = load_of(clients);
    let mut lines = findings.lines.iter();
    lines.find(|line| line.scene == scene && line.who == "fairhold" && line.load == load)
}

fn times_plain(scene: &'static str, clients: usize, least: f64, findings: &mut Findings) {
    let line = ours(scene, clients, findings);
    if let Some(ratio) = line.and_then(|line| line.ratio_to_plain) {
        let what = format!("{ratio:.1} × plain at {clients} clients, at least {least}");
        findings.bar(scene, what, ratio >= least);
    }
}

fn share_of_limit(scene: &'static str, findings: &mut Findings) {
    let line = ours(scene, 512, findings);
    if let Some(share) = line.and_then(|line| line.share_of_limit) {
        let percent = share * 100.0;
        let what = format!("{percent:.0} % of the limit at 512 clients, at least 60 %");
        findings.bar(scene, what, share >= 0.6);
    }
}

fn latencies(scene: &'static str, findings: &mut Findings) {
    if let Some(p99) = ours(scene, 512, findings).map(|line| line.sample.p99) {
        let what = format!("p99 of {p99:.1} ms at 512 clients, at most 80 ms");
        findings.bar(scene, what, p99 <= 80.0);
    }
    let single = ours(scene, 1, findings).map(|line| line.sample.p50);
    let plain = findings.find(scene, "plain", &load_of(1));
    if let Some((ours, plain)) = single.zip(plain.map(|sample| sample.p50)) {
        let ratio = ours / plain;
        let what = format!("{ratio:.2} × the latency of plain at 1 client, at most 1.3");
        findings.bar(scene, what, ratio <= 1.3);
    }
}
