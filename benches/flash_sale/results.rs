//! Results of all scenes: rows of the table, targets and failures.

use serde::Serialize;

use crate::latency_pair::LatencyPair;
use crate::sample::Sample;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) scene: &'static str,
    pub(crate) who: &'static str,
    pub(crate) load: String,
    pub(crate) sample: Sample,
    /// Requests per second relative to *plain*.
    pub(crate) ratio_to_plain: Option<f64>,
    /// Requests per second relative to 1 ÷ (1/ceiling + 1/bulk).
    pub(crate) share_of_limit: Option<f64>,
}

impl Row {
    pub(crate) fn new(
        scene: &'static str,
        who: &'static str,
        load: String,
        sample: Sample,
    ) -> Self {
        Self {
            scene,
            who,
            load,
            sample,
            ratio_to_plain: None,
            share_of_limit: None,
        }
    }
}

/// A target, and whether it was met.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Target {
    pub(crate) scene: &'static str,
    pub(crate) what: String,
    pub(crate) met: bool,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Results {
    pub(crate) rows: Vec<Row>,
    /// Latencies of the scene `growth`.
    pub(crate) growth: Vec<LatencyPair>,
    pub(crate) targets: Vec<Target>,
    /// Failed requests, broken rules and unmet requirements. Any of them fails the run.
    pub(crate) failures: Vec<String>,
}

impl Results {
    pub(crate) fn target(&mut self, scene: &'static str, what: String, met: bool) {
        self.targets.push(Target { scene, what, met });
    }

    /// Adds a target whose miss fails the run.
    pub(crate) fn requirement(&mut self, scene: &'static str, what: String, met: bool) {
        if !met {
            self.failures.push(format!("{scene}: {what}"));
        }
        self.target(scene, what, met);
    }

    /// Adds a row, and a failure if any of its requests failed.
    pub(crate) fn row(&mut self, row: Row) {
        let (scene, who, failed) = (row.scene, row.who, row.sample.failed);
        if failed > 0 {
            let load = &row.load;
            self.failures.push(format!(
                "{scene}: {failed} requests to {who} failed, {load}"
            ));
        }
        self.rows.push(row);
    }

    pub(crate) fn find(&self, scene: &str, who: &str, load: &str) -> Option<&Sample> {
        let mut rows = self.rows.iter();
        let row = rows.find(|row| row.scene == scene && row.who == who && row.load == load)?;
        Some(&row.sample)
    }
}
