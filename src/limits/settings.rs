//! The settings that say how often somebody may ask.

use clap::{Args, ValueEnum};
use redis::{ConnectionAddr, IntoConnectionInfo};
use thiserror::Error;

use super::origin::Network;
use super::quota::Quota;

/// How often somebody may ask. A read costs one unit, a command four.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Rate limits")]
#[group(id = "limits")]
pub struct Settings {
    /// Whether the limits that are set count
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT",
        global = true,
        value_name = "SWITCH",
        default_value = "on"
    )]
    pub rate_limit: Switch,

    /// Units for each user, such as 20/s or 600/m, or 20/s,100 with 100 at once; a read costs 1, a
    /// command 4 [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_USER",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_user: Option<Quota>,

    /// The same for each API key [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_KEY",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_key: Option<Quota>,

    /// The same for each address, an IPv6 /64 being one, of whoever has no API key [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_ADDRESS",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_address: Option<Quota>,

    /// The proxies whose Forwarded or X-Forwarded-For is believed: addresses or networks, such as
    /// `10.0.0.0/8,fd00::/8` [default: none]
    #[arg(
        long,
        env = "FAIRHOLD_TRUSTED_PROXIES",
        global = true,
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<Network>,

    /// The Redis by which all processes share the limits, rediss:// by TLS [default: each has its own]
    #[arg(
        long,
        env = "REDIS_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    pub redis_url: Option<String>,
}

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It counts.
    On,
    /// It does not.
    Off,
}

/// Settings that can't be. The URL may have a password, so that no message shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// The URL is none of Redis's.
    #[error(
        "--redis-url (REDIS_URL) is not a Redis URL: it should look like redis://user:password@host:6379/0, rediss://user:password@host:6380/0 or unix:///run/redis.sock"
    )]
    RedisUrl,
    /// The URL asks to take anybody for Redis.
    #[error(
        "--redis-url (REDIS_URL) ends in #insecure: a Redis whose certificate counts for nothing could be anybody; SSL_CERT_FILE names the authority of one of your own"
    )]
    RedisInsecure,
}

impl Settings {
    /// Checks what no error of its own may show.
    ///
    /// # Errors
    /// A message that names the setting.
    pub fn check(&self) -> Result<(), SettingsError> {
        let url = self.redis_url.as_deref();
        match url.map(IntoConnectionInfo::into_connection_info) {
            Some(Err(_)) => Err(SettingsError::RedisUrl),
            Some(Ok(place)) if is_insecure(place.addr()) => Err(SettingsError::RedisInsecure),
            Some(Ok(_)) | None => Ok(()),
        }
    }

    /// Whether anything is limited.
    #[must_use]
    pub fn limit_anything(&self) -> bool {
        let quotas = [
            self.rate_limit_per_user,
            self.rate_limit_per_key,
            self.rate_limit_per_address,
        ];
        self.rate_limit == Switch::On && quotas.iter().any(Option::is_some)
    }
}

fn is_insecure(place: &ConnectionAddr) -> bool {
    matches!(place, ConnectionAddr::TcpTls { insecure: true, .. })
}
