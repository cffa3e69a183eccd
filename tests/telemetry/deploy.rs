//! The dashboard and the alerts in `deploy/`, held against what a live service shows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fairhold_test_kit::{Deployment, World, eventually};
use reqwest::Method;
use serde_json::Value;

use crate::promql::{self, Matcher, Named};
use crate::request;

/// What Prometheus adds to each series, and to each target.
const TARGET_LABELS: [&str; 2] = ["instance", "job"];
const TARGET_METRICS: [&str; 1] = ["up"];

/// Labels whose values depend on what was asked, so that none can be missed.
const OPEN_LABELS: [&str; 3] = ["method", "route", "status"];

/// The values that each label of each metric was seen with.
struct Shown(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Shown {
    /// What a service shows that has done a bit of everything.
    async fn by_a_live_service() -> Self {
        // A Redis that is away is shown, too.
        let limits = ["--rate-limit-per-user", "1000/s"];
        let away = ["--redis-url", "redis://127.0.0.1:9"];
        let world = World::open(1, &[limits, away].concat()).await;
        let shop = &world.shop();
        shop.stock("SHOWN", 1).await;
        let held = shop.reserve("SHOWN", "holds").await.id();
        shop.reserve("SHOWN", "waits").await.assert_status(202);
        shop.confirm(&held).await.assert_status(200);
        let sampled = async || text(&world).await.contains("fairhold_waitlist_size 1");
        eventually("the line is sampled", sampled).await;
        let closed = text_where_shoppers_have_tokens().await;
        Self::of(&(text(&world).await + &closed))
    }

    fn of(text: &str) -> Self {
        let mut shown = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let series = promql::named(line).selectors.remove(0);
            let labels: &mut BTreeMap<_, BTreeSet<_>> = shown.entry(series.metric).or_default();
            for Matcher { label, value, .. } in series.matchers {
                labels.entry(label).or_default().insert(value);
            }
        }
        Self(shown)
    }

    /// What of `named` is not shown.
    fn lacks(&self, named: &Named) -> Vec<String> {
        let mut lacks = Vec::new();
        let mut labels: BTreeSet<_> = TARGET_LABELS.into_iter().collect();
        for selector in &named.selectors {
            if TARGET_METRICS.contains(&selector.metric.as_str()) {
                continue;
            }
            let Some(shown) = self.0.get(&selector.metric) else {
                lacks.push(selector.metric.clone());
                continue;
            };
            labels.extend(shown.keys().map(String::as_str));
            let conditions = selector.matchers.iter();
            let unknown = conditions.filter(|matcher| !is_shown(matcher, shown));
            lacks.extend(unknown.map(|matcher| format!("{}: {matcher:?}", selector.metric)));
        }
        let unknown = named.labels.iter().filter(|l| !labels.contains(l.as_str()));
        lacks.extend(unknown.cloned());
        lacks
    }
}

fn is_shown(matcher: &Matcher, shown: &BTreeMap<String, BTreeSet<String>>) -> bool {
    let Matcher { label, value, .. } = matcher;
    if TARGET_LABELS.contains(&label.as_str()) {
        return true;
    }
    let Some(values) = shown.get(label) else {
        return false;
    };
    OPEN_LABELS.contains(&label.as_str()) || value.split('|').all(|value| values.contains(value))
}

async fn text(world: &World) -> String {
    let asked = request(world, Method::GET, "/metrics").send();
    asked.await.unwrap().text().await.unwrap()
}

/// What a server shows that has an identity provider, which is away.
async fn text_where_shoppers_have_tokens() -> String {
    let site = Deployment::new().await;
    let key = site.key("prometheus", "read").await;
    let server = site.serve(&["--jwks-url", "http://127.0.0.1:9/keys"]).await;
    server.get("/metrics", &key).await.text
}

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn yaml(path: &str) -> Value {
    serde_norway::from_str(&file(path)).unwrap()
}

/// All alerts.
fn alerts() -> Vec<Value> {
    let alerts = yaml("deploy/prometheus/alerts.yml");
    let groups = alerts["groups"].as_array().unwrap();
    let rules = groups.iter().filter_map(|group| group["rules"].as_array());
    rules.flatten().cloned().collect()
}

/// All panels that show something.
fn panels() -> Vec<Value> {
    let board: Value = serde_json::from_str(&file("deploy/grafana/fairhold.json")).unwrap();
    let panels = board["panels"].as_array().unwrap().iter();
    panels.filter(|p| p["type"] != "row").cloned().collect()
}

/// The expressions of a panel, each with the labels that its legend shows.
fn targets(panel: &Value) -> Vec<(&str, Vec<&str>)> {
    let targets = panel["targets"].as_array().unwrap().iter();
    targets
        .map(|target| {
            let legend = target["legendFormat"].as_str().unwrap();
            let shown = legend.split("{{").skip(1);
            let shown = shown.map(|rest| rest.split("}}").next().unwrap());
            (target["expr"].as_str().unwrap(), shown.collect())
        })
        .collect()
}

