//! Redis over TLS, as managed services offer it.

use fairhold_test_kit::{
    Deployment, Server,
    certificate::{Certificate, CertificateFiles},
    eventually,
};

use crate::redis::Redis;
use crate::requests::{left, metric, quota, read};
use crate::shared::{SHARED, stayed_shared, until_shared};

/// A process that trusts the certificate `trusted`, or else those of the system.
async fn serve(site: &Deployment, redis: &Redis, trusted: Option<&CertificateFiles>) -> Server {
    let (quota, url) = (quota("address", 4), redis.flag());
    let trusted = trusted.map(|files| files.path("certificate"));
    let trusted = trusted.iter().map(|file| ("SSL_CERT_FILE", file.as_str()));
    let variables: Vec<_> = trusted.collect();
    let flags = ["--listen=127.0.0.1:0", &quota, &url];
    site.serve_with(&flags, &variables).await
}

#[tokio::test]
async fn processes_that_trust_the_certificate_share_the_limits() {
    let site = Deployment::new().await;
    let paper = Certificate::new();
    let trusted = CertificateFiles::of(&paper);
    for _ in 0..5 {
        let redis = Redis::by_tls(&paper).await;
        let mut servers = Vec::new();
        let mut told = Vec::new();
        for _ in 0..2 {
            let server = serve(&site, &redis, Some(&trusted)).await;
            until_shared(&server, 1.0).await;
            told.push(left(&read(&server, &[]).await, "address"));
            servers.push(server);
        }
        if stayed_shared(&servers) {
            assert_eq!(told, [3, 2]);
            return;
        }
    }
    panic!("Redis never responded in time");
}

#[tokio::test]
async fn with_an_untrusted_certificate_each_process_counts_alone() {
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
            log.contains("Redis is unavailable") && log.contains("invalid peer certificate")
        };
        eventually("the reason is logged", told).await;
        for expected in [3, 2, 1, 0] {
            assert_eq!(left(&read(&server, &[]).await, "address"), expected);
        }
        read(&server, &[]).await.refused(429, "rate-limited");
        assert_eq!(metric(&server, SHARED, "").await, Some(0.0));
        assert!(!server.logged().contains("Redis is connected"));
    }
}
