//! Limits that all processes share, and per-process limits while Redis is unavailable.

use fairhold_test_kit::{Deployment, Server, eventually};
use futures_util::future::join_all;

use crate::redis::Redis;
use crate::requests::{left, metric, quota, read, reserve, unlimited};

pub(crate) const SHARED: &str = "fairhold_rate_limit_shared";

/// Waits until a process shares the limits (1) or counts alone (0).
pub(crate) async fn until_shared(server: &Server, shared: f64) {
    let so = async || metric(server, SHARED, "").await == Some(shared);
    eventually("the process knows whether Redis is available", so).await;
}

/// Two processes on one database and one Redis, with `units` for each address.
async fn two(site: &Deployment, redis: &Redis, units: u32) -> [Server; 2] {
    let (quota, url) = (quota("address", units), redis.flag());
    let flags = [quota.as_str(), &url];
    [site.serve(&flags).await, site.serve(&flags).await]
}

/// Whether Redis always responded in time, which a busy machine may prevent.
pub(crate) fn stayed_shared(servers: &[Server]) -> bool {
    let logged = |server: &Server| server.logged().contains("Redis is unavailable");
    !servers.iter().any(logged)
}

#[tokio::test]
async fn processes_together_allow_no_more_than_one_alone() {
    let site = Deployment::new().await;
    for _ in 0..5 {
        let redis = Redis::running().await;
        let servers = two(&site, &redis, 20).await;
        let asked = (0..40).map(|number| read(&servers[number % 2], &[]));
        let answers = join_all(asked).await;
        if stayed_shared(&servers) {
            let passed = answers.iter().filter(|answer| answer.status == 200);
            assert_eq!(passed.count(), 20);
            for answer in answers.iter().filter(|answer| answer.status != 200) {
                answer.refused(429, "rate-limited");
                let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
                assert!((1..=60).contains(&wait), "{answer:?}");
            }
            return;
        }
    }
    panic!("Redis never responded in time");
}

#[tokio::test]
async fn a_command_replayed_by_another_process_costs_as_little_as_a_read() {
    let site = Deployment::new().await;
    unlimited(&site).await.stock("SKU", 5, "").await;
    for attempt in 0..5 {
        let redis = Redis::running().await;
        let servers = two(&site, &redis, 9).await;
        let user = format!("anna-{attempt}");
        let mut told = Vec::new();
        for number in [0, 1, 0] {
            let answer = reserve(&servers[number], &user, &user).await;
            answer.is(201);
            told.push(left(&answer, "address"));
        }
        if stayed_shared(&servers) {
            assert_eq!(told, [5, 4, 3]);
            return site.assert_clean().await;
        }
    }
    panic!("Redis never responded in time");
}

#[tokio::test]
async fn while_redis_is_frozen_or_gone_each_process_counts_alone() {
    let site = Deployment::new().await;
    let mut redis = Redis::running().await;
    let [one, other] = two(&site, &redis, 4).await;
    until_shared(&one, 1.0).await;
    redis.freeze();
    for server in [&one, &other] {
        for expected in [3, 2, 1, 0] {
            let answer = read(server, &[]).await;
            answer.is(200);
            assert_eq!(left(&answer, "address"), expected);
        }
        read(server, &[]).await.refused(429, "rate-limited");
        until_shared(server, 0.0).await;
    }
    redis.thaw();
    until_shared(&one, 1.0).await;
    until_shared(&other, 1.0).await;
    redis.kill().await;
    for server in [&one, &other] {
        read(server, &[]).await.refused(429, "rate-limited");
        until_shared(server, 0.0).await;
    }
    redis.start().await;
    for server in [&one, &other] {
        until_shared(server, 1.0).await;
    }
}

#[tokio::test]
async fn a_process_starts_without_its_redis_and_connects_later() {
    let site = Deployment::new().await;
    let mut redis = Redis::absent();
    let [one, _] = two(&site, &redis, 4).await;
    assert_eq!(metric(&one, SHARED, "").await, Some(0.0));
    assert_eq!(one.logged().matches("Redis is unavailable").count(), 1);
    assert_eq!(left(&read(&one, &[]).await, "address"), 3);
    redis.start().await;
    until_shared(&one, 1.0).await;
}

#[tokio::test]
async fn a_redis_that_cannot_run_the_script_is_unavailable() {
    let site = Deployment::new().await;
    let redis = Redis::without_scripts().await;
    let servers = two(&site, &redis, 20).await;
    for server in &servers {
        for _ in 0..20 {
            read(server, &[]).await.is(200);
            assert_eq!(metric(server, SHARED, "").await, Some(0.0));
        }
        read(server, &[]).await.refused(429, "rate-limited");
        assert_eq!(server.logged().matches("Redis is unavailable").count(), 1);
        assert!(!server.logged().contains("Redis is connected"));
    }
}