#[tokio::test]
async fn the_alerts_and_the_dashboard_ask_for_what_is_shown() {
    let shown = Shown::by_a_live_service().await;
    let panels = panels();
    let alerts = alerts();
    let of_alerts = alerts.iter().map(|alert| alert["expr"].as_str().unwrap());
    let of_panels = panels.iter().flat_map(targets).map(|(asked, _)| asked);
    let mut asked = BTreeSet::new();
    for expression in of_alerts.chain(of_panels) {
        let named = promql::named(expression);
        assert!(!named.selectors.is_empty(), "{expression}");
        assert_eq!(shown.lacks(&named), [""; 0], "{expression}");
        asked.extend(named.selectors.into_iter().map(|s| s.metric));
    }
    for metric in shown.0.keys().filter(|m| m.starts_with("fairhold_")) {
        let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|part| {
            let name = metric.strip_suffix(part)?;
            Some(asked.contains(&format!("{name}_bucket")))
        });
        let is_asked = histogram.unwrap_or_else(|| asked.contains(metric));
        assert!(is_asked, "nobody looks at {metric}");
    }
}

#[test]
fn what_is_not_shown_is_found() {
    let shown = Shown::of("m{event=\"made\",status=\"200\"} 1\nt_bucket{le=\"+Inf\"} 2\n");
    for right in [
        r#"sum by (job, event) (rate(m{event="made", status=~"5..", job="x"}[5m]))"#,
        "histogram_quantile(0.5, sum by (le) (rate(t_bucket[5m])))",
        r#"up{job="x"} == 0"#,
    ] {
        assert_eq!(shown.lacks(&promql::named(right)), [""; 0], "{right}");
    }
    for wrong in [
        "n",
        r#"m{kind="made"}"#,
        r#"m{event="making"}"#,
        r#"m{event=~"made|lost"}"#,
        "sum by (kind) (m)",
        "t_sum",
    ] {
        assert_ne!(shown.lacks(&promql::named(wrong)), [""; 0], "{wrong}");
    }
}

#[test]
fn the_legends_of_the_dashboard_show_what_is_grouped_by() {
    for panel in panels() {
        assert!(panel["description"].as_str().unwrap().ends_with('.'));
        for (expression, legend) in targets(&panel) {
            let grouped = promql::named(expression).labels;
            for label in legend {
                assert!(grouped.contains(label), "{label}: {expression}");
            }
        }
    }
}

/// The address that a heading has within its page.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn each_alert_says_what_it_is_and_where_to_read_what_to_do() {
    let page = file("docs/operations/alerts.md");
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchors: BTreeSet<_> = headings
        .map(|line| anchor(line.trim_start_matches(['#', ' '])))
        .collect();
    let job = &yaml("deploy/prometheus/prometheus.yml")["scrape_configs"][0]["job_name"];
    let job = format!("job=\"{}\"", job.as_str().unwrap());
    let alerts = alerts();
    assert!(alerts.len() > 8);
    for alert in &alerts {
        let text = |pointer: &str| {
            alert
                .pointer(pointer)
                .and_then(Value::as_str)
                .expect(pointer)
        };
        for pointer in ["/annotations/summary", "/annotations/description", "/for"] {
            assert!(!text(pointer).is_empty(), "{alert}");
        }
        assert!(
            ["page", "ticket"].contains(&text("/labels/severity")),
            "{alert}"
        );
        assert!(text("/expr").contains(&job), "{alert}");
        let (page, anchor) = text("/annotations/runbook").split_once('#').unwrap();
        assert_eq!(page, "docs/operations/alerts.md");
        assert!(anchors.contains(anchor), "no section {anchor}");
    }
    let names: BTreeSet<_> = alerts
        .iter()
        .map(|alert| &alert["alert"])
        .map(Value::to_string)
        .collect();
    assert_eq!(names.len(), alerts.len(), "{names:?}");
}

#[tokio::test]
async fn the_table_of_metrics_has_each_that_is_shown() {
    let shown = Shown::by_a_live_service().await;
    let page = file("docs/operations/monitor.md");
    let (_, section) = page.split_once("\n## Metrics\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `fairhold_"));
    let mut told = BTreeMap::new();
    for row in rows {
        let columns: Vec<_> = row.split('|').collect();
        let name = format!("fairhold_{}", columns[0].trim().trim_end_matches('`'));
        let labels = columns[2].split('`').skip(1).step_by(2);
        told.insert(name, labels.map(str::to_owned).collect::<BTreeSet<_>>());
    }
    let mut real: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (metric, labels) in shown.0 {
        let parts = ["_bucket", "_sum", "_count"];
        let name = parts.iter().find_map(|part| metric.strip_suffix(part));
        let name = name.unwrap_or(&metric).to_owned();
        if name.starts_with("fairhold_") {
            let labels = labels.into_keys().filter(|label| label != "le");
            real.entry(name).or_default().extend(labels);
        }
    }
    assert_eq!(told, real);
}
