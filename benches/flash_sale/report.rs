//! The report: a table on stdout, JSON and a chart in `target/`.

use std::path::Path;

use anyhow::Context;

use crate::findings::{Findings, Line};
use crate::growth::Growth;
use crate::{svg, table};

const HEAD: [&str; 15] = [
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

pub(crate) fn print(findings: &Findings) {
    if !findings.lines.is_empty() {
        table::print(HEAD, findings.lines.iter().map(cells), 3);
    }
    if !findings.growth.is_empty() {
        table::print(Growth::HEAD, findings.growth.iter().map(Growth::cells), 3);
    }
    for bar in &findings.bars {
        let word = if bar.met { "met    " } else { "NOT MET" };
        println!("{word} {}: {}", bar.scene, bar.what);
    }
    for fault in &findings.faults {
        println!("FAULT   {fault}");
    }
}

fn cells(line: &Line) -> [String; 15] {
    let sample = &line.sample;
    let some = |figure: f64, digits: usize| {
        if figure > 0.0 {
            format!("{figure:.digits$}")
        } else {
            String::new()
        }
    };
    let share = line.share_of_limit.map(|share| share * 100.0);
    [
        line.scene.to_owned(),
        line.who.to_owned(),
        line.load.clone(),
        some(sample.requests_a_second, 0),
        some(sample.p50, 2),
        some(sample.p99, 2),
        some(sample.p999, 2),
        line.ratio_to_plain
            .map_or(String::new(), |ratio| format!("{ratio:.1}")),
        share.map_or(String::new(), |share| format!("{share:.0} %")),
        some(sample.batch, 1),
        some(sample.server_micros, 0),
        some(sample.database_micros, 0),
        some(sample.load_micros, 0),
        some(sample.wal_bytes, 0),
        some(sample.fsyncs, 4),
    ]
}

/// Writes `flash_sale.json` and `flash_sale.svg` into cargo's target folder.
pub(crate) fn write(findings: &Findings) -> anyhow::Result<()> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let target = target.context("no target folder")?;
    std::fs::write(
        target.join("flash_sale.json"),
        serde_json::to_string_pretty(findings)?,
    )?;
    std::fs::write(target.join("flash_sale.svg"), svg::chart(&findings.lines))?;
    println!(
        "\nflash_sale.json and flash_sale.svg are in {}",
        target.display()
    );
    Ok(())
}
