//! The gate: every request passes it, and none passes by.

use std::convert::Infallible;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use sqlx::PgPool;
use tower::{Layer, Service};

use super::bearer::{Bearer, take};
use super::caller::Caller;
use super::jwt::Tokens;
use super::keyring::Keyring;
use super::needs::{Finding, Need, find};
use super::openness::Openness;
use super::owners::Owners;
use super::refusal;
use super::secret::PREFIX;
use crate::database::in_time;
use crate::http::{Path, Problem, ReservationIdField};
use crate::reservations::UserId;

/// What the gate knows.
#[derive(Debug)]
pub struct Gate {
    keyring: Keyring,
    tokens: Option<Tokens>,
    openness: Openness,
    owners: Owners,
}

/// Puts a gate in front of every route.
#[derive(Debug, Clone)]
pub struct GateLayer(Arc<Gate>);

/// What is behind a gate.
#[derive(Debug, Clone)]
pub struct Gated<S> {
    gate: Arc<Gate>,
    inner: S,
}

impl<S> Layer<S> for GateLayer {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        let gate = Arc::clone(&self.0);
        Gated { gate, inner }
    }
}

impl<S> Service<Request> for Gated<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let gate = Arc::clone(&self.gate);
        // The one that is ready is the one that works.
        let next = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, next);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match gate.admit(&mut parts).await {
                Ok(caller) => {
                    parts.extensions.insert(caller);
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(problem) => Ok(problem.into_response()),
            }
        })
    }
}

impl Gate {
    /// A gate that knows the holders of `keyring` and, where there are `tokens`, the shoppers.
    /// While it knows nobody, it lets in whom `openness` says.
    #[must_use]
    pub fn new(keyring: Keyring, tokens: Option<Tokens>, openness: Openness, pool: PgPool) -> Self {
        let owners = Owners::new(pool);
        Self {
            keyring,
            tokens,
            openness,
            owners,
        }
    }

    /// The layer that has every request pass this gate.
    #[must_use]
    pub fn layer(self) -> GateLayer {
        GateLayer(Arc::new(self))
    }

    async fn admit(&self, parts: &mut Parts) -> Result<Caller, Problem> {
        let said = take(&mut parts.headers);
        let need = need_of(parts)?;
        if need == Need::Vitals {
            return Ok(Caller::Anyone);
        }
        if !self.knows_somebody() {
            let admitted = self.openness.ensure_admits(parts);
            return admitted.map(|()| Caller::Anyone).map_err(refusal::not_open);
        }
        if need == Need::Nothing {
            return Ok(Caller::Anyone);
        }
        let caller = self.identify(said).await?;
        if !need.admits(&caller) {
            return Err(refusal::out_of_scope(need));
        }
        if let (Need::Reservation, Some(user)) = (need, caller.confined_to()) {
            self.ensure_own(parts, user).await?;
        }
        Ok(caller)
    }

    /// Whether anybody can say who they are. If so, all must.
    fn knows_somebody(&self) -> bool {
        self.tokens.is_some() || self.keyring.is_in_use()
    }

    async fn identify(&self, said: Bearer) -> Result<Caller, Problem> {
        let token = match said {
            Bearer::Nothing => return Err(refusal::unknown()),
            Bearer::Unreadable => return Err(refusal::invalid("it can not be read")),
            Bearer::Token(token) => token,
        };
        if token.starts_with(PREFIX) {
            let holder = self.keyring.holder_of(&token);
            return holder.ok_or_else(|| refusal::invalid("the API key is unknown or revoked"));
        }
        let Some(tokens) = &self.tokens else {
            return Err(refusal::invalid("it is no API key"));
        };
        let user = tokens.verify(&token).await;
        user.map(Caller::user)
            .map_err(|error| refusal::invalid(error.told()))
    }

    /// Somebody else's reservation is as good as none. The id is read as the route reads it, and what
    /// is none goes no further.
    async fn ensure_own(&self, parts: &mut Parts, user: &UserId) -> Result<(), Problem> {
        let Path(ReservationIdField(id)) = Path::from_request_parts(parts, &()).await?;
        if in_time(self.owners.is_of(id, user)).await? {
            Ok(())
        } else {
            Err(Problem::unknown_reservation())
        }
    }
}

/// What the route of a request asks for. Where there is no route, the answer is that there is nothing.
fn need_of(parts: &Parts) -> Result<Need, Problem> {
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
