//! All settings, each a flag and an environment variable.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::http::Uri;
use clap::Args;
use thiserror::Error;
use tracing_subscriber::filter::Targets;

use crate::access;
use crate::analytics::insight::{ModelConfig, ModelSettings, ModelSettingsError};
use crate::connections::Identity;
use crate::database::{Source, embedded};
use crate::fairness;
use crate::limits;
use crate::telemetry::LogFormat;

/// Upper limit of `--database-connections`.
pub const MAX_CONNECTIONS: u16 = 400;
const _: () = assert!(MAX_CONNECTIONS + 50 < embedded::MAX_CONNECTIONS);

/// Default number of connections besides one for each lane.
const OTHER_CONNECTIONS: u16 = 12;

/// Time to send the last response while draining.
const LAST_RESPONSE_TIME: Duration = Duration::from_secs(1);

/// A flag overrides its environment variable.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// URL of the PostgreSQL database; if unset, Fairhold runs the embedded PostgreSQL
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    pub database_url: Option<String>,

    /// Data directory of the embedded PostgreSQL [default: `/var/lib/fairhold` for root, else
    /// `$XDG_DATA_HOME/fairhold` or `~/.local/share/fairhold`]
    #[arg(long, env = "FAIRHOLD_DATA_DIR", global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Directory of PostgreSQL's server programs [default: auto-detected]
    #[arg(
        long,
        env = "FAIRHOLD_POSTGRES_BIN_DIR",
        global = true,
        value_name = "FOLDER"
    )]
    pub postgres_bin_dir: Option<PathBuf>,

    /// Address to listen on [default: 127.0.0.1:8080, or 0.0.0.0:$PORT if PORT is set]
    #[arg(long, env = "FAIRHOLD_LISTEN", global = true, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,

    /// Port to listen on, on all addresses; --listen overrides it
    #[arg(long, env = "PORT", global = true, value_name = "PORT")]
    pub port: Option<u16>,

    /// Default hold time of a SKU, in seconds, 5 to 86400; users in the full tier get all of it
    #[arg(long, env = "FAIRHOLD_HOLD_TTL_SECONDS", global = true, value_name = "SECONDS",
          default_value_t = 300, value_parser = clap::value_parser!(i32).range(5..=86_400))]
    pub hold_ttl_seconds: i32,

    /// Interval of the expiry sweep, in milliseconds, 10 to 900
    #[arg(long, env = "FAIRHOLD_SWEEP_INTERVAL_MS", global = true, value_name = "MS",
          default_value_t = 250, value_parser = clap::value_parser!(u64).range(10..=900))]
    pub sweep_interval_ms: u64,

    /// Days after which ended reservations move to the history table, 1 to 36500 [default: never]
    #[arg(long, env = "FAIRHOLD_RETENTION_DAYS", global = true, value_name = "DAYS",
          value_parser = clap::value_parser!(u16).range(1..=36_500))]
    pub retention_days: Option<u16>,

    /// Number of lanes, each of which batches commands into transactions, 1 to 64
    #[arg(long, env = "FAIRHOLD_LANES", global = true, value_name = "COUNT",
          default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub lanes: u16,

    /// Maximum number of commands in one transaction, 1 to 4096
    #[arg(long, env = "FAIRHOLD_BATCH_LIMIT", global = true, value_name = "COUNT",
          default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub batch_limit: u16,

    /// Maximum number of commands waiting for each lane, 1 to 1000000; more are refused
    #[arg(long, env = "FAIRHOLD_QUEUE_LIMIT", global = true, value_name = "COUNT",
          default_value_t = 8192, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub queue_limit: u32,

    /// Maximum number of database connections, up to 400: one for each lane, one or two for
    /// background jobs, up to two for checkout, at least one for reads [default: lanes + 12]
    #[arg(long, env = "FAIRHOLD_DATABASE_CONNECTIONS", global = true, value_name = "COUNT",
          value_parser = clap::value_parser!(u16).range(3..=i64::from(MAX_CONNECTIONS)))]
    pub database_connections: Option<u16>,

    /// Time limit for waiting in a lane, and again for the database, in milliseconds, 100 to 60000;
    /// every request is answered within twice this time
    #[arg(long, env = "FAIRHOLD_REQUEST_TIMEOUT_MS", global = true, value_name = "MS",
          default_value_t = 5000, value_parser = clap::value_parser!(u64).range(100..=60_000))]
    pub request_timeout_ms: u64,

    /// Maximum number of connected clients, 1 to 1000000; more wait until others leave
    #[arg(long, env = "FAIRHOLD_CONNECTION_LIMIT", global = true, value_name = "COUNT",
          default_value_t = 6000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub connection_limit: u32,

    /// Memory for large requests and responses of all clients together, in MB, 1 to 100000; further
    /// ones are refused
    #[arg(long, env = "FAIRHOLD_BUFFER_LIMIT_MB", global = true, value_name = "MB",
          default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub buffer_limit_mb: u32,

    /// Maximum number of open live-update streams, 0 to 1000000, but at most half of all client
    /// connections; more are refused
    #[arg(long, env = "FAIRHOLD_STREAM_LIMIT", global = true, value_name = "COUNT",
          default_value_t = 4096, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub stream_limit: u32,

    /// How long to keep serving after a stop signal while /readyz returns 503, in milliseconds, up to
    /// 60000
    #[arg(long, env = "FAIRHOLD_DRAIN_DELAY_MS", global = true, value_name = "MS",
          default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub drain_delay_ms: u64,

    /// PEM file with the certificate chain for HTTPS, reloaded when it changes [default: plain HTTP]
    #[arg(
        long,
        env = "FAIRHOLD_TLS_CERTIFICATE",
        hide_env_values = true,
        global = true,
        value_name = "FILE"
    )]
    pub tls_certificate: Option<PathBuf>,

    /// PEM file with the certificate's private key
    #[arg(
        long,
        env = "FAIRHOLD_TLS_KEY",
        hide_env_values = true,
        global = true,
        value_name = "FILE"
    )]
    pub tls_key: Option<PathBuf>,

    /// Log level, or a filter such as info,fairhold=debug
    #[arg(
        long = "log",
        env = "FAIRHOLD_LOG",
        global = true,
        value_name = "FILTER",
        default_value = "info"
    )]
    pub log: Targets,

    /// Log format
    #[arg(
        long,
        env = "FAIRHOLD_LOG_FORMAT",
        global = true,
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// Endpoint for traces and metrics (OTLP over HTTP), such as `http://localhost:4318`
    /// [default: none]
    #[arg(long = "otel-exporter-otlp-endpoint", env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, value_name = "URL",
          hide_env_values = true, value_parser = http_url)]
    pub otlp_endpoint: Option<String>,

    #[command(flatten)]
    pub fairness: fairness::FairnessSettings,

    #[command(flatten)]
    pub access: access::AccessSettings,

    #[command(flatten)]
    pub limits: limits::LimitSettings,

    #[command(flatten)]
    model: ModelSettings,
}

