//! The headers in which proxies name the client: `Forwarded` (RFC 7239) and `X-Forwarded-For`.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An address on the way of a request; `None` if the proxy hides it or it is malformed.
pub(super) type Hop = Option<IpAddr>;

/// The hops of `Forwarded`, the nearest last; `None` without the header.
pub(super) fn forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let elements = elements(headers, &header::FORWARDED)?;
    Some(elements.iter().map(|element| hop(element)).collect())
}

/// The hops of `X-Forwarded-For`, the nearest last; `None` without the header.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let elements = elements(headers, &X_FORWARDED_FOR)?;
    Some(elements.iter().map(|element| node(element)).collect())
}

/// The elements of all lines of a header. A line that is not ASCII counts as one malformed element.
fn elements(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let mut elements = Vec::new();
    for line in headers.get_all(name) {
        let line = line.to_str().unwrap_or_default();
        elements.extend(
            split(line, ',')
                .into_iter()
                .map(|part| part.trim().to_owned()),
        );
    }
    (!elements.is_empty()).then_some(elements)
}

/// The `for` parameter of an element; a second one makes it malformed.
fn hop(element: &str) -> Hop {
    let pairs = split(element, ';');
    let mut values = pairs.iter().filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| value.trim())
    });
    let (value, second) = (values.next()?, values.next());
    if second.is_some() {
        return None;
    }
    match value.strip_prefix('"') {
        Some(quoted) => node(&unquoted(quoted.strip_suffix('"')?)),
        None => node(value),
    }
}

fn unquoted(text: &str) -> String {
    let mut letters = text.chars();
    let mut plain = String::new();
    while let Some(letter) = letters.next() {
        plain.extend(if letter == '\\' {
            letters.next()
        } else {
            Some(letter)
        });
    }
    plain
}

/// An address, with or without its port.
fn node(text: &str) -> Hop {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

/// Splits at each `separator` outside of quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|letter| {
        let splits = letter == separator && !quoted;
        if letter == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && letter == '\\' && !escaped;
        splits
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::{Hop, forwarded, x_forwarded_for};

    fn headers(name: &'static str, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_str(line).unwrap();
            headers.append(HeaderName::from_static(name), line);
        }
        headers
    }

    fn hops(expected: &[&str]) -> Vec<Hop> {
        expected.iter().map(|hop| hop.parse().ok()).collect()
    }

    #[test]
    fn forwarded_names_each_hop() {
        for (lines, expected) in [
            (
                &["for=192.0.2.60;proto=http;by=203.0.113.43"][..],
                &["192.0.2.60"][..],
            ),
            (
                &["For=\"[2001:db8:cafe::17]:4711\""],
                &["2001:db8:cafe::17"],
            ),
            (&["for=\"[2001:db8::1]\""], &["2001:db8::1"]),
            (
                &["for=192.0.2.43, for=198.51.100.17"],
                &["192.0.2.43", "198.51.100.17"],
            ),
            (
                &["for=192.0.2.43", "by=x; for=\"198.51.100.17:80\""],
                &["192.0.2.43", "198.51.100.17"],
            ),
            (
                &["for=unknown, for=_hidden, for=_SEVKISEK"],
                &["?", "?", "?"],
            ),
            (&["by=\"a,b;for=1.1.1.1\";for=192.0.2.1"], &["192.0.2.1"]),
            (&["by=\"a\\\",for=1.1.1.1\";for=192.0.2.1"], &["192.0.2.1"]),
            (&["for=\"192.0.\\2.1\""], &["192.0.2.1"]),
            (&["for=\"192.0.2.1"], &["?"]),
            (&["for=1.1.1.1;for=2.2.2.2"], &["?"]),
            (&["proto=https"], &["?"]),
            (&[""], &["?"]),
        ] {
            assert_eq!(
                forwarded(&headers("forwarded", lines)),
                Some(hops(expected)),
                "{lines:?}"
            );
        }
        assert_eq!(forwarded(&HeaderMap::new()), None);
    }

    #[test]
    fn x_forwarded_for_names_each_hop() {
        for (lines, expected) in [
            (&["192.0.2.1"][..], &["192.0.2.1"][..]),
            (
                &["2001:db8::1, 192.0.2.1:80 ,[2001:db8::2]:443"],
                &["2001:db8::1", "192.0.2.1", "2001:db8::2"],
            ),
            (
                &["192.0.2.1", "::ffff:192.0.2.2"],
                &["192.0.2.1", "192.0.2.2"],
            ),
            (&["shopper, 192.0.2.1"], &["?", "192.0.2.1"]),
            (&["192.0.2.1,"], &["192.0.2.1", "?"]),
        ] {
            let read = x_forwarded_for(&headers("x-forwarded-for", lines));
            assert_eq!(read, Some(hops(expected)), "{lines:?}");
        }
    }
}
