//! Authenticates each request and checks the permission of its route.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::api_key_cache::ApiKeyCache;
use super::bearer::{Bearer, take};
use super::caller::Caller;
use super::challenge;
use super::credential_expiry::CredentialExpiry;
use super::jwt::{TokenError, Tokens};
use super::open_access::OpenAccessPolicy;
use super::permission::Permission;
use super::secret::{PREFIX, SecretHash};
use crate::http::{Middleware, Next, Problem};

/// Knows the API keys, the identity provider, and whom to serve without either.
#[derive(Debug)]
pub struct Authenticator {
    keys: ApiKeyCache,
    tokens: Option<Tokens>,
    open_access: OpenAccessPolicy,
}

/// The middleware in front of the routes that require one permission. It passes on the [`Caller`] and
/// the [`CredentialExpiry`] as request extensions.
#[derive(Debug)]
pub struct AuthLayer {
    authenticator: Arc<Authenticator>,
    permission: Permission,
}

impl AuthLayer {
    /// Requires `permission`.
    #[must_use]
    pub fn new(authenticator: Arc<Authenticator>, permission: Permission) -> Self {
        Self {
            authenticator,
            permission,
        }
    }
}

impl Middleware for AuthLayer {
    async fn handle(self: Arc<Self>, request: Request, next: impl Next) -> Response {
        let (mut parts, body) = request.into_parts();
        match self.authenticator.admit(&mut parts, self.permission).await {
            Ok((caller, expiry)) => {
                parts.extensions.insert(caller);
                parts.extensions.insert(expiry);
                next.run(Request::from_parts(parts, body)).await
            }
            Err(problem) => problem.into_response(),
        }
    }
}

impl Authenticator {
    /// Authenticates by `keys` and, if given, `tokens`. `open_access` applies while there are neither.
    #[must_use]
    pub fn new(keys: ApiKeyCache, tokens: Option<Tokens>, open_access: OpenAccessPolicy) -> Self {
        Self {
            keys,
            tokens,
            open_access,
        }
    }

    async fn admit(
        &self,
        parts: &mut Parts,
        permission: Permission,
    ) -> Result<(Caller, CredentialExpiry), Problem> {
        let bearer = take(&mut parts.headers);
        if permission == Permission::Probe {
            return Ok((Caller::Anyone, CredentialExpiry::Never));
        }
        if !self.requires_credentials() {
            let allowed = self.open_access.ensure_allowed(parts);
            return allowed
                .map(|()| {
                    let until_first_key = CredentialExpiry::FirstKey(self.keys.clone());
                    (Caller::Anyone, until_first_key)
                })
                .map_err(challenge::open_access_refused);
        }
        if permission == Permission::Public {
            return Ok((Caller::Anyone, CredentialExpiry::Never));
        }
        let (caller, expiry) = self.authenticate(bearer).await?;
        if !permission.is_granted_to(&caller) {
            return Err(challenge::insufficient_scope(permission));
        }
        Ok((caller, expiry))
    }

    /// Whether there is any credential to present. If so, everybody must.
    fn requires_credentials(&self) -> bool {
        self.tokens.is_some() || self.keys.is_in_use()
    }

    async fn authenticate(&self, bearer: Bearer) -> Result<(Caller, CredentialExpiry), Problem> {
        let token = match bearer {
            Bearer::Nothing => return Err(challenge::unauthenticated()),
            Bearer::Unreadable => return Err(challenge::invalid("the credential cannot be read")),
            Bearer::Token(token) => token,
        };
        if token.starts_with(PREFIX) {
            self.authenticate_key(&token)
        } else {
            self.authenticate_token(&token).await
        }
    }

    fn authenticate_key(&self, key: &str) -> Result<(Caller, CredentialExpiry), Problem> {
        let hash = SecretHash::of(key);
        let caller = self.keys.caller_of(&hash);
        let caller =
            caller.ok_or_else(|| challenge::invalid("the API key is unknown or revoked"))?;
        Ok((caller, CredentialExpiry::Key(self.keys.clone(), hash)))
    }

    async fn authenticate_token(&self, token: &str) -> Result<(Caller, CredentialExpiry), Problem> {
        let Some(tokens) = &self.tokens else {
            return Err(challenge::invalid("the credential is not an API key"));
        };
        let shopper = tokens.verify(token).await.map_err(|error| match error {
            TokenError::Wrong(why) => challenge::invalid(why),
            TokenError::NoKeys => challenge::no_provider_keys(),
        })?;
        let expiry = CredentialExpiry::At(shopper.expires_at);
        Ok((Caller::user(shopper.user_id), expiry))
    }
}
