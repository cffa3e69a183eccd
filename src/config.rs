//! Every setting, as a flag and an environment variable.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::http::Uri;
use clap::Args;
use thiserror::Error;

use crate::access;
use crate::analytics::insight::{ModelAccess, ModelSettings, ModelSettingsError};
use crate::connections::Identity;
use crate::database::{Source, embedded};
use crate::fairness;
use crate::limits;
use crate::telemetry::LogFormat;

/// The most connections that a process may be told to open.
pub const MOST_CONNECTIONS: u16 = 400;
const _: () = assert!(MOST_CONNECTIONS + 50 < embedded::MAX_CONNECTIONS);

/// The connections besides those of the lanes, where no setting says otherwise.
const OTHERS: u16 = 12;

/// How long it may take to hand the last answer over.
const FAREWELL: Duration = Duration::from_secs(1);

/// All settings. A flag counts more than its environment variable.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Where the database is; without it, Fairhold starts a PostgreSQL of its own
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    pub database_url: Option<String>,

    /// Data directory of the embedded PostgreSQL [default: `/var/lib/fairhold` for root,
    /// else `$XDG_DATA_HOME/fairhold` or `~/.local/share/fairhold`]
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

    /// The address to serve on [default: 127.0.0.1:8080, or 0.0.0.0:$PORT where PORT is set]
    #[arg(long, env = "FAIRHOLD_LISTEN", global = true, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,

    /// Serve on all addresses at this port, unless --listen says otherwise
    #[arg(long, env = "PORT", global = true, value_name = "PORT")]
    pub port: Option<u16>,

    /// How long a hold of the full tier lasts where a SKU does not say, in seconds, 5 to 86400
    #[arg(long, env = "FAIRHOLD_HOLD_TTL_SECONDS", global = true, value_name = "SECONDS",
          default_value_t = 300, value_parser = clap::value_parser!(i32).range(5..=86_400))]
    pub hold_ttl_seconds: i32,

    /// How often due holds are looked for, in milliseconds, 10 to 900
    #[arg(long, env = "FAIRHOLD_SWEEP_INTERVAL_MS", global = true, value_name = "MS",
          default_value_t = 250, value_parser = clap::value_parser!(u64).range(10..=900))]
    pub sweep_interval_ms: u64,

    /// Days after which ended reservations move to the history, 1 to 36500 [default: never]
    #[arg(long, env = "FAIRHOLD_RETENTION_DAYS", global = true, value_name = "DAYS",
          value_parser = clap::value_parser!(u16).range(1..=36_500))]
    pub retention_days: Option<u16>,

    /// How many lanes gather commands into transactions, 1 to 64
    #[arg(long, env = "FAIRHOLD_LANES", global = true, value_name = "COUNT",
          default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub lanes: u16,

    /// How many commands one transaction takes at most, 1 to 4096
    #[arg(long, env = "FAIRHOLD_BATCH_LIMIT", global = true, value_name = "COUNT",
          default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub batch_limit: u16,

    /// How many commands may wait for each lane; one more is refused, 1 to 1000000
    #[arg(long, env = "FAIRHOLD_QUEUE_LIMIT", global = true, value_name = "COUNT",
          default_value_t = 8192, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub queue_limit: u32,

    /// How many connections the process opens, up to 400: one for each lane, one or two for its jobs,
    /// at least one for reading [default: lanes + 12]
    #[arg(long, env = "FAIRHOLD_DATABASE_CONNECTIONS", global = true, value_name = "COUNT",
          value_parser = clap::value_parser!(u16).range(3..=i64::from(MOST_CONNECTIONS)))]
    pub database_connections: Option<u16>,

    /// How long a request may wait for its turn, and again for the database, in milliseconds: it is
    /// answered within twice this time
    #[arg(long, env = "FAIRHOLD_REQUEST_TIMEOUT_MS", global = true, value_name = "MS",
          default_value_t = 5000, value_parser = clap::value_parser!(u64).range(100..=60_000))]
    pub request_timeout_ms: u64,

    /// How many streams of live updates may be open at once, at most half of the connections that
    /// there is room for; one more is refused, 0 to 1000000
    #[arg(long, env = "FAIRHOLD_STREAM_LIMIT", global = true, value_name = "COUNT",
          default_value_t = 4096, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub stream_limit: u32,

    /// How long to serve on after being told to stop, while /readyz says so, in milliseconds, up to
    /// 60000
    #[arg(long, env = "FAIRHOLD_DRAIN_DELAY_MS", global = true, value_name = "MS",
          default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub drain_delay_ms: u64,

    /// The PEM file of the certificate to serve by HTTPS with, and those above it; it is read again
    /// when it changes [default: plain HTTP]
    #[arg(
        long,
        env = "FAIRHOLD_TLS_CERTIFICATE",
        hide_env_values = true,
        global = true,
        value_name = "FILE"
    )]
    pub tls_certificate: Option<PathBuf>,

    /// The PEM file of its private key
    #[arg(
        long,
        env = "FAIRHOLD_TLS_KEY",
        hide_env_values = true,
        global = true,
        value_name = "FILE"
    )]
    pub tls_key: Option<PathBuf>,

    /// What to log: a level, or a filter such as info,fairhold=debug
    #[arg(long = "log", env = "FAIRHOLD_LOG", global = true, value_name = "FILTER",
          default_value = "info", value_parser = log_filter)]
    pub log: String,

    /// How to log
    #[arg(
        long,
        env = "FAIRHOLD_LOG_FORMAT",
        global = true,
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// Where traces and metrics are sent by OTLP over HTTP, such as `http://localhost:4318`
    /// [default: nowhere]
    #[arg(long = "otel-exporter-otlp-endpoint", env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, value_name = "URL",
          hide_env_values = true, value_parser = http_url)]
    pub otlp_endpoint: Option<String>,

    /// How long whose holds last.
    #[command(flatten)]
    pub fairness: fairness::Settings,

    /// Who is let in.
    #[command(flatten)]
    pub access: access::Settings,

    /// How often somebody may ask.
    #[command(flatten)]
    pub limits: limits::Settings,

    #[command(flatten)]
    model: ModelSettings,
}

