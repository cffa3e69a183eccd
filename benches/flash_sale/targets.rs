//! The targets of the scenes `hot`, `spread` and `zipf`.

use crate::load::clients_label;
use crate::results::{Results, Row};

pub(crate) fn judge(scene: &'static str, results: &mut Results) {
    match scene {
        "hot" => {
            times_plain(scene, 512, 15.0, results);
            times_plain(scene, 64, 10.0, results);
            share_of_limit(scene, results);
            latencies(scene, results);
        }
        _ => times_plain(scene, 512, 5.0, results),
    }
}

fn ours<'a>(scene: &str, clients: usize, results: &'a Results) -> Option<&'a Row> {
    let load = clients_label(clients);
    let mut rows = results.rows.iter();
    rows.find(|row| row.scene == scene && row.who == "fairhold" && row.load == load)
}

fn times_plain(scene: &'static str, clients: usize, least: f64, results: &mut Results) {
    let row = ours(scene, clients, results);
    if let Some(ratio) = row.and_then(|row| row.ratio_to_plain) {
        let what = format!("{ratio:.1} × plain at {clients} clients, target {least}");
        results.target(scene, what, ratio >= least);
    }
}

fn share_of_limit(scene: &'static str, results: &mut Results) {
    let row = ours(scene, 512, results);
    if let Some(share) = row.and_then(|row| row.share_of_limit) {
        let percent = share * 100.0;
        let what = format!("{percent:.0} % of the limit at 512 clients, target 60 %");
        results.target(scene, what, share >= 0.6);
    }
}

fn latencies(scene: &'static str, results: &mut Results) {
    if let Some(p99) = ours(scene, 512, results).map(|row| row.sample.p99) {
        let what = format!("p99 of {p99:.1} ms at 512 clients, target 80 ms");
        results.target(scene, what, p99 <= 80.0);
    }
    let single = ours(scene, 1, results).map(|row| row.sample.p50);
    let plain = results.find(scene, "plain", &clients_label(1));
    if let Some((ours, plain)) = single.zip(plain.map(|sample| sample.p50)) {
        let ratio = ours / plain;
        let what = format!("{ratio:.2} × the latency of plain at 1 client, target 1.3");
        results.target(scene, what, ratio <= 1.3);
    }
}
