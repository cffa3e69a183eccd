//! Access settings.

use clap::Args;
use reqwest::Url;
use thiserror::Error;

use super::jwt::PublicKey;

/// Access besides API keys.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Access")]
#[group(id = "access")]
pub struct Settings {
    /// Allow everyone who can reach the server full access while there are no API keys
    #[arg(long, env = "FAIRHOLD_ALLOW_OPEN_ACCESS", global = true)]
    pub allow_open_access: bool,

    /// URL of the identity provider's key set (JWKS), to accept shoppers' tokens (JWT)
    #[arg(long, env = "FAIRHOLD_JWKS_URL", global = true, value_name = "URL",
          hide_env_values = true, value_parser = jwks_url)]
    pub jwks_url: Option<Url>,

    /// Public key of the identity provider, instead of --jwks-url: a PEM file, or the PEM text itself
    #[arg(long, env = "FAIRHOLD_JWT_PUBLIC_KEY", global = true, value_name = "PEM",
          hide_env_values = true, allow_hyphen_values = true, value_parser = PublicKey::read)]
    pub jwt_public_key: Option<PublicKey>,

    /// Required issuer (iss) of tokens [default: any]
    #[arg(long, env = "FAIRHOLD_JWT_ISSUER", global = true, value_name = "TEXT")]
    pub jwt_issuer: Option<String>,

    /// Required audience (aud) of tokens [default: any]
    #[arg(
        long,
        env = "FAIRHOLD_JWT_AUDIENCE",
        global = true,
        value_name = "TEXT"
    )]
    pub jwt_audience: Option<String>,
}

/// Conflicting settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsError {
    #[error(
        "--jwks-url (FAIRHOLD_JWKS_URL) and --jwt-public-key (FAIRHOLD_JWT_PUBLIC_KEY) cannot both be set"
    )]
    TwoSources,
    #[error(
        "--jwt-issuer (FAIRHOLD_JWT_ISSUER) and --jwt-audience (FAIRHOLD_JWT_AUDIENCE) require --jwks-url (FAIRHOLD_JWKS_URL) or --jwt-public-key (FAIRHOLD_JWT_PUBLIC_KEY)"
    )]
    NoSource,
}

impl Settings {
    /// Checks combinations of settings.
    ///
    /// # Errors
    /// The message names the settings.
    pub fn check(&self) -> Result<(), SettingsError> {
        let demands = self.jwt_issuer.is_some() || self.jwt_audience.is_some();
        match (&self.jwks_url, &self.jwt_public_key) {
            (Some(_), Some(_)) => Err(SettingsError::TwoSources),
            (None, None) if demands => Err(SettingsError::NoSource),
            (Some(_) | None, None) | (None, Some(_)) => Ok(()),
        }
    }
}

/// An attacker who can change the keys in transit can sign any token, so plain HTTP is allowed only
/// within this machine. Errors don't show the URL, whose query may contain a secret.
fn jwks_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user or password".to_owned());
    }
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    let is_local = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_local => Ok(url),
        _ => Err("must be an https:// URL; http:// is allowed only for this machine".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::jwks_url;

    #[test]
    fn plain_http_is_allowed_only_for_this_machine() {
        for good in [
            "https://id.example/keys",
            "http://127.0.0.1:9000/jwks.json",
            "http://[::1]/x",
            "http://localhost:8080/x",
        ] {
            assert!(jwks_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.example/keys",
            "http://localhost.example/keys",
            "http://127.0.0.1.example/keys",
            "file:///etc/keys",
            "https://user@id.example/keys",
            "https://:password@id.example/keys",
            "keys",
            "",
        ] {
            assert!(jwks_url(bad).is_err(), "{bad}");
        }
    }
}
