//! The settings of access control.

use clap::Args;
use reqwest::Url;
use thiserror::Error;

use super::jwt::PublicKey;

/// Who is admitted besides holders of API keys.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Access")]
#[group(id = "access")]
pub struct AccessSettings {
    /// Serve everyone who can reach the address while no API keys exist
    #[arg(long, env = "FAIRHOLD_ALLOW_OPEN_ACCESS", global = true)]
    pub allow_open_access: bool,

    /// The JWKS URL of the shop's identity provider, whose tokens identify shoppers
    #[arg(long, env = "FAIRHOLD_JWKS_URL", global = true, value_name = "URL",
          hide_env_values = true, value_parser = jwks_url)]
    pub jwks_url: Option<Url>,

    /// The public key of the identity provider instead: a PEM file, or its content
    #[arg(long, env = "FAIRHOLD_JWT_PUBLIC_KEY", global = true, value_name = "PEM",
          hide_env_values = true, allow_hyphen_values = true, value_parser = PublicKey::read)]
    pub jwt_public_key: Option<PublicKey>,

    /// The issuer that tokens must have [default: any]
    #[arg(long, env = "FAIRHOLD_JWT_ISSUER", global = true, value_name = "TEXT")]
    pub jwt_issuer: Option<String>,

    /// The audience that tokens must have [default: any]
    #[arg(
        long,
        env = "FAIRHOLD_JWT_AUDIENCE",
        global = true,
        value_name = "TEXT"
    )]
    pub jwt_audience: Option<String>,
}

/// Settings that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccessSettingsError {
    /// Two sources of keys.
    #[error(
        "--jwks-url (FAIRHOLD_JWKS_URL) and --jwt-public-key (FAIRHOLD_JWT_PUBLIC_KEY) cannot both be set"
    )]
    TwoSources,
    /// Requirements for tokens without a source of keys.
    #[error(
        "--jwt-issuer (FAIRHOLD_JWT_ISSUER) and --jwt-audience (FAIRHOLD_JWT_AUDIENCE) need --jwks-url (FAIRHOLD_JWKS_URL) or --jwt-public-key (FAIRHOLD_JWT_PUBLIC_KEY)"
    )]
    NoSource,
}

impl AccessSettings {
    /// Checks the settings together.
    ///
    /// # Errors
    /// A message that names the settings.
    pub fn check(&self) -> Result<(), AccessSettingsError> {
        let demands = self.jwt_issuer.is_some() || self.jwt_audience.is_some();
        match (&self.jwks_url, &self.jwt_public_key) {
            (Some(_), Some(_)) => Err(AccessSettingsError::TwoSources),
            (None, None) if demands => Err(AccessSettingsError::NoSource),
            (Some(_) | None, None) | (None, Some(_)) => Ok(()),
        }
    }
}

/// Keys are fetched over TLS, since whoever could change them in transit could sign any token. Plain
/// HTTP is accepted only on this machine. No error shows the URL, whose query may have a secret.
fn jwks_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user or password".to_owned());
    }
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    let near = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if near => Ok(url),
        _ => Err("must be an https URL (http only for this machine)".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::jwks_url;

    #[test]
    fn keys_are_fetched_over_tls_or_from_this_machine() {
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
