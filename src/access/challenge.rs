//! Refused requests as problems, with their authentication challenge (RFC 6750, section 3).

use axum::http::{HeaderValue, header};

use super::open_access::OpenAccessRefusal;
use super::permission::Permission;
use crate::http::{Problem, ProblemType};

/// No credential was sent.
pub(super) fn unauthenticated() -> Problem {
    let detail = "Send an API key or a token as Authorization: Bearer.";
    challenged(
        ProblemType::Unauthenticated,
        detail,
        "Bearer realm=\"fairhold\"",
    )
}

/// The credential is not valid. `why` is for the client, in plain ASCII without quotes.
pub(super) fn invalid(why: &'static str) -> Problem {
    let challenge =
        format!("Bearer realm=\"fairhold\", error=\"invalid_token\", error_description=\"{why}\"");
    challenged(ProblemType::Unauthenticated, &sentence(why), &challenge)
}

/// No token can be verified yet.
pub(super) fn no_provider_keys() -> Problem {
    let detail =
        "Tokens cannot be verified yet: the identity provider's keys have not been received.";
    let wait = HeaderValue::from_static("5");
    Problem::new(ProblemType::NotReady, detail).with_header(header::RETRY_AFTER, wait)
}

/// The credential lacks the permission.
pub(super) fn insufficient_scope(permission: Permission) -> Problem {
    let scope = permission.narrowest_scope().name();
    let challenge =
        format!("Bearer realm=\"fairhold\", error=\"insufficient_scope\", scope=\"{scope}\"");
    let detail = format!("Requires an API key with {scope} scope.");
    challenged(ProblemType::Forbidden, &detail, &challenge)
}

/// A shopper's token stands for that shopper only.
#[must_use]
pub fn other_user() -> Problem {
    let challenge = "Bearer realm=\"fairhold\", error=\"insufficient_scope\"";
    let detail = "The token belongs to another user.";
    challenged(ProblemType::Forbidden, detail, challenge)
}

/// There are no API keys, and open access does not cover the request.
pub(super) fn open_access_refused(refusal: OpenAccessRefusal) -> Problem {
    let detail = match refusal {
        OpenAccessRefusal::Remote => {
            "No API keys exist, and the request comes from another machine."
        }
        OpenAccessRefusal::Proxied => "No API keys exist, and the request came through a proxy.",
        OpenAccessRefusal::ForeignHost => {
            "No API keys exist, and the Host header is not localhost or an IP address."
        }
    };
    challenged(
        ProblemType::OpenAccessRefused,
        detail,
        "Bearer realm=\"fairhold\"",
    )
}

fn challenged(code: ProblemType, detail: &str, challenge: &str) -> Problem {
    let problem = Problem::new(code, detail);
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => problem.with_header(header::WWW_AUTHENTICATE, challenge),
        Err(_) => problem,
    }
}

fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}
