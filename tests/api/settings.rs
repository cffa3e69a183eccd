//! The settings of the real binary: shown, and refused where they can't be.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use fairhold_test_kit::command::{program, run};

/// Every setting of the contract.
const SETTINGS: [&str; 43] = [
    "DATABASE_URL",
    "FAIRHOLD_DATA_DIR",
    "FAIRHOLD_POSTGRES_BIN_DIR",
    "FAIRHOLD_LISTEN",
    "PORT",
    "FAIRHOLD_HOLD_TTL_SECONDS",
    "FAIRHOLD_SWEEP_INTERVAL_MS",
    "FAIRHOLD_RETENTION_DAYS",
    "FAIRHOLD_LANES",
    "FAIRHOLD_BATCH_LIMIT",
    "FAIRHOLD_QUEUE_LIMIT",
    "FAIRHOLD_DATABASE_CONNECTIONS",
    "FAIRHOLD_REQUEST_TIMEOUT_MS",
    "FAIRHOLD_CONNECTION_LIMIT",
    "FAIRHOLD_BUFFER_LIMIT_MB",
    "FAIRHOLD_STREAM_LIMIT",
    "FAIRHOLD_DRAIN_DELAY_MS",
    "FAIRHOLD_TLS_CERTIFICATE",
    "FAIRHOLD_TLS_KEY",
    "FAIRHOLD_LOG",
    "FAIRHOLD_LOG_FORMAT",
    "FAIRHOLD_ALLOW_OPEN_ACCESS",
    "FAIRHOLD_JWKS_URL",
    "FAIRHOLD_JWT_PUBLIC_KEY",
    "FAIRHOLD_JWT_ISSUER",
    "FAIRHOLD_JWT_AUDIENCE",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "FAIRHOLD_RATE_LIMIT",
    "FAIRHOLD_RATE_LIMIT_PER_USER",
    "FAIRHOLD_RATE_LIMIT_PER_KEY",
    "FAIRHOLD_RATE_LIMIT_PER_ADDRESS",
    "FAIRHOLD_TRUSTED_PROXIES",
    "REDIS_URL",
    "FAIRHOLD_FAIRNESS_FULL_THRESHOLD",
    "FAIRHOLD_FAIRNESS_REDUCED_THRESHOLD",
    "FAIRHOLD_FAIRNESS_REDUCED_SHARE",
    "FAIRHOLD_FAIRNESS_MINIMAL_SHARE",
    "FAIRHOLD_FAIRNESS_HALF_LIFE_DAYS",
    "FAIRHOLD_FAIRNESS_PROMOTION_FACTOR",
    "FAIRHOLD_AI_BASE_URL",
    "FAIRHOLD_AI_MODEL",
    "FAIRHOLD_AI_API_KEY",
    "FAIRHOLD_AI_CALLS_PER_MINUTE",
];

#[tokio::test]
async fn help_names_every_command_and_setting_with_its_default() {
    for arguments in [&["--help"][..], &["serve", "--help"]] {
        let help = run(program(arguments)).await;
        assert_eq!(help.code, Some(0), "{help:?}");
        for setting in SETTINGS {
            assert!(
                help.out.contains(&format!("[env: {setting}")),
                "{setting}: {}",
                help.out
            );
        }
        for default in [
            "127.0.0.1:8080",
            "up to 400",
            "/var/lib/fairhold",
            "300",
            "250",
            "8192",
            "512",
            "lanes + 12",
            "[default: never]",
            "info",
            "text",
            "0.7",
            "0.4",
            "0.6",
            "0.2",
            "[default: 7",
            "[default: 2",
            "[default: 30",
        ] {
            assert!(help.out.contains(default), "{default}: {}", help.out);
        }
    }
    let help = run(program(&["--help"])).await;
    for command in ["serve", "migrate", "audit", "database-url", "keys"] {
        assert!(help.out.contains(&format!("\n  {command}")), "{}", help.out);
    }
}

#[tokio::test]
async fn help_does_not_show_the_secrets_of_the_environment() {
    let mut command = program(&["--help"]);
    command
        .env("DATABASE_URL", "postgres://user:hunter2@localhost/books")
        .env("REDIS_URL", "redis://user:hunter2@localhost")
        .env("FAIRHOLD_AI_BASE_URL", "https://user:hunter2@models/v1")
        .env("FAIRHOLD_AI_API_KEY", "hunter2");
    let help = run(command).await;
    assert!(!help.out.contains("hunter2"), "{}", help.out);
}

