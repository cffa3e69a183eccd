//! Whom a server without API keys serves.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{FORWARDED, HOST, VIA};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use thiserror::Error;

use crate::connections::Peer;

/// Whom a server without API keys serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenAccessPolicy {
    /// Everyone who can reach it, since the operator allowed that.
    Everyone,
    /// Everyone who reaches its loopback address by a name of this machine. (DNS rebinding leads browsers
    /// here by another name.)
    Loopback,
    /// Connections from loopback, without a proxy: the server also listens on other addresses.
    SameMachine,
}

/// Why a server without API keys refuses a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenAccessRefusal {
    /// It comes from another machine.
    Remote,
    /// It comes through a proxy, possibly from another machine.
    Proxied,
    /// The Host header is a registrable domain (possible DNS rebinding).
    ForeignHost,
}

/// The server would be open to everyone who can reach it, and the operator has not allowed that.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "refusing to listen on {address} ({setting}): no API keys exist, so anyone could change stock. Do \
     one of: create a key (fairhold keys create --name NAME --scope admin); set the identity provider \
     (--jwks-url, FAIRHOLD_JWKS_URL); listen on 127.0.0.1; allow open access (--allow-open-access, \
     FAIRHOLD_ALLOW_OPEN_ACCESS=true)"
)]
pub struct OpenAccessError {
    address: SocketAddr,
    setting: &'static str,
}

/// Names that nobody can register, nor any name below them (RFC 2606; RFC 6761, section 6.3).
const RESERVED: [&str; 7] = [
    "localhost",
    "test",
    "example",
    "invalid",
    "example.com",
    "example.net",
    "example.org",
];

impl OpenAccessPolicy {
    /// The policy of a server that listens on `address` because of `setting`. An address that was set by
    /// a platform and not by a person does not stop the server from starting.
    ///
    /// # Errors
    /// When a person has set an address that other machines can reach, without allowing open access.
    pub fn decide(
        address: SocketAddr,
        setting: &'static str,
        by_platform: bool,
        consent: bool,
    ) -> Result<Self, OpenAccessError> {
        if consent {
            Ok(Self::Everyone)
        } else if is_this_machine(address) {
            Ok(Self::Loopback)
        } else if by_platform {
            Ok(Self::SameMachine)
        } else {
            Err(OpenAccessError { address, setting })
        }
    }

    /// Checks that the policy covers a request.
    pub(super) fn ensure_allowed(self, request: &Parts) -> Result<(), OpenAccessRefusal> {
        match self {
            Self::Everyone => Ok(()),
            Self::Loopback => ensure_called_by_own_name(request),
            Self::SameMachine => {
                let Some(Peer(peer)) = request.extensions.get() else {
                    return Err(OpenAccessRefusal::Remote);
                };
                if !is_this_machine(*peer) {
                    return Err(OpenAccessRefusal::Remote);
                }
                if came_through_a_proxy(request) {
                    return Err(OpenAccessRefusal::Proxied);
                }
                ensure_called_by_own_name(request)
            }
        }
    }
}

