//! What scenes found: lines of the tables, bars met or not, and faults.

use serde::Serialize;

use crate::growth::Growth;
use crate::sample::Sample;

/// A line of the table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    pub(crate) scene: &'static str,
    pub(crate) who: &'static str,
    pub(crate) load: String,
    pub(crate) sample: Sample,
    /// How many times as many requests a second as *plain*.
    pub(crate) ratio_to_plain: Option<f64>,
    /// Which share of 1 ÷ (1/ceiling + 1/bulk) was reached.
    pub(crate) share_of_limit: Option<f64>,
}

impl Line {
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

/// A goal with what was reached.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bar {
    pub(crate) scene: &'static str,
    pub(crate) what: String,
    pub(crate) met: bool,
}

/// All that was found.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Findings {
    pub(crate) lines: Vec<Line>,
    /// Latencies when there is little, beside those when there is much.
    pub(crate) growth: Vec<Growth>,
    pub(crate) bars: Vec<Bar>,
    /// Failed answers, broken rules and promises: any makes the run fail.
    pub(crate) faults: Vec<String>,
}

impl Findings {
    pub(crate) fn bar(&mut self, scene: &'static str, what: String, met: bool) {
        self.bars.push(Bar { scene, what, met });
    }

    /// Adds a bar that is a promise: a fault if it is not met.
    pub(crate) fn promise(&mut self, scene: &'static str, what: String, kept: bool) {
        if !kept {
            self.faults.push(format!("{scene}: {what}"));
        }
        self.bar(scene, what, kept);
    }

    /// Adds a line, and a fault for its failed answers.
    pub(crate) fn line(&mut self, line: Line) {
        let (scene, who, failed) = (line.scene, line.who, line.sample.failed);
        if failed > 0 {
            let load = &line.load;
            self.faults
                .push(format!("{scene}: {failed} answers of {who} failed, {load}"));
        }
        self.lines.push(line);
    }

    pub(crate) fn find(&self, scene: &str, who: &str, load: &str) -> Option<&Sample> {
        let mut lines = self.lines.iter();
        let line =
            lines.find(|line| line.scene == scene && line.who == who && line.load == load)?;
        Some(&line.sample)
    }
}
