//! The gate: every request passes it, and none passes by.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::bearer::{Bearer, take};
use super::caller::Caller;
use super::jwt::Tokens;
use super::keyring::Keyring;
use super::needs::{Finding, Need, find};
use super::openness::Openness;
use super::refusal;
use super::secret::{Digest, PREFIX};
use super::standing::Standing;
use crate::connections::Peer;
use crate::http::{Around, Behind, Problem};

/// What the gate knows.
#[derive(Debug)]
pub struct Gate {
    keyring: Keyring,
    tokens: Option<Tokens>,
    openness: Openness,
}

impl Around for Gate {
    async fn around(self: Arc<Self>, request: Request, routes: impl Behind) -> Response {
        let (mut parts, body) = request.into_parts();
        match self.admit(&mut parts).await {
            Ok((caller, standing)) => {
                parts.extensions.insert(caller);
                parts.extensions.insert(standing);
                routes.answer(Request::from_parts(parts, body)).await
            }
            Err(problem) => problem.into_response(),
        }
    }
}

impl Gate {
    /// A gate that knows the holders of `keyring` and, where there are `tokens`, the shoppers.
    /// While it knows nobody, it lets in whom `openness` says.
    #[must_use]
    pub fn new(keyring: Keyring, tokens: Option<Tokens>, openness: Openness) -> Self {
        Self {
            keyring,
            tokens,
            openness,
        }
    }

    async fn admit(&self, parts: &mut Parts) -> Result<(Caller, Standing), Problem> {
        let said = take(&mut parts.headers);
        let need = need_of(parts)?;
        if need == Need::Vitals {
            return Ok((Caller::Anyone, Standing::Always));
        }
        if !self.knows_somebody() {
            let peer = parts.extensions.get::<Peer>().map(|Peer(peer)| *peer);
            let admitted = self.openness.admits(peer);
            return admitted
                .then(|| (Caller::Anyone, Standing::Open(self.keyring.clone())))
                .ok_or_else(refusal::not_open);
        }
        if need == Need::Nothing {
            return Ok((Caller::Anyone, Standing::Always));
        }
        let (caller, standing) = self.identify(said).await?;
        if !need.admits(&caller) {
            return Err(refusal::out_of_scope(need));
        }
        Ok((caller, standing))
    }

    /// Whether anybody can say who they are. If so, all must.
    fn knows_somebody(&self) -> bool {
        self.tokens.is_some() || self.keyring.is_in_use()
    }

    async fn identify(&self, said: Bearer) -> Result<(Caller, Standing), Problem> {
        let token = match said {
            Bearer::Nothing => return Err(refusal::unknown()),
            Bearer::Unreadable => return Err(refusal::invalid("it can not be read")),
            Bearer::Token(token) => token,
        };
        if token.starts_with(PREFIX) {
            let digest = Digest::of(&token);
            let holder = self.keyring.holder_of(&digest);
            let holder =
                holder.ok_or_else(|| refusal::invalid("the API key is unknown or revoked"))?;
            return Ok((holder, Standing::Key(self.keyring.clone(), digest)));
        }
        let Some(tokens) = &self.tokens else {
            return Err(refusal::invalid("it is no API key"));
        };
        let verified = tokens.verify(&token).await;
        let shopper = verified.map_err(|error| refusal::invalid(error.told()))?;
        Ok((
            Caller::user(shopper.user_id),
            Standing::Until(shopper.ends_at),
        ))
    }
}

/// What the route of a request asks for. Where there is no route, the answer is that there is nothing.
pub(super) fn need_of(parts: &Parts) -> Result<Need, Problem> {
    let Some(path) = parts.extensions.get::<MatchedPath>() else {
        return Ok(Need::Nothing);
    };
    match find(&parts.method, path.as_str()) {
        Finding::Needs(need) => Ok(need),
        Finding::OtherMethods(methods) => Err(refusal::other_methods(&methods)),
        Finding::Unknown => {
            tracing::error!("the route has no row in the table of what routes ask for");
            Err(refusal::unlisted())
        }
    }
}
