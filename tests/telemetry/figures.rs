//! `GET /metrics`: what happened, counted.
#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::collections::BTreeMap;
use std::time::Instant;

use fairhold_test_kit::{Deployment, World, eventually};
use futures_util::future::join;
use reqwest::Method;

use crate::request;

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
    shop.stock_with_limit("REFUSED", 2, 0).await;
    shop.reserve_units("REFUSED", "all", 2)
        .await
        .assert_status(201);
    for user in ["late", "later"] {
        let refused = shop.reserve("REFUSED", user).await;
        refused.assert_problem(409, "sold-out");
    }
    for _ in 0..3 {
        let refused = shop.restock("REFUSED", -1).await;
        refused.assert_problem(409, "insufficient-stock");
    }
    let figures = figures(&world).await;
    for (series, expected) in [
        (r#"fairhold_holds_total{event="made"}"#, 3.0),
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
        (r#"fairhold_oversell_refused_total{code="sold-out"}"#, 2.0),
        (
            r#"fairhold_oversell_refused_total{code="insufficient-stock"}"#,
            3.0,
        ),
        (
            r#"fairhold_http_requests_total{method="POST",route="/inventory/reserve",status="202"}"#,
            2.0,
        ),
        (
            r#"fairhold_http_request_duration_seconds_count{method="POST",route="/checkout/confirm",status="200"}"#,
            1.0,
        ),
        ("fairhold_batch_commands_sum", 14.0),
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
async fn a_hold_that_is_over_is_late_until_it_is_ended_and_counted() {
    const LATE: f64 = 100.0;
    let world = World::open(1, &[]).await;
    let books = &world.books;
    let shop = &world.shop();
    shop.stock("OVER", 1).await;
    shop.reserve("OVER", "late").await.assert_status(201);
    let began = Instant::now();
    let mut ending = books.lock("OVER").await;
    let end = format!("clock_timestamp() - interval '{LATE} seconds'");
    ending.end_holds("OVER", &end).await;
    // Who waits for the row has it before the sweep can know that the hold is over.
    let let_go = async {
        let waits = async || books.waiting_for(&ending).await == 1;
        eventually("the auditor waits", waits).await;
        ending.commit().await;
    };
    let (auditor, ()) = join(books.lock("OVER"), let_go).await;
    let sampled = async || {
        let lag = figures(&world).await.0.remove("fairhold_sweep_lag_seconds");
        lag.is_some_and(|lag| (LATE..LATE + began.elapsed().as_secs_f64()).contains(&lag))
    };
    eventually("the lag is sampled", sampled).await;
    let expired = r#"fairhold_holds_total{event="expired"}"#;
    assert_eq!(figures(&world).await.of(expired), 0.0);
    auditor.commit().await;
    let counted = async || figures(&world).await.of(expired) == 1.0;
    eventually("the hold is counted", counted).await;
    world.audit().await;
}

#[tokio::test]
async fn who_asks_too_often_is_counted_by_the_limit_that_they_met() {
    let site = Deployment::new().await;
    let key = site.key("shop", "admin").await;
    // A command takes four units, a read one; none comes back while the test runs.
    let quotas = ["user=1/m,4", "key=1/m,8", "address=1/m,4"];
    let quotas = quotas.map(|quota| format!("--rate-limit-per-{quota}"));
    let server = site.serve(&quotas.each_ref().map(String::as_str)).await;
    for (user, status) in [
        ("anna", 404),
        ("anna", 429),
        ("ben", 404),
        ("carl", 429),
        ("dora", 429),
    ] {
        let answer = server.reserve("NONE", user, &key).await;
        assert_eq!(answer.status, status, "{user}: {answer:?}");
    }
    for status in [200, 200, 200, 200, 429, 429, 429] {
        let answer = server.get("/problems", "").await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    let figures = Figures::read(&server.get("/metrics", &key).await.text);
    for (limit, expected) in [("user", 1.0), ("key", 2.0), ("address", 3.0)] {
        let series = format!("fairhold_rate_limit_refused_total{{limit=\"{limit}\"}}");
        assert_eq!(figures.of(&series), expected, "{series}");
    }
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