fn is_this_machine(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

fn came_through_a_proxy(request: &Parts) -> bool {
    let mut names = request.headers.keys();
    names.any(|name| {
        name == FORWARDED
            || name == VIA
            || name == "x-real-ip"
            || name.as_str().starts_with("x-forwarded-")
    })
}

/// A client that sends no Host header is no browser, and so not subject to DNS rebinding.
fn ensure_called_by_own_name(request: &Parts) -> Result<(), OpenAccessRefusal> {
    let mut sent = request.headers.get_all(HOST).iter();
    let own = sent.all(|host| {
        let named = Authority::try_from(host.as_bytes());
        host.is_empty() || named.is_ok_and(|host| is_own(&host))
    }) && request.uri.authority().is_none_or(is_own);
    own.then_some(()).ok_or(OpenAccessRefusal::ForeignHost)
}

/// Whether nobody can register the name: it is an address, a local name without a dot, or reserved.
fn is_own(authority: &Authority) -> bool {
    let host = authority.host().to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is_reserved = RESERVED.iter().any(|name| {
        let above = host.strip_suffix(name);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    });
    is_reserved || !host.contains('.') || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::{OpenAccessPolicy, OpenAccessRefusal};
    use crate::connections::Peer;

    #[test]
    fn only_a_loopback_address_or_consent_opens_a_server_to_everyone_who_reaches_it() {
        for (address, by_platform, consent, expected) in [
            (
                "127.0.0.1:8080",
                false,
                false,
                Some(OpenAccessPolicy::Loopback),
            ),
            (
                "127.8.8.8:80",
                false,
                false,
                Some(OpenAccessPolicy::Loopback),
            ),
            ("[::1]:8080", false, false, Some(OpenAccessPolicy::Loopback)),
            (
                "127.0.0.1:8080",
                false,
                true,
                Some(OpenAccessPolicy::Everyone),
            ),
            (
                "[::ffff:127.0.0.1]:80",
                false,
                false,
                Some(OpenAccessPolicy::Loopback),
            ),
            ("0.0.0.0:8080", false, false, None),
            ("[::]:8080", false, false, None),
            ("10.0.0.1:8080", false, false, None),
            ("[::ffff:10.0.0.1]:80", false, false, None),
            (
                "0.0.0.0:8080",
                false,
                true,
                Some(OpenAccessPolicy::Everyone),
            ),
            (
                "0.0.0.0:8080",
                true,
                false,
                Some(OpenAccessPolicy::SameMachine),
            ),
            ("0.0.0.0:8080", true, true, Some(OpenAccessPolicy::Everyone)),
        ] {
            let address = address.parse().unwrap();
            let decided = OpenAccessPolicy::decide(address, "--listen", by_platform, consent);
            assert_eq!(decided.ok(), expected, "{address} {by_platform} {consent}");
        }
    }

    /// Checks a request from `peer` with this header.
    fn check(
        policy: OpenAccessPolicy,
        peer: Option<&str>,
        header: (&'static str, &'static str),
    ) -> Result<(), OpenAccessRefusal> {
        let request = Request::get("/").header(header.0, header.1);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        if let Some(peer) = peer {
            parts.extensions.insert(Peer(peer.parse().unwrap()));
        }
        policy.ensure_allowed(&parts)
    }

    #[test]
    fn a_server_open_to_its_own_machine_refuses_others() {
        let this = Some("127.0.0.1:5000");
        let other = Some("10.0.0.1:5000");
        let own = ("host", "localhost:8080");
        assert_eq!(check(OpenAccessPolicy::SameMachine, this, own), Ok(()));
        for away in [other, None] {
            let refusal = check(OpenAccessPolicy::SameMachine, away, own);
            assert_eq!(refusal, Err(OpenAccessRefusal::Remote));
        }
        for header in [
            ("forwarded", "for=10.0.0.1"),
            ("x-forwarded-for", "10.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-real-ip", "10.0.0.1"),
            ("via", "1.1 proxy"),
        ] {
            let refusal = check(OpenAccessPolicy::SameMachine, this, header);
            assert_eq!(refusal, Err(OpenAccessRefusal::Proxied), "{header:?}");
            assert_eq!(check(OpenAccessPolicy::Loopback, this, header), Ok(()));
        }
        assert_eq!(
            check(OpenAccessPolicy::Everyone, None, ("via", "proxy")),
            Ok(())
        );
    }

    #[test]
    fn only_names_that_nobody_can_register_are_accepted() {
        for own in [
            "localhost",
            "LOCALHOST:8080",
            "localhost.",
            "shop.localhost:80",
            "127.0.0.1:8080",
            "[::1]:8080",
            "192.0.2.1",
            "fairhold:8080",
            "shop.test",
            "shop.example.com",
            "",
        ] {
            for policy in [OpenAccessPolicy::Loopback, OpenAccessPolicy::SameMachine] {
                let checked = check(policy, Some("127.0.0.1:1"), ("host", own));
                assert_eq!(checked, Ok(()), "{own}");
            }
        }
        for foreign in [
            "evil.shop",
            "evil.shop:8080",
            "localhost.evil.shop",
            "localhost.shop",
            "evilexample.com",
            "127.0.0.1.evil.shop",
            "127.1",
            "a b",
        ] {
            for policy in [OpenAccessPolicy::Loopback, OpenAccessPolicy::SameMachine] {
                let checked = check(policy, Some("127.0.0.1:1"), ("host", foreign));
                assert_eq!(checked, Err(OpenAccessRefusal::ForeignHost), "{foreign:?}");
            }
            assert_eq!(
                check(OpenAccessPolicy::Everyone, None, ("host", foreign)),
                Ok(())
            );
        }
    }
}
