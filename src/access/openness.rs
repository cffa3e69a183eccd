//! Whether a server that knows nobody may serve everybody, and whom.

use std::net::SocketAddr;

use thiserror::Error;

/// Whom a server serves while it knows nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// All who reach it: it listens on a loopback address, or was told to in so many words.
    Everybody,
    /// This machine only.
    ThisMachine,
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

impl Openness {
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
        if consent || is_this_machine(address) {
            Ok(Self::Everybody)
        } else if by_platform {
            Ok(Self::ThisMachine)
        } else {
            Err(OpenAccessError { address, setting })
        }
    }

    /// Whether a client at `peer` is served.
    #[must_use]
    pub fn admits(self, peer: Option<SocketAddr>) -> bool {
        match self {
            Self::Everybody => true,
            Self::ThisMachine => peer.is_some_and(is_this_machine),
        }
    }
}

fn is_this_machine(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::Openness;

    #[test]
    fn only_a_loopback_address_or_plain_words_open_a_server_to_all_who_reach_it() {
        for (address, by_platform, consent, expected) in [
            ("127.0.0.1:8080", false, false, Some(Openness::Everybody)),
            ("127.8.8.8:80", false, false, Some(Openness::Everybody)),
            ("[::1]:8080", false, false, Some(Openness::Everybody)),
            (
                "[::ffff:127.0.0.1]:80",
                false,
                false,
                Some(Openness::Everybody),
            ),
            ("0.0.0.0:8080", false, false, None),
            ("[::]:8080", false, false, None),
            ("10.0.0.1:8080", false, false, None),
            ("[::ffff:10.0.0.1]:80", false, false, None),
            ("0.0.0.0:8080", false, true, Some(Openness::Everybody)),
            ("0.0.0.0:8080", true, false, Some(Openness::ThisMachine)),
            ("0.0.0.0:8080", true, true, Some(Openness::Everybody)),
        ] {
            let address = address.parse().unwrap();
            let decided = Openness::decide(address, "--listen", by_platform, consent);
            assert_eq!(decided.ok(), expected, "{address} {by_platform} {consent}");
        }
    }

    #[test]
    fn a_server_that_is_open_to_its_machine_admits_nobody_else() {
        let this = "127.0.0.1:5000".parse().ok();
        let other = "10.0.0.1:5000".parse().ok();
        assert!(Openness::ThisMachine.admits(this));
        assert!(!Openness::ThisMachine.admits(other));
        assert!(!Openness::ThisMachine.admits(None));
        assert!(Openness::Everybody.admits(None));
    }
}