#[tokio::test]
async fn an_invalid_setting_is_reported_by_name() {
    for (name, value) in [
        ("DATABASE_URL", "mysql://user:hunter2@localhost/books"),
        (
            "DATABASE_URL",
            "postgres://user:hunter2@localhost:port/books",
        ),
        ("DATABASE_URL", "hunter2"),
        ("FAIRHOLD_LISTEN", "localhost"),
        ("PORT", "70000"),
        ("FAIRHOLD_HOLD_TTL_SECONDS", "4"),
        ("FAIRHOLD_HOLD_TTL_SECONDS", "86401"),
        ("FAIRHOLD_SWEEP_INTERVAL_MS", "0"),
        ("FAIRHOLD_RETENTION_DAYS", "0"),
        ("FAIRHOLD_RETENTION_DAYS", "36501"),
        ("FAIRHOLD_RETENTION_DAYS", "0.5"),
        ("FAIRHOLD_LANES", "0"),
        ("FAIRHOLD_LANES", "many"),
        ("FAIRHOLD_BATCH_LIMIT", "0"),
        ("FAIRHOLD_QUEUE_LIMIT", "-1"),
        ("FAIRHOLD_DATABASE_CONNECTIONS", "2"),
        ("FAIRHOLD_DATABASE_CONNECTIONS", "3"),
        ("FAIRHOLD_DATABASE_CONNECTIONS", "401"),
        ("FAIRHOLD_REQUEST_TIMEOUT_MS", "0"),
        ("FAIRHOLD_DRAIN_DELAY_MS", "60001"),
        ("FAIRHOLD_TLS_CERTIFICATE", "/a/certificate"),
        ("FAIRHOLD_TLS_KEY", "/a/key"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
        ("FAIRHOLD_LOG", "fairhold=loud"),
        ("FAIRHOLD_ALLOW_OPEN_ACCESS", "yes please"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://user:hunter2@collector:4318",
        ),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://collector:4318?key=hunter2",
        ),
        ("FAIRHOLD_JWKS_URL", "http://id.example/keys"),
        ("FAIRHOLD_JWKS_URL", "https://user:hunter2@id.example/keys"),
        ("FAIRHOLD_JWT_PUBLIC_KEY", "/nonexistent.pem"),
        ("FAIRHOLD_JWT_ISSUER", "https://id.example"),
        ("FAIRHOLD_JWT_AUDIENCE", "shop"),
        ("FAIRHOLD_RATE_LIMIT", "sometimes"),
        ("FAIRHOLD_RATE_LIMIT_PER_USER", "50"),
        ("FAIRHOLD_RATE_LIMIT_PER_KEY", "3/s"),
        ("FAIRHOLD_RATE_LIMIT_PER_ADDRESS", "1/m,61"),
        ("FAIRHOLD_TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
        ("REDIS_URL", "http://user:hunter2@localhost"),
        ("REDIS_URL", "rediss://user:hunter2@localhost#insecure"),
        ("FAIRHOLD_LOG_FORMAT", "xml"),
        ("FAIRHOLD_FAIRNESS_FULL_THRESHOLD", "0.3"),
        ("FAIRHOLD_FAIRNESS_REDUCED_THRESHOLD", "0.9"),
        ("FAIRHOLD_FAIRNESS_REDUCED_SHARE", "0"),
        ("FAIRHOLD_FAIRNESS_MINIMAL_SHARE", "NaN"),
        ("FAIRHOLD_FAIRNESS_HALF_LIFE_DAYS", "inf"),
        ("FAIRHOLD_FAIRNESS_PROMOTION_FACTOR", "0.5"),
        ("FAIRHOLD_AI_BASE_URL", "models/v1"),
        ("FAIRHOLD_AI_BASE_URL", "ftp://models/v1"),
        ("FAIRHOLD_AI_BASE_URL", "https://user:hunter2@models/v1"),
        ("FAIRHOLD_AI_BASE_URL", "https://models/v1?key=hunter2"),
        ("FAIRHOLD_AI_MODEL", ""),
        ("FAIRHOLD_AI_MODEL", "  "),
        ("FAIRHOLD_AI_API_KEY", "hunter2 hunter2"),
        ("FAIRHOLD_AI_API_KEY", "hunter2\n"),
        ("FAIRHOLD_AI_CALLS_PER_MINUTE", "0"),
        ("FAIRHOLD_AI_CALLS_PER_MINUTE", "6001"),
    ] {
        let mut command = program(&["audit"]);
        if name.starts_with("FAIRHOLD_AI") {
            command.env("FAIRHOLD_AI_BASE_URL", "https://models/v1");
            command.env("FAIRHOLD_AI_MODEL", "m");
        }
        command.env(name, value);
        let ended = run(command).await;
        assert_eq!(ended.code, Some(2), "{name}={value}: {ended:?}");
        let flag = name
            .trim_start_matches("FAIRHOLD_")
            .to_lowercase()
            .replace('_', "-");
        assert!(
            ended.err.contains(&format!("--{flag}")),
            "{name}: {ended:?}"
        );
        assert!(ended.err.contains(name), "{name}: {ended:?}");
        assert!(!ended.err.contains("hunter2"), "{ended:?}");
        assert_eq!(ended.out, "");
    }
}

#[tokio::test]
async fn a_setting_that_is_not_utf8_is_reported() {
    let mut command = program(&["audit"]);
    command.env("PORT", OsStr::from_bytes(b"80\xff"));
    let ended = run(command).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("--port (PORT)"), "{ended:?}");
}

