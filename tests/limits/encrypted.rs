//! Redis by TLS, as it is where others run it.

use fairhold_test_kit::{
    Deployment, Server,
    certificate::{Certificate, CertificateFiles},
    eventually,
};

use crate::asking::{figure, left, quota, read};
use crate::redis::Redis;
use crate::shared::{SHARED, counts, kept_its_time};

/// A process that trusts whom `trusted` names, or else whom the system trusts.
async fn serve(site: &Deployment, redis: &Redis, trusted: Option<&CertificateFiles>) -> Server {
    let (quota, url) = (quota("address", 4), redis.flag());
    let trusted = trusted.map(|files| files.path("certificate"));
    let trusted = trusted.iter().map(|file| ("SSL_CERT_FILE", file.as_str()));
    let variables: Vec<_> = trusted.collect();
    let flags = ["--listen=127.0.0.1:0", &quota, &url];
    site.serve_with(&flags, &variables).await
}

#[tokio::test]
async fn processes_that_trust_its_certificate_count_together() {
    let site = Deployment::new().await;
    let paper = Certificate::new();
    let trusted = CertificateFiles::of(&paper);
    for _ in 0..5 {
        let redis = Redis::by_tls(&paper).await;
        let mut servers = Vec::new();
        let mut told = Vec::new();
        for _ in 0..2 {
            let server = serve(&site, &redis, Some(&trusted)).await;
            counts(&server, 1.0).await;
            told.push(left(&read(&server, &[]).await, "address"));
            servers.push(server);
        }
        if kept_its_time(&servers) {
            assert_eq!(told, [3, 2]);
            return;
        }
    }
    panic!("Redis never kept its time");
}

#[tokio::test]
async fn a_redis_that_nobody_vouches_for_is_left_and_each_process_counts_by_itself() {
    let site = Deployment::new().await;
    let (own, other) = (Certificate::new(), Certificate::new());
    let elsewhere = Certificate::naming(&["elsewhere.example"]);
    for (shown, trusted) in [
        (&own, None),
        (&own, Some(&other)),
        (&elsewhere, Some(&elsewhere)),
    ] {
        let redis = Redis::by_tls(shown).await;
        let trusted = trusted.map(CertificateFiles::of);
        let server = serve(&site, &redis, trusted.as_ref()).await;
        let told = async || {
            let log = server.logged();
            log.contains("Redis is away") && log.contains("invalid peer certificate")
        };
        eventually("the reason is logged", told).await;
        for expected in [3, 2, 1, 0] {
            assert_eq!(left(&read(&server, &[]).await, "address"), expected);
        }
        read(&server, &[]).await.refused(429, "rate-limited");
        assert_eq!(figure(&server, SHARED, "").await, Some(0.0));
        assert!(!server.logged().contains("Redis is there"));
    }
}
