//! Whether a URL leads to this machine.

use reqwest::Url;

/// Whether the host is `localhost` or a loopback address.
pub(crate) fn is_on_this_machine(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let address = bare.parse::<std::net::IpAddr>();
        bare == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use super::is_on_this_machine;

    #[test]
    fn only_localhost_and_loopback_addresses_are_this_machine() {
        for (url, expected) in [
            ("http://localhost:8080/keys", true),
            ("http://127.0.0.1/keys", true),
            ("http://[::1]:1/keys", true),
            ("http://localhost.example/keys", false),
            ("http://192.0.2.1/keys", false),
            ("http://[2001:db8::1]/keys", false),
            ("file:///keys", false),
        ] {
            assert_eq!(is_on_this_machine(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
