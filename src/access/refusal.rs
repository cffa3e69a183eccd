//! Why somebody is not let through, as problems with their challenge (RFC 6750, section 3).

use axum::http::{HeaderValue, Method, header};

use super::needs::Need;
use super::openness::Distance;
use crate::http::{Code, Problem};

/// Nobody said who they are.
pub(super) fn unknown() -> Problem {
    let detail = "The request has no Authorization: Bearer with an API key or a token.";
    challenged(Code::Unauthenticated, detail, "Bearer realm=\"fairhold\"")
}

/// What was sent does not say it; `why` is for the client, in plain ASCII without quotes.
pub(super) fn invalid(why: &'static str) -> Problem {
    let challenge =
        format!("Bearer realm=\"fairhold\", error=\"invalid_token\", error_description=\"{why}\"");
    challenged(Code::Unauthenticated, &sentence(why), &challenge)
}

/// Nobody can say whose the token is, and somebody may in a moment.
pub(super) fn undecided() -> Problem {
    let detail =
        "The keys of the identity provider are not known yet, so that no token can be judged.";
    let wait = HeaderValue::from_static("5");
    Problem::new(Code::NotReady, detail).with_header(header::RETRY_AFTER, wait)
}

/// Known, and not let through.
pub(super) fn out_of_scope(need: Need) -> Problem {
    let scope = need.least_scope().name();
    let challenge =
        format!("Bearer realm=\"fairhold\", error=\"insufficient_scope\", scope=\"{scope}\"");
    let detail = format!("An API key of the scope {scope} or a wider one is needed.");
    challenged(Code::Forbidden, &detail, &challenge)
}

/// Known, and for themselves only.
#[must_use]
pub fn forbidden() -> Problem {
    let challenge = "Bearer realm=\"fairhold\", error=\"insufficient_scope\"";
    let detail = "The token stands for another user than the one who is named.";
    challenged(Code::Forbidden, detail, challenge)
}

/// Nobody is known yet, and this is not the machine itself, for all that can be seen.
pub(super) fn not_open(distance: Distance) -> Problem {
    let detail = match distance {
        Distance::Away => "There are no API keys, and the service was not told to serve everybody.",
        Distance::Proxied => {
            "There are no API keys, and the request came through a proxy, behind which may be anybody."
        }
        Distance::Misnamed => {
            "There are no API keys, and the Host is a name that somebody may own and have lead here."
        }
    };
    challenged(Code::OpenAccessRefused, detail, "Bearer realm=\"fairhold\"")
}

/// The route has no row in the table.
pub(super) fn unlisted() -> Problem {
    Problem::new(Code::Forbidden, "Nobody may use this path.")
}

/// The path is served with these methods only.
pub(super) fn other_methods(methods: &[Method]) -> Problem {
    let allowed = methods.iter().map(Method::as_str);
    let allowed = allowed.collect::<Vec<_>>().join(",");
    let problem = Problem::method_not_allowed();
    match HeaderValue::try_from(allowed) {
        Ok(allowed) => problem.with_header(header::ALLOW, allowed),
        Err(_) => problem,
    }
}

fn challenged(code: Code, detail: &str, challenge: &str) -> Problem {
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
