//! Whether a server that knows nobody may serve everybody, and whom.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{FORWARDED, HOST, VIA};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use thiserror::Error;

use crate::connections::Peer;

/// Whom a server serves while it knows nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenAccessPolicy {
    /// All who reach it: it was told to in so many words.
    Everyone,
    /// All who reach its loopback address and call it so. A page of another site, whose name suddenly
    /// leads here, calls it by that name.
    Loopback,
    /// The same, though it listens on other addresses too, and no proxy may speak for somebody.
    SameMachine,
}

/// Why a server that knows nobody does not serve a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenAccessRefusal {
    /// It comes from another machine.
    Remote,
    /// It comes through a proxy, behind which may be anybody.
    Proxied,
    /// It calls this machine by a name that somebody may own.
    ForeignHost,
}

/// A server would serve everybody on an address that others reach, and nobody said so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "without API keys, everybody who reaches {address}, which {setting} says, could do everything. \
     Make a key (fairhold keys create --name NAME --scope admin), or name the identity provider \
     (--jwks-url, FAIRHOLD_JWKS_URL), or listen on 127.0.0.1, or say that it shall be so \
     (--allow-open-access, FAIRHOLD_ALLOW_OPEN_ACCESS=true)"
)]
pub struct OpenAccessError {
    address: SocketAddr,
    setting: &'static str,
}

/// Names that nobody can own, nor any name below them (RFC 2606; RFC 6761, section 6.3).
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
    /// Decides it for a server that listens on `address`, as `setting` says. Where that came from a
    /// platform and not from a person, the platform is shown a server that runs.
    ///
    /// # Errors
    /// When a person has named an address that others reach, and nothing else.
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

    /// Makes sure that a request is one of those that are served.
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

/// Whoever speaks HTTP without saying whom to is no browser, and can't be led astray.
fn ensure_called_by_own_name(request: &Parts) -> Result<(), OpenAccessRefusal> {
    let mut sent = request.headers.get_all(HOST).iter();
    let own = sent.all(|host| {
        let named = Authority::try_from(host.as_bytes());
        host.is_empty() || named.is_ok_and(|host| is_own(&host))
    }) && request.uri.authority().is_none_or(is_own);
    own.then_some(()).ok_or(OpenAccessRefusal::ForeignHost)
}

/// Whether nobody can own the name, and so have it lead here: an address is none, a name without a
/// dot is this network's, and others are reserved.
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
    fn only_a_loopback_address_or_plain_words_open_a_server_to_all_who_reach_it() {
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

    /// What is said to a request from `peer` with this header.
    fn said(
        openness: OpenAccessPolicy,
        peer: Option<&str>,
        header: (&'static str, &'static str),
    ) -> Result<(), OpenAccessRefusal> {
        let request = Request::get("/").header(header.0, header.1);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        if let Some(peer) = peer {
            parts.extensions.insert(Peer(peer.parse().unwrap()));
        }
        openness.ensure_allowed(&parts)
    }

    #[test]
    fn a_server_that_is_open_to_its_machine_admits_nobody_else() {
        let this = Some("127.0.0.1:5000");
        let other = Some("10.0.0.1:5000");
        let own = ("host", "localhost:8080");
        assert_eq!(said(OpenAccessPolicy::SameMachine, this, own), Ok(()));
        for away in [other, None] {
            let distance = said(OpenAccessPolicy::SameMachine, away, own);
            assert_eq!(distance, Err(OpenAccessRefusal::Remote));
        }
        for header in [
            ("forwarded", "for=10.0.0.1"),
            ("x-forwarded-for", "10.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-real-ip", "10.0.0.1"),
            ("via", "1.1 proxy"),
        ] {
            let distance = said(OpenAccessPolicy::SameMachine, this, header);
            assert_eq!(distance, Err(OpenAccessRefusal::Proxied), "{header:?}");
            assert_eq!(said(OpenAccessPolicy::Loopback, this, header), Ok(()));
        }
        assert_eq!(
            said(OpenAccessPolicy::Everyone, None, ("via", "proxy")),
            Ok(())
        );
    }

    #[test]
    fn only_names_that_nobody_can_own_are_this_machines() {
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
            for openness in [OpenAccessPolicy::Loopback, OpenAccessPolicy::SameMachine] {
                let said = said(openness, Some("127.0.0.1:1"), ("host", own));
                assert_eq!(said, Ok(()), "{own}");
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
            for openness in [OpenAccessPolicy::Loopback, OpenAccessPolicy::SameMachine] {
                let said = said(openness, Some("127.0.0.1:1"), ("host", foreign));
                assert_eq!(said, Err(OpenAccessRefusal::ForeignHost), "{foreign:?}");
            }
            assert_eq!(
                said(OpenAccessPolicy::Everyone, None, ("host", foreign)),
                Ok(())
            );
        }
    }
}
