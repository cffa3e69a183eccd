//! The IP address of a client, also behind trusted proxies.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::HeaderMap;
use ipnet::{IpNet, Ipv4Net};

use super::forwarded::{Hop, forwarded, x_forwarded_for};

/// The first 64 bits of an IPv6 address: the network of one customer.
const CUSTOMER_PREFIX: u128 = !(u64::MAX as u128);

/// An address, or a network of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let single = || {
            text.parse()
                .map(|address: IpAddr| IpNet::from(address))
                .ok()
        };
        let network = text.parse().ok().or_else(single);
        network
            .map(|network| Self(canonical(network)))
            .ok_or("must be addresses or networks, such as 10.0.0.0/8,fd00::/8")
    }
}

/// An IPv4-mapped IPv6 network, as dual-stack machines log it, is an IPv4 network.
fn canonical(network: IpNet) -> IpNet {
    let mapped = || {
        let IpNet::V6(network) = network else {
            return None;
        };
        let address = network.addr().to_ipv4_mapped()?;
        let length = network.prefix_len().checked_sub(96)?;
        Ipv4Net::new(address, length).ok().map(IpNet::from)
    };
    mapped().unwrap_or(network)
}

/// The proxies whose forwarding headers are trusted.
#[derive(Debug)]
pub(super) struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    pub(super) fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    /// The address of the client behind `peer`: the nearest hop that is not a trusted proxy.
    ///
    /// If the two headers disagree, the client forged the one that the proxy does not write. It is
    /// unknown which, so the peer counts.
    pub(super) fn client_ip(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let follow = |hops: Vec<Hop>| self.follow(peer, &hops);
        match (
            forwarded(headers).map(follow),
            x_forwarded_for(headers).map(follow),
        ) {
            (Some(one), Some(other)) if one != other => peer,
            (Some(client), _) | (None, Some(client)) => client,
            (None, None) => peer,
        }
    }

    fn follow(&self, peer: IpAddr, hops: &[Hop]) -> IpAddr {
        let mut nearest = peer;
        for hop in hops.iter().rev() {
            let Some(address) = *hop else { break };
            nearest = address;
            if !self.trusts(address) {
                break;
            }
        }
        nearest
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0
            .iter()
            .any(|Network(network)| network.contains(&address))
    }
}

/// The rate-limit key of an address. A customer has a whole /64 of IPv6.
pub(super) fn address_key(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!(
            "{}/64",
            Ipv6Addr::from_bits(address.to_bits() & CUSTOMER_PREFIX)
        ),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::{Network, TrustedProxies, address_key};

    fn client_ip(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let networks = [
            "10.0.0.0/8",
            "127.0.0.1",
            "fd00::/8",
            "::ffff:172.16.0.0/108",
        ];
        let networks = networks.map(|network| network.parse().unwrap());
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        let proxies = TrustedProxies::new(networks.to_vec());
        proxies
            .client_ip(peer.parse().unwrap(), &headers)
            .to_string()
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        let (new, old) = ("forwarded", "x-forwarded-for");
        for (peer, headers, expected) in [
            ("10.0.0.1", &[(old, "192.0.2.1")][..], "192.0.2.1"),
            ("::ffff:10.0.0.1", &[(old, "192.0.2.1")], "192.0.2.1"),
            ("172.31.0.1", &[(old, "192.0.2.1")], "192.0.2.1"),
            ("172.32.0.1", &[(old, "192.0.2.1")], "172.32.0.1"),
            (
                "fd00::1",
                &[(new, "for=\"[2001:db8::1]:80\"")],
                "2001:db8::1",
            ),
            (
                "127.0.0.1",
                &[(old, "6.6.6.6, 192.0.2.1, 10.1.1.1")],
                "192.0.2.1",
            ),
            (
                "127.0.0.1",
                &[(old, "6.6.6.6, unknown, 10.1.1.1")],
                "10.1.1.1",
            ),
            ("127.0.0.1", &[(old, "10.2.2.2, 10.1.1.1")], "10.2.2.2"),
            (
                "127.0.0.1",
                &[(new, "for=6.6.6.6"), (old, "192.0.2.1")],
                "127.0.0.1",
            ),
            (
                "127.0.0.1",
                &[(new, "for=192.0.2.1"), (old, "192.0.2.1")],
                "192.0.2.1",
            ),
            ("127.0.0.1", &[(new, "for=_hidden")], "127.0.0.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
        ] {
            assert_eq!(client_ip(peer, headers), expected, "{peer} {headers:?}");
        }
    }

    #[test]
    fn headers_from_untrusted_peers_are_ignored() {
        for header in [
            ("x-forwarded-for", "192.0.2.1"),
            ("forwarded", "for=192.0.2.1"),
        ] {
            assert_eq!(client_ip("198.51.100.1", &[header]), "198.51.100.1");
        }
    }

    #[test]
    fn an_ipv6_address_counts_as_its_64_bit_network() {
        for (address, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(address_key(address.parse().unwrap()), expected);
        }
    }

    #[test]
    fn a_network_is_an_address_or_a_range() {
        for good in ["10.0.0.0/8", "10.0.0.1", "::1", " fd00::/8 "] {
            assert!(good.parse::<Network>().is_ok(), "{good}");
        }
        for bad in ["", "10.0.0.0/33", "proxy", "10.0.0"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
