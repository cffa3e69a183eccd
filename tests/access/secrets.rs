//! What may be secret in a setting is shown nowhere: not by --help, not in an error, not in a log.

use clap::{Arg, Args, Command};
use fairhold::config::Settings;
use fairhold_test_kit::{
    Deployment, Ended,
    command::{self, program},
    eventually,
};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};

/// The kinds of values that nobody puts a secret into. Whatever is of another kind must be hidden.
const SHOWN: [&str; 18] = [
    "ADDRESS", "COUNT", "DAYS", "FACTOR", "FILTER", "FOLDER", "FORMAT", "MB", "MS", "NAME",
    "NETWORKS", "PORT", "QUOTA", "SCORE", "SECONDS", "SHARE", "SWITCH", "TEXT",
];

/// Settings with which the program gets as far as it can, and ends.
const AROUND: [(&str, &str); 4] = [
    ("DATABASE_URL", "postgres://user:hunter2@127.0.0.1:1/books"),
    ("FAIRHOLD_AI_BASE_URL", "http://127.0.0.1:1/v1"),
    ("FAIRHOLD_AI_MODEL", "m"),
    ("FAIRHOLD_LOG", "debug"),
];

/// A value, and the part of it that must not be seen.
type Value = (String, String);

/// The variables of the settings that may hold a secret.
fn delicate() -> Vec<String> {
    let settings = Settings::augment_args(Command::new("settings"));
    let delicate = settings
        .get_arguments()
        .filter(|setting| may_hold_a_secret(setting));
    let variables = delicate.filter_map(|setting| setting.get_env()?.to_str());
    variables.map(ToOwned::to_owned).collect()
}

fn may_hold_a_secret(setting: &Arg) -> bool {
    let kinds = setting.get_value_names().unwrap_or_default();
    let known = kinds.iter().all(|kind| SHOWN.contains(&kind.as_str()));
    setting.get_action().takes_values() && !known
}

/// Right and wrong, with secrets at every place where people put them.
fn values() -> Vec<Value> {
    let urls = [
        "hunter2",
        "https://user:hunter2@127.0.0.1:1/v1",
        "http://127.0.0.1:1/v1?key=hunter2",
        "http://id.example/v1?key=hunter2",
        "postgres://user:hunter2@127.0.0.1:1/books",
        "postgres://user:hunter2@127.0.0.1:port/books",
        "redis://user:hunter2@127.0.0.1:1",
        "redis://user:hunter2@127.0.0.1:port",
        "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
    ];
    let keys = [&PKCS_ED25519, &PKCS_ECDSA_P256_SHA256].map(|kind| {
        let pem = KeyPair::generate_for(kind).unwrap().serialize_pem();
        let secret = pem.lines().nth(1).unwrap().to_owned();
        (pem, secret)
    });
    let urls = urls.map(|url| (url.to_owned(), "hunter2".to_owned()));
    urls.into_iter().chain(keys).collect()
}

/// Runs it to its end.
async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = program(arguments);
    command.envs(variables.iter().copied());
    command::run(command).await
}

fn assert_silent(ended: &Ended, secret: &str, what: &str) {
    let shown = ended.out.contains(secret) || ended.err.contains(secret);
    assert!(!shown, "{what} is shown: {ended:?}");
}

#[test]
fn every_setting_that_may_hold_a_secret_is_hidden() {
    let settings = Settings::augment_args(Command::new("settings"));
    for setting in settings.get_arguments() {
        let hidden = setting.is_hide_env_values_set();
        assert_eq!(hidden, may_hold_a_secret(setting), "{}", setting.get_id());
    }
    assert_eq!(delicate().len(), 9, "{:?}", delicate());
}

#[tokio::test]
async fn help_shows_no_secret() {
    let delicate = delicate();
    for (value, secret) in values() {
        let variables: Vec<_> = delicate
            .iter()
            .map(|name| (name.as_str(), value.as_str()))
            .collect();
        let help = run(&["--help"], &variables).await;
        assert_eq!(help.code, Some(0), "{help:?}");
        assert_silent(&help, &secret, "a setting");
    }
}

#[tokio::test]
async fn a_start_that_fails_shows_no_secret() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for name in delicate() {
        for (value, secret) in values() {
            let mut variables = AROUND.to_vec();
            if name.starts_with("FAIRHOLD_TLS") {
                variables.push(("FAIRHOLD_TLS_CERTIFICATE", file));
                variables.push(("FAIRHOLD_TLS_KEY", file));
            }
            variables.push((&name, &value));
            let ended = run(&["serve", "--listen=127.0.0.1:0"], &variables).await;
            assert!(matches!(ended.code, Some(1 | 2)), "{name}: {ended:?}");
            assert_silent(&ended, &secret, &name);
            assert_silent(&ended, "hunter2", "the password of the database");
        }
    }
}

#[tokio::test]
async fn the_log_of_a_server_without_its_dependencies_shows_no_secret() {
    let site = Deployment::new().await;
    let variables = [
        ("REDIS_URL", "redis://user:hunter2@127.0.0.1:1"),
        ("FAIRHOLD_RATE_LIMIT_PER_ADDRESS", "1000/s"),
        ("FAIRHOLD_JWKS_URL", "http://127.0.0.1:1/keys?key=hunter2"),
        ("FAIRHOLD_AI_BASE_URL", "http://127.0.0.1:1/v1"),
        ("FAIRHOLD_AI_MODEL", "m"),
        ("FAIRHOLD_AI_API_KEY", "hunter2"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("FAIRHOLD_LOG", "debug"),
    ];
    let admin = site.key("office", "admin").await;
    let server = site.serve_with(&["--listen=127.0.0.1:0"], &variables).await;
    server.stock("GIG", 1, &admin).await;
    let insight = server.get("/analytics/ai/inventory/GIG", &admin).await;
    assert_eq!(insight.is(200)["source"], "rules");
    for told in [
        "cannot fetch the identity provider's keys",
        "model",
        "Redis is unavailable",
    ] {
        eventually(told, async || server.logged().contains(told)).await;
    }
    assert!(!server.logged().contains("hunter2"), "{}", server.logged());
}