/// An invalid setting.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    #[error(
        "--database-url (DATABASE_URL) is not a PostgreSQL URL: use the form postgres://user:password@host:5432/database"
    )]
    DatabaseUrl,
    #[error(
        "--database-connections (FAIRHOLD_DATABASE_CONNECTIONS) must be at least {}: --lanes (FAIRHOLD_LANES) plus one for background jobs and one for reads", lanes + 2
    )]
    TooFewConnections { lanes: u16 },
    #[error(
        "--tls-certificate (FAIRHOLD_TLS_CERTIFICATE) and --tls-key (FAIRHOLD_TLS_KEY) must be set together"
    )]
    Tls,
    #[error(transparent)]
    Model(#[from] ModelSettingsError),
    #[error(transparent)]
    Fairness(#[from] fairness::FairnessSettingsError),
    #[error(transparent)]
    Access(#[from] access::AccessSettingsError),
    #[error(transparent)]
    Limits(#[from] limits::LimitSettingsError),
}

impl Settings {
    /// Checks combinations of settings.
    ///
    /// # Errors
    /// The message names the settings.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.source()?;
        self.access.check()?;
        self.limits.check()?;
        if self.database_connections() < self.lanes + 2 {
            return Err(SettingsError::TooFewConnections { lanes: self.lanes });
        }
        self.fairness.check()?;
        self.identity()?;
        self.model_config()?;
        Ok(())
    }

    /// The certificate and key for HTTPS; `None` for plain HTTP.
    ///
    /// # Errors
    /// When only one of them is set.
    pub fn identity(&self) -> Result<Option<Identity>, SettingsError> {
        match (self.tls_certificate.clone(), self.tls_key.clone()) {
            (Some(certificate), Some(key)) => Ok(Some(Identity { certificate, key })),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(SettingsError::Tls),
        }
    }

    /// # Errors
    /// When the database URL is invalid.
    pub fn source(&self) -> Result<Source, SettingsError> {
        let given = self.database_url.as_ref().filter(|url| !url.is_empty());
        let Some(url) = given else {
            return Ok(Source::Embedded(embedded::options(
                self.data_dir.clone(),
                self.postgres_bin_dir.clone(),
            )));
        };
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let options = url.parse().ok().filter(|_| postgres);
        Ok(Source::Given {
            url: url.clone(),
            options: Box::new(options.ok_or(SettingsError::DatabaseUrl)?),
        })
    }

    /// Maximum number of database connections, including one for each lane.
    #[must_use]
    pub fn database_connections(&self) -> u16 {
        self.database_connections
            .unwrap_or(self.lanes + OTHER_CONNECTIONS)
    }

    /// Whether the address comes from `PORT` alone, which a platform sets.
    #[must_use]
    pub fn is_address_by_platform(&self) -> bool {
        self.listen.is_none() && self.port.is_some()
    }

    /// The setting that determines [`Self::address`].
    #[must_use]
    pub fn address_setting(&self) -> &'static str {
        if self.is_address_by_platform() {
            "--port (PORT)"
        } else {
            "--listen (FAIRHOLD_LISTEN)"
        }
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let platform = self
            .port
            .map(|port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
        self.listen
            .or(platform)
            .unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080))
    }

    #[must_use]
    pub fn sweep_interval(&self) -> Duration {
        Duration::from_millis(self.sweep_interval_ms)
    }

    /// Minimum time since a reservation's end before it moves to the history; `None` for never.
    #[must_use]
    pub fn retention(&self) -> Option<Duration> {
        let days = self.retention_days?;
        Some(Duration::from_hours(u64::from(days) * 24))
    }

    /// Time limit for waiting in a lane, and again for the database.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    #[must_use]
    pub fn connection_limit(&self) -> usize {
        usize::try_from(self.connection_limit).unwrap_or(usize::MAX)
    }

    /// In bytes.
    #[must_use]
    pub fn buffer_limit(&self) -> usize {
        usize::try_from(self.buffer_limit_mb).map_or(usize::MAX, |megabytes| megabytes << 20)
    }

    #[must_use]
    pub fn max_streams(&self) -> usize {
        usize::try_from(self.stream_limit).unwrap_or(usize::MAX)
    }

    /// Time limit for all waits of a request together.
    #[must_use]
    pub fn request_time(&self) -> Duration {
        self.request_timeout() * 2
    }

    /// How long to wait for requests in flight after a stop signal. Only a stuck client takes longer.
    #[must_use]
    pub fn drain_time(&self) -> Duration {
        self.request_time() + LAST_RESPONSE_TIME
    }

    /// How long to keep serving after a stop signal, until load balancers notice.
    #[must_use]
    pub fn drain_delay(&self) -> Duration {
        Duration::from_millis(self.drain_delay_ms)
    }

    /// The model that writes summaries; `None` for rule-based ones. A call takes at most the request
    /// timeout, which leaves time for the database.
    ///
    /// # Errors
    /// When the model's settings are invalid or incomplete.
    pub fn model_config(&self) -> Result<Option<ModelConfig>, SettingsError> {
        Ok(self.model.config(self.request_timeout())?)
    }
}

fn http_url(text: &str) -> Result<String, String> {
    let uri: Option<Uri> = text.parse().ok();
    let known = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    let uri = uri
        .filter(known)
        .ok_or("must be an http:// or https:// URL")?;
    let bare = uri.query().is_none()
        && !uri
            .authority()
            .is_some_and(|host| host.as_str().contains('@'));
    bare.then(|| text.to_owned()).ok_or_else(|| {
        "must not contain a user, password or query: set secrets in OTEL_EXPORTER_OTLP_HEADERS"
            .to_owned()
    })
}
