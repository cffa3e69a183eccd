//! Settings of the rate limits.

use clap::{Args, ValueEnum};
use redis::{ConnectionAddr, IntoConnectionInfo};
use thiserror::Error;

use super::client_ip::Network;
use super::quota::Quota;

/// Quotas in units: a read costs one, a command four. Confirm and cancel are counted apart.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Rate limits")]
#[group(id = "limits")]
pub struct LimitSettings {
    /// Turn the limits below on or off
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT",
        global = true,
        value_name = "SWITCH",
        default_value = "on"
    )]
    pub rate_limit: Switch,

    /// Units for each user, such as 20/s or 600/m, or 20/s,100 for a burst of 100; a read costs 1, a
    /// command 4 [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_USER",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_user: Option<Quota>,

    /// Units for each API key, in the same form [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_KEY",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_key: Option<Quota>,

    /// Units for each client address (an IPv6 /64 counts as one) without an API key [default: no limit]
    #[arg(
        long,
        env = "FAIRHOLD_RATE_LIMIT_PER_ADDRESS",
        global = true,
        value_name = "QUOTA"
    )]
    pub rate_limit_per_address: Option<Quota>,

    /// Proxies whose Forwarded or X-Forwarded-For is trusted: addresses or networks, such as
    /// `10.0.0.0/8,fd00::/8` [default: none]
    #[arg(
        long,
        env = "FAIRHOLD_TRUSTED_PROXIES",
        global = true,
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<Network>,

    /// Redis in which all processes share the limits; rediss:// uses TLS [default: each process counts alone]
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

/// Invalid settings. The URL may contain a password, so no message shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LimitSettingsError {
    #[error(
        "--redis-url (REDIS_URL) is not a Redis URL; expected one like redis://user:password@host:6379/0, rediss://user:password@host:6380/0 or unix:///run/redis.sock"
    )]
    RedisUrl,
    /// The URL turns certificate checks off.
    #[error(
        "--redis-url (REDIS_URL) ends in #insecure, which would accept any certificate; to trust a private certificate authority, set SSL_CERT_FILE to its certificate"
    )]
    RedisInsecure,
}

impl LimitSettings {
    /// Checks the Redis URL.
    ///
    /// # Errors
    /// When it is invalid or insecure.
    pub fn check(&self) -> Result<(), LimitSettingsError> {
        let url = self.redis_url.as_deref();
        match url.map(IntoConnectionInfo::into_connection_info) {
            Some(Err(_)) => Err(LimitSettingsError::RedisUrl),
            Some(Ok(info)) if is_insecure(info.addr()) => Err(LimitSettingsError::RedisInsecure),
            Some(Ok(_)) | None => Ok(()),
        }
    }

    /// Whether anything is limited.
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
