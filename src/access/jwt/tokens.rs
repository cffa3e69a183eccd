//! Verifies the tokens of shoppers.

use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Header, Validation, decode, decode_header, get_current_timestamp};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::crypto;
use super::error::TokenError;
use super::keys::PublicKey;
use super::provider::Provider;
use crate::access::settings::AccessSettings;
use crate::reservations::UserId;

/// By how many seconds the clocks of the provider and this machine may differ.
const LEEWAY: u64 = 30;

/// The longest that a stream lasts on one token, whatever its `exp`.
const LONGEST: Duration = Duration::from_hours(24);

/// Verifies the tokens of shoppers.
#[derive(Debug, Clone)]
pub struct Tokens {
    source: KeySource,
    issuer: Option<String>,
    audience: Option<String>,
}

#[derive(Debug, Clone)]
enum KeySource {
    Fixed(PublicKey),
    Provider(Provider),
}

/// The shopper whose token was verified.
#[derive(Debug)]
pub struct Shopper {
    pub user_id: UserId,
    /// When the token expires.
    pub expires_at: Instant,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// Seconds since 1970, perhaps with a fraction. Checked by the validation rules.
    #[serde(default)]
    exp: Value,
}

impl Tokens {
    /// `None` without a configured provider.
    ///
    /// # Errors
    /// When the system has no certificates to know the provider by.
    pub fn new(settings: &AccessSettings) -> Result<Option<Self>, reqwest::Error> {
        crypto::provide();
        let source = match (&settings.jwt_public_key, &settings.jwks_url) {
            (Some(key), _) => KeySource::Fixed(key.clone()),
            (None, Some(url)) => KeySource::Provider(Provider::new(url.clone())?),
            (None, None) => return Ok(None),
        };
        Ok(Some(Self {
            source,
            issuer: settings.jwt_issuer.clone(),
            audience: settings.jwt_audience.clone(),
        }))
    }

    /// Keeps the provider's keys fresh until `stop` is cancelled.
    pub async fn refresh_keys(self, stop: CancellationToken) {
        match self.source {
            KeySource::Fixed(_) => {}
            KeySource::Provider(provider) => provider.run(stop).await,
        }
    }

    /// The shopper whose token it is.
    ///
    /// # Errors
    /// When it is not signed by the provider, not meant for this service, or not for now; when there
    /// are no keys yet to tell by.
    pub async fn verify(&self, token: &str) -> Result<Shopper, TokenError> {
        let header =
            decode_header(token).map_err(|_| TokenError::Wrong("the token is not a JWT"))?;
        if header.crit.is_some() {
            return Err(TokenError::Wrong(
                "the token has an unknown critical header",
            ));
        }
        let key = self.key_for(&header).await?;
        let rules = self.rules(&key);
        let decoded = decode::<Claims>(token, key.key(), &rules);
        let claims = decoded.map_err(|error| explained(error.kind()))?.claims;
        let user_id = UserId::parse(&claims.sub);
        Ok(Shopper {
            user_id: user_id
                .map_err(|_| TokenError::Wrong("the sub claim is not a valid user_id"))?,
            expires_at: Instant::now() + claims.left(),
        })
    }

    async fn key_for(&self, header: &Header) -> Result<PublicKey, TokenError> {
        match &self.source {
            KeySource::Fixed(key) => Ok(key.clone()),
            KeySource::Provider(provider) => provider.key(header.kid.as_deref()).await,
        }
    }

    /// The algorithm is the one of the key, never the one that the token names.
    fn rules(&self, key: &PublicKey) -> Validation {
        let mut rules = Validation::new(key.algorithm());
        let mut required = vec!["exp", "sub"];
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        rules.validate_aud = self.audience.is_some();
        if let Some(audience) = &self.audience {
            rules.set_audience(&[audience]);
            required.push("aud");
        }
        if let Some(issuer) = &self.issuer {
            rules.set_issuer(&[issuer]);
            required.push("iss");
        }
        rules.set_required_spec_claims(&required);
        rules
    }
}

impl Claims {
    /// How long the token is good for from now on, in whole seconds.
    fn left(&self) -> Duration {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates"
        )]
        let expires = self.exp.as_f64().unwrap_or_default() as u64;
        let ends = expires.saturating_add(LEEWAY);
        let left = Duration::from_secs(ends.saturating_sub(get_current_timestamp()));
        left.min(LONGEST)
    }
}

fn explained(kind: &ErrorKind) -> TokenError {
    TokenError::Wrong(match kind {
        ErrorKind::ExpiredSignature => "the token has expired",
        ErrorKind::ImmatureSignature => "the token is not valid yet",
        ErrorKind::InvalidIssuer => "the token has another issuer",
        ErrorKind::InvalidAudience => "the token is for another audience",
        ErrorKind::InvalidAlgorithm => "the token has another algorithm than the key",
        ErrorKind::InvalidSignature => "the token has an invalid signature",
        ErrorKind::MissingRequiredClaim(_) => {
            "the token lacks a required claim: exp, sub, aud or iss"
        }
        _ => "the token cannot be read",
    })
}
