//! Rate limit settings.

use clap::{Args, ValueEnum};
use redis::{ConnectionAddr, IntoConnectionInfo};
use thiserror::Error;

use super::origin::Network;
use super::quota::Quota;

/// A read costs one unit, a command four.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Rate limits")]
#[group(id = "limits")]
pub struct Settings {
    /// Turns rate limits on or off without changing them
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT",
        global = true,
        value_name = "SWITCH",
        default_value = "on"
    )]
    pub rate_limit: Switch,

    /// Limit for each user: units per second or minute, with an optional burst, such as 20/s, 600/m
    /// or 20/s,100; a read costs 1 unit, a command 4 [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_USER",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_user: Option<Quota>,

    /// Limit for each API key, in the same form [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_KEY",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_key: Option<Quota>,

    /// Limit for each client address (an IPv6 /64 counts as one) without an API key, in the same form
    /// [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_ADDRESS",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_address: Option<Quota>,

    /// Proxies whose Forwarded and X-Forwarded-For headers are trusted: addresses or networks, such
    /// as `10.0.0.0/8,fd00::/8` [default: none]
    #[arg(
        long,
        env = "FAIRHOLD_TRUSTED_PROXIES",
        global = true,
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<Network>,

    /// Redis through which all processes share the limits; rediss:// for TLS [default: each process
    /// has its own limits]
    #[arg(
        long,
        env = "REDIS_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    pub redis_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// Messages don't show the URL, which may contain a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsError {
    #[error(
        "--redis-url (REDIS_URL) is not a Redis URL: use the form redis://user:password@host:6379/0, rediss://user:password@host:6380/0 or unix:///run/redis.sock"
    )]
    RedisUrl,
    #[error(
        "--redis-url (REDIS_URL) must not end in #insecure, which turns certificate checks off: set SSL_CERT_FILE to trust your own certificate authority"
    )]
    RedisInsecure,
}

impl Settings {
    /// # Errors
    /// When the Redis URL is invalid or turns certificate checks off.
    pub fn check(&self) -> Result<(), SettingsError> {
        let url = self.redis_url.as_deref();
        match url.map(IntoConnectionInfo::into_connection_info) {
            Some(Err(_)) => Err(SettingsError::RedisUrl),
            Some(Ok(info)) if is_insecure(info.addr()) => Err(SettingsError::RedisInsecure),
            Some(Ok(_)) | None => Ok(()),
        }
    }

    #[must_use]
    pub fn has_limits(&self) -> bool {
        let quotas = [
            self.rate_limit_per_user,
            self.rate_limit_per_key,
            self.rate_limit_per_address,
        ];
        self.rate_limit == Switch::On && quotas.iter().any(Option::is_some)
    }
}

fn is_insecure(address: &ConnectionAddr) -> bool {
    matches!(address, ConnectionAddr::TcpTls { insecure: true, .. })
}
