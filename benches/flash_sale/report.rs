//! Reports the results: a table on stdout, JSON and a chart in the target folder.

use crate::environment::target_folder;
use crate::latency_pair::LatencyPair;
use crate::results::{Results, Row};
use crate::{svg, table};

const HEADINGS: [&str; 15] = [
    "scene",
    "server",
    "load",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "p99.9 ms",
    "× plain",
    "of the limit",
    "batch",
    "server µs",
    "database µs",
    "load µs",
    "WAL bytes",
    "fsyncs",
];

pub(crate) fn print(results: &Results) {
    if !results.rows.is_empty() {
        table::print(HEADINGS, results.rows.iter().map(cells), 3);
    }
    if !results.growth.is_empty() {
        table::print(
            LatencyPair::HEADINGS,
            results.growth.iter().map(LatencyPair::cells),
            3,
        );
    }
    for target in &results.targets {
        let word = if target.met { "met    " } else { "NOT MET" };
        println!("{word} {}: {}", target.scene, target.what);
    }
    for failure in &results.failures {
        println!("FAILURE {failure}");
    }
}

fn cells(row: &Row) -> [String; 15] {
    let sample = &row.sample;
    let unless_zero = |value: f64, digits: usize| {
        if value > 0.0 {
            format!("{value:.digits$}")
        } else {
            String::new()
        }
    };
    let share = row.share_of_limit.map(|share| share * 100.0);
    [
        row.scene.to_owned(),
        row.who.to_owned(),
        row.load.clone(),
        unless_zero(sample.requests_per_second, 0),
        unless_zero(sample.p50, 2),
        unless_zero(sample.p99, 2),
        unless_zero(sample.p999, 2),
        row.ratio_to_plain
            .map_or(String::new(), |ratio| format!("{ratio:.1}")),
        share.map_or(String::new(), |share| format!("{share:.0} %")),
        unless_zero(sample.batch, 1),
        unless_zero(sample.server_micros, 0),
        unless_zero(sample.database_micros, 0),
        unless_zero(sample.load_micros, 0),
        unless_zero(sample.wal_bytes, 0),
        unless_zero(sample.fsyncs, 4),
    ]
}

/// Writes `flash_sale.json` and `flash_sale.svg` into the target folder.
pub(crate) fn write(results: &Results) -> anyhow::Result<()> {
    let target = target_folder()?;
    std::fs::write(
        target.join("flash_sale.json"),
        serde_json::to_string_pretty(results)?,
    )?;
    std::fs::write(target.join("flash_sale.svg"), svg::chart(&results.rows))?;
    println!(
        "\nResults: flash_sale.json, flash_sale.svg and the servers' flash_sale.log in {}",
        target.display()
    );
    Ok(())
}
