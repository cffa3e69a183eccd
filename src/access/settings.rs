//! The settings that say who may do what.

use clap::Args;
use reqwest::Url;
use thiserror::Error;

use super::jwt::PublicKey;

/// Who is let in, besides those who have an API key.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Access")]
#[group(id = "access")]
pub struct Settings {
    /// Serve everybody who reaches the address for as long as there are no API keys
    #[arg(long, env = "FAIRHOLD_ALLOW_OPEN_ACCESS", global = true)]
    pub allow_open_access: bool,

    /// Where the shop's identity provider publishes its keys: its shoppers' tokens are taken
    #[arg(long, env = "FAIRHOLD_JWKS_URL", global = true, value_name = "URL",
          hide_env_values = true, value_parser = jwks_url)]
    pub jwks_url: Option<Url>,

    /// The one key of the identity provider instead: a PEM file, or what stands in one
    #[arg(long, env = "FAIRHOLD_JWT_PUBLIC_KEY", global = true, value_name = "PEM",
          hide_env_values = true, allow_hyphen_values = true, value_parser = PublicKey::read)]
    pub jwt_public_key: Option<PublicKey>,

    /// The issuer that a token must name [default: any]
    #[arg(long, env = "FAIRHOLD_JWT_ISSUER", global = true, value_name = "TEXT")]
    pub jwt_issuer: Option<String>,

    /// The audience that a token must name [default: any]
    #[arg(
        long,
        env = "FAIRHOLD_JWT_AUDIENCE",
        global = true,
        value_name = "TEXT"
    )]
    pub jwt_audience: Option<String>,
}

/// Settings that don't go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// Two places that tell whom to trust.
    #[error(
        "--jwks-url (FAIRHOLD_JWKS_URL) and --jwt-public-key (FAIRHOLD_JWT_PUBLIC_KEY) can't both be set"
    )]
    TwoSources,
    /// A demand on tokens that nobody could sign.
    #[error(
        "--jwt-issuer (FAIRHOLD_JWT_ISSUER) and --jwt-audience (FAIRHOLD_JWT_AUDIENCE) need --jwks-url (FAIRHOLD_JWKS_URL) or --jwt-public-key (FAIRHOLD_JWT_PUBLIC_KEY)"
    )]
    NoSource,
}

impl Settings {
    /// Checks what no single setting shows.
    ///
    /// # Errors
    /// A message that names the settings.
    pub fn check(&self) -> Result<(), SettingsError> {
        let demands = self.jwt_issuer.is_some() || self.jwt_audience.is_some();
        match (&self.jwks_url, &self.jwt_public_key) {
            (Some(_), Some(_)) => Err(SettingsError::TwoSources),
            (None, None) if demands => Err(SettingsError::NoSource),
            (Some(_) | None, None) | (None, Some(_)) => Ok(()),
        }
    }
}

/// Whoever can change the keys on their way can be anybody: in the clear only within the machine.
/// No error may show the URL, whose query may have a secret.
fn jwks_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must have no user or password: keys that are published need none".to_owned());
    }
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    let near = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if near => Ok(url),
        _ => Err("must be an https URL; http only on this machine".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::jwks_url;

    #[test]
    fn keys_come_encrypted_or_from_this_machine() {
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
