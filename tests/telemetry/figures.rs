//! `GET /metrics`: what happened, counted.
#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::collections::BTreeMap;

use reqwest::Method;

use crate::request;
use crate::world::{World, eventually};

/// The figures of all series, by name and labels.
#[derive(Debug)]
pub(crate) struct Figures(BTreeMap<String, f64>);

impl Figures {
    fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let figure = |line: &str| {
            let (series, figure) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), figure.parse().unwrap())
        };
        Self(lines.map(figure).collect())
    }

    #[track_caller]
    pub(crate) fn of(&self, series: &str) -> f64 {
        let figure = self.0.get(series);
        *figure.unwrap_or_else(|| panic!("no {series} in {self:#?}"))
    }

    /// By how much one has grown; one that was not there began at 0.
    #[track_caller]
    pub(crate) fn since(&self, before: &Self, series: &str) -> f64 {
        self.of(series) - before.0.get(series).unwrap_or(&0.0)
    }
}

/// Asks the first of the world's processes for its figures.
pub(crate) async fn figures(world: &World) -> Figures {
    let asked = request(world, Method::GET, "/metrics").send();
    let answer = asked.await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    Figures::read(&answer.text().await.unwrap())
}

#[tokio::test]
async fn what_becomes_of_holds_is_counted() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    shop.stock("COUNTED", 2).await;
    let sold = shop.reserve("COUNTED", "sold").await.id();
    let given_up = shop.reserve("COUNTED", "given-up").await.id();
    shop.reserve("COUNTED", "promoted").await.assert_status(202);
    let left = shop.reserve("COUNTED", "left").await.id();
    shop.cancel(&left).await.assert_status(200);
    shop.confirm(&sold).await.assert_status(200);
    shop.cancel(&given_up).await.assert_status(200);
    shop.reserve_units("COUNTED", "greedy", 3)
        .await
        .assert_problem(422, "exceeds-total");
    let figures = figures(&world).await;
    for (series, expected) in [
        (r#"fairhold_holds_total{event="made"}"#, 2.0),
        (r#"fairhold_holds_total{event="confirmed"}"#, 1.0),
        (r#"fairhold_holds_total{event="cancelled"}"#, 1.0),
        (r#"fairhold_holds_total{event="promoted"}"#, 1.0),
        (r#"fairhold_holds_total{event="expired"}"#, 0.0),
        (r#"fairhold_waitlist_events_total{event="joined"}"#, 2.0),
        (r#"fairhold_waitlist_events_total{event="left"}"#, 1.0),
        (
            r#"fairhold_oversell_refused_total{code="exceeds-total"}"#,
            1.0,
        ),
        (
            r#"fairhold_http_requests_total{method="POST",route="/inventory/reserve",status="202"}"#,
            2.0,
        ),
        (
            r#"fairhold_http_request_duration_seconds_count{method="POST",route="/checkout/confirm",status="200"}"#,
            1.0,
        ),
        ("fairhold_batch_commands_sum", 8.0),
        (r#"fairhold_lane_depth{lane="0"}"#, 0.0),
    ] {
        assert_eq!(figures.of(series), expected, "{series} in {figures:#?}");
    }
    world.audit().await;
}

#[tokio::test]
async fn the_line_and_the_sweep_are_sampled() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    shop.stock("SAMPLED", 1).await;
    for user in ["holds", "waits", "waits-too"] {
        shop.reserve("SAMPLED", user)
            .await
            .assert_status_in(&[201, 202]);
    }
    let sampled = async || figures(&world).await.0.get("fairhold_waitlist_size") == Some(&2.0);
    eventually("the line is sampled", sampled).await;
    let lag = figures(&world).await.of("fairhold_sweep_lag_seconds");
    assert!(lag < 1.0, "{lag}");
    world.audit().await;
}

#[tokio::test]
async fn a_method_that_somebody_made_up_gets_no_series_of_its_own() {
    let world = World::open(1, &[]).await;
    let method = Method::from_bytes(b"BREW").unwrap();
    let asked = request(&world, method, "/nowhere").send();
    asked.await.unwrap();
    let figures = figures(&world).await;
    let series = figures
        .0
        .keys()
        .find(|series| series.contains("unmatched"))
        .unwrap();
    assert!(series.contains(r#"method="other""#), "{series}");
    assert!(!figures.0.keys().any(|series| series.contains("BREW")));
}
