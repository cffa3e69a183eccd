//! Logs, on standard error.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;
use crate::database::REMARKS;

/// Starts logging what `filter` lets through. To be called once.
pub fn start(filter: &str, format: LogFormat) {
    let quiet = (!filter.contains(REMARKS)).then(|| filter_fn(is_worth_it));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let logs = tracing_subscriber::registry()
        .with(EnvFilter::new(filter))
        .with(quiet);
    match format {
        LogFormat::Text => logs.with(lines).init(),
        LogFormat::Json => logs.with(lines.json()).init(),
    }
}

/// Not that a table of the migrations is there already.
fn is_worth_it(event: &Metadata<'_>) -> bool {
    event.target() != REMARKS || *event.level() <= Level::WARN
}