#[tokio::test]
async fn a_failing_setting_is_reported_with_its_cause_once() {
    let name = format!("fairhold-wrong-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let data = folder.to_str().unwrap();
    for (name, flag, value) in [
        (
            "FAIRHOLD_POSTGRES_BIN_DIR",
            "--postgres-bin-dir",
            "/nonexistent",
        ),
        ("FAIRHOLD_POSTGRES_BIN_DIR", "--postgres-bin-dir", "/dev"),
        ("FAIRHOLD_DATA_DIR", "--data-dir", "/proc/nope"),
        ("FAIRHOLD_DATA_DIR", "--data-dir", "/dev/null"),
    ] {
        for task in ["serve", "migrate"] {
            let mut command = program(&[task, "--listen=127.0.0.1:0"]);
            command.env("FAIRHOLD_DATA_DIR", data).env(name, value);
            let ended = run(command).await;
            assert_eq!(ended.code, Some(2), "{ended:?}");
            for named in [name, flag, value] {
                assert!(ended.err.contains(named), "{named}: {ended:?}");
            }
            assert!(ended.err.matches("os error").count() <= 1, "{ended:?}");
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn an_empty_variable_counts_as_unset() {
    let mut command = program(&["database-url"]);
    command.envs(SETTINGS.map(|name| (name, "")));
    let printed = run(command).await;
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert!(printed.out.contains("fairhold"), "{printed:?}");

    let mut command = program(&["--help"]);
    command.envs(SETTINGS.map(|name| (name, "")));
    let help = run(command).await;
    assert_eq!(help.code, Some(0), "{help:?}");
    for name in SETTINGS {
        assert!(help.out.contains(&format!("[env: {name}")), "{}", help.out);
    }

    let ended = run(program(&["database-url", "--listen="])).await;
    assert_eq!(ended.code, Some(2), "an empty flag is a mistake: {ended:?}");
}

#[tokio::test]
async fn more_lanes_bring_their_connections() {
    for lanes in ["1", "20", "64"] {
        let mut command = program(&["database-url"]);
        command.env("FAIRHOLD_LANES", lanes);
        let printed = run(command).await;
        assert_eq!(printed.code, Some(0), "{printed:?}");
    }
}

#[tokio::test]
async fn a_flag_overrides_the_environment() {
    let mut command = program(&["database-url", "--database-url", "postgres://flag/books"]);
    command.env("DATABASE_URL", "postgres://environment/books");
    let printed = run(command).await;
    assert_eq!(printed.out, "postgres://flag/books\n");
}

#[tokio::test]
async fn an_unknown_command_or_flag_is_reported() {
    for wrong in ["sell", "--color"] {
        let ended = run(program(&[wrong])).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(wrong), "{ended:?}");
    }
}