/// A setting that can't be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// The URL is none of PostgreSQL's.
    #[error(
        "--database-url (DATABASE_URL) is not a PostgreSQL URL: it should look like postgres://user:password@host:5432/database"
    )]
    DatabaseUrl,
    /// No connection would be left to read with.
    #[error(
        "--database-connections (FAIRHOLD_DATABASE_CONNECTIONS) must be at least two more than --lanes (FAIRHOLD_LANES), which is {lanes}: one for jobs, one for reading"
    )]
    TooFewConnections {
        /// How many lanes there are to be.
        lanes: u16,
    },
    /// Half of what TLS needs is missing.
    #[error(
        "--tls-certificate (FAIRHOLD_TLS_CERTIFICATE) and --tls-key (FAIRHOLD_TLS_KEY) need each other"
    )]
    Tls,
    /// No model can be asked so.
    #[error(transparent)]
    Model(#[from] ModelSettingsError),
    /// The tiers don't go together.
    #[error(transparent)]
    Fairness(#[from] fairness::SettingsError),
    /// Who is let in does not go together.
    #[error(transparent)]
    Access(#[from] access::SettingsError),
    /// The limits can't be counted so.
    #[error(transparent)]
    Limits(#[from] limits::SettingsError),
}

impl Settings {
    /// Checks what no single setting shows.
    ///
    /// # Errors
    /// A message that names the setting.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.source()?;
        self.access.check()?;
        self.limits.check()?;
        if self.database_connections() < self.lanes + 2 {
            return Err(SettingsError::TooFewConnections { lanes: self.lanes });
        }
        self.fairness.check()?;
        self.identity()?;
        self.model_access()?;
        Ok(())
    }

    /// Who the service is by TLS; `None`: it speaks plain HTTP.
    ///
    /// # Errors
    /// When there is a certificate without a key, or a key without a certificate.
    pub fn identity(&self) -> Result<Option<Identity>, SettingsError> {
        match (self.tls_certificate.clone(), self.tls_key.clone()) {
            (Some(certificate), Some(key)) => Ok(Some(Identity { certificate, key })),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(SettingsError::Tls),
        }
    }

    /// Where the database is.
    ///
    /// # Errors
    /// When the URL is not one.
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

    /// How many connections the process opens, those of the lanes among them.
    #[must_use]
    pub fn database_connections(&self) -> u16 {
        self.database_connections.unwrap_or(self.lanes + OTHERS)
    }

    /// Whether a platform says where to serve, and no person.
    #[must_use]
    pub fn is_address_by_platform(&self) -> bool {
        self.listen.is_none() && self.port.is_some()
    }

    /// The names of the setting that [`Self::address`] follows.
    #[must_use]
    pub fn address_setting(&self) -> &'static str {
        if self.is_address_by_platform() {
            "--port (PORT)"
        } else {
            "--listen (FAIRHOLD_LISTEN)"
        }
    }

    /// The address to serve on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let platform = self
            .port
            .map(|port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
        self.listen
            .or(platform)
            .unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080))
    }

    /// How often due holds are looked for.
    #[must_use]
    pub fn sweep_interval(&self) -> Duration {
        Duration::from_millis(self.sweep_interval_ms)
    }

    /// How long ago a reservation must have ended to be moved into the history; `None`: none is.
    #[must_use]
    pub fn retention(&self) -> Option<Duration> {
        let days = self.retention_days?;
        Some(Duration::from_hours(u64::from(days) * 24))
    }

    /// How long a request may wait for its turn, and again for the database.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// How many streams of live updates may be open at once.
    #[must_use]
    pub fn streams(&self) -> usize {
        usize::try_from(self.stream_limit).unwrap_or(usize::MAX)
    }

    /// How long a request may wait in all.
    #[must_use]
    pub fn request_time(&self) -> Duration {
        self.request_timeout() * 2
    }

    /// How long requests in flight may take to end once the service is told to stop: only a client
    /// that is stuck takes longer.
    #[must_use]
    pub fn drain_time(&self) -> Duration {
        self.request_time() + FAREWELL
    }

    /// How long to serve on once the service is told to stop, for those who still send requests
    /// here to hear of it.
    #[must_use]
    pub fn drain_delay(&self) -> Duration {
        Duration::from_millis(self.drain_delay_ms)
    }

    /// The model that writes the summaries; `None`: the rules do. A call takes no longer than any
    /// other wait, so that there is time left for the books.
    ///
    /// # Errors
    /// When there is a base URL, and the settings don't make sense with it.
    pub fn model_access(&self) -> Result<Option<ModelAccess>, SettingsError> {
        Ok(self.model.access(self.request_timeout())?)
    }
}

fn http_url(text: &str) -> Result<String, String> {
    let uri: Option<Uri> = text.parse().ok();
    let known = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    let uri = uri
        .filter(known)
        .ok_or("must be a URL that begins with http:// or https://")?;
    let bare = uri.query().is_none()
        && !uri
            .authority()
            .is_some_and(|host| host.as_str().contains('@'));
    bare.then(|| text.to_owned()).ok_or_else(|| {
        "must have no user, password or query: OTEL_EXPORTER_OTLP_HEADERS is for secrets".to_owned()
    })
}

fn log_filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}
