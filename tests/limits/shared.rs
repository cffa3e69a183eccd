//! Limits that all processes share, and what counts while Redis is away.

use fairhold_test_kit::{Deployment, Server, eventually};
use futures_util::future::join_all;

use crate::asking::{figure, left, quota, read, reserve, unlimited};
use crate::redis::Redis;

pub(crate) const SHARED: &str = "fairhold_rate_limit_shared";

/// Waits until a process counts with the others (1), or by itself (0).
pub(crate) async fn counts(server: &Server, shared: f64) {
    let so = async || figure(server, SHARED, "").await == Some(shared);
    eventually("it knows whether Redis is there", so).await;
}

/// Two processes on one database and one Redis, each address having so many units.
async fn two(site: &Deployment, redis: &Redis, units: u32) -> [Server; 2] {
    let (quota, url) = (quota("address", units), redis.flag());
    let flags = [quota.as_str(), &url];
    [site.serve(&flags).await, site.serve(&flags).await]
}

/// Whether Redis has kept its time all along, as a busy machine may prevent.
pub(crate) fn kept_its_time(servers: &[Server]) -> bool {
    let logged = |server: &Server| server.logged().contains("Redis is away");
    !servers.iter().any(logged)
}

#[tokio::test]
async fn processes_let_no_more_through_together_than_one_alone() {
    let site = Deployment::new().await;
    for _ in 0..5 {
        let redis = Redis::running().await;
        let servers = two(&site, &redis, 20).await;
        let asked = (0..40).map(|number| read(&servers[number % 2], &[]));
        let answers = join_all(asked).await;
        if kept_its_time(&servers) {
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
    panic!("Redis never kept its time");
}

#[tokio::test]
async fn a_command_sent_again_to_another_process_costs_as_little_as_a_read() {
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
        if kept_its_time(&servers) {
            assert_eq!(told, [5, 4, 3]);
            return site.assert_clean().await;
        }
    }
    panic!("Redis never kept its time");
}

#[tokio::test]
async fn while_redis_is_frozen_or_gone_each_process_counts_by_itself() {
    let site = Deployment::new().await;
    let mut redis = Redis::running().await;
    let [one, other] = two(&site, &redis, 4).await;
    counts(&one, 1.0).await;
    redis.freeze();
    for server in [&one, &other] {
        for expected in [3, 2, 1, 0] {
            let answer = read(server, &[]).await;
            answer.is(200);
            assert_eq!(left(&answer, "address"), expected);
        }
        read(server, &[]).await.refused(429, "rate-limited");
        counts(server, 0.0).await;
    }
    redis.thaw();
    counts(&one, 1.0).await;
    counts(&other, 1.0).await;
    redis.kill().await;
    for server in [&one, &other] {
        read(server, &[]).await.refused(429, "rate-limited");
        counts(server, 0.0).await;
    }
    redis.start().await;
    for server in [&one, &other] {
        counts(server, 1.0).await;
    }
}

#[tokio::test]
async fn a_process_starts_without_its_redis_and_finds_it_later() {
    let site = Deployment::new().await;
    let mut redis = Redis::absent();
    let [one, _] = two(&site, &redis, 4).await;
    assert_eq!(figure(&one, SHARED, "").await, Some(0.0));
    assert_eq!(one.logged().matches("Redis is away").count(), 1);
    assert_eq!(left(&read(&one, &[]).await, "address"), 3);
    redis.start().await;
    counts(&one, 1.0).await;
}

#[tokio::test]
async fn a_redis_that_does_not_charge_is_away() {
    let site = Deployment::new().await;
    let redis = Redis::without_scripts().await;
    let servers = two(&site, &redis, 20).await;
    for server in &servers {
        for _ in 0..20 {
            read(server, &[]).await.is(200);
            assert_eq!(figure(server, SHARED, "").await, Some(0.0));
        }
        read(server, &[]).await.refused(429, "rate-limited");
        assert_eq!(server.logged().matches("Redis is away").count(), 1);
        assert!(!server.logged().contains("Redis is there"));
    }
}
