//! The bearer credential of a request.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, Entry};

/// The longest accepted token, in bytes.
const LONGEST: usize = 8 * 1024;

/// The content of the `Authorization` header. It has no `Debug`, so that no log can show it.
pub(super) enum Bearer {
    /// There is no bearer token.
    Nothing,
    /// There is something that cannot be a token.
    Unreadable,
    /// A token.
    Token(String),
}

/// Removes the header from the request, so that no handler can leak it.
pub(super) fn take(headers: &mut HeaderMap) -> Bearer {
    let Entry::Occupied(sent) = headers.entry(AUTHORIZATION) else {
        return Bearer::Nothing;
    };
    let (_, mut sent) = sent.remove_entry_mult();
    let (first, more) = (sent.next(), sent.next());
    match (first.as_ref().map(|first| first.to_str()), more) {
        (Some(Ok(text)), None) => read(text),
        _ => Bearer::Unreadable,
    }
}

fn read(text: &str) -> Bearer {
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") {
        Bearer::Nothing
    } else if token.is_empty() || token.len() > LONGEST {
        Bearer::Unreadable
    } else {
        Bearer::Token(token.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

    use super::{Bearer, take};

    fn taken(values: &[&'static str]) -> (Option<String>, bool) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        let bearer = take(&mut headers);
        assert!(headers.is_empty(), "it stayed");
        match bearer {
            Bearer::Nothing => (None, true),
            Bearer::Unreadable => (None, false),
            Bearer::Token(token) => (Some(token), true),
        }
    }

    #[test]
    fn a_bearer_token_is_removed_from_the_request() {
        let token = Some("abc".to_owned());
        assert_eq!(taken(&["Bearer abc"]), (token.clone(), true));
        assert_eq!(taken(&["bearer  abc "]), (token, true));
        for nothing in [&[][..], &["Basic abc"], &["abc"]] {
            assert_eq!(taken(nothing), (None, true), "{nothing:?}");
        }
        for unreadable in [&["Bearer a", "Bearer b"][..], &["Bearer"], &["Bearer "]] {
            assert_eq!(taken(unreadable), (None, false), "{unreadable:?}");
        }
    }
}
