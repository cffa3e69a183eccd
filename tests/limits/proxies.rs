//! Client addresses behind proxies.

use fairhold_test_kit::Deployment;

use crate::requests::{left, quota, read};

const NEW: &str = "Forwarded";
const OLD: &str = "X-Forwarded-For";

#[tokio::test]
async fn the_client_that_a_trusted_proxy_names_is_charged() {
    let site = Deployment::new().await;
    let flags = [
        &quota("address", 6),
        "--trusted-proxies=10.0.0.0/8,127.0.0.1",
    ];
    let server = site.serve(&flags).await;
    for (header, client, expected) in [
        (OLD, "192.0.2.1", 5),
        (OLD, "192.0.2.2", 5),
        (OLD, "6.6.6.6, 192.0.2.1, 10.1.1.1", 4),
        (NEW, "for=192.0.2.1", 3),
        (NEW, "for=\"[2001:db8:1:2::1]:443\";proto=https", 5),
        (OLD, "2001:db8:1:2:ffff::9", 4),
        (OLD, "2001:db8:1:3::1", 5),
    ] {
        let answer = read(&server, &[(header, client)]).await;
        assert_eq!(left(&answer, "address"), expected, "{header}: {client}");
    }
    // The proxy itself.
    assert_eq!(left(&read(&server, &[]).await, "address"), 5);
    let contradiction = [(NEW, "for=6.6.6.6"), (OLD, "192.0.2.9")];
    assert_eq!(left(&read(&server, &contradiction).await, "address"), 4);
}

#[tokio::test]
async fn an_untrusted_peer_is_charged_by_its_own_address() {
    let site = Deployment::new().await;
    let quota = quota("address", 6);
    for flags in [
        &[quota.as_str()][..],
        &[&quota, "--trusted-proxies=10.0.0.0/8"],
    ] {
        let server = site.serve(flags).await;
        for (header, client, expected) in [
            (OLD, "192.0.2.1", 5),
            (OLD, "192.0.2.2", 4),
            (NEW, "for=192.0.2.3", 3),
        ] {
            let answer = read(&server, &[(header, client)]).await;
            assert_eq!(left(&answer, "address"), expected, "{header}: {client}");
        }
    }
}
