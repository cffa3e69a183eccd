//! Finds the metrics and labels in a Prometheus expression.

use std::collections::BTreeSet;

/// Keywords.
const WORDS: [&str; 10] = [
    "and",
    "bool",
    "by",
    "group_left",
    "group_right",
    "ignoring",
    "on",
    "or",
    "unless",
    "without",
];

/// Keywords followed by labels in parentheses.
const GROUPINGS: [&str; 4] = ["by", "ignoring", "on", "without"];

/// A metric with its label matchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) metric: String,
    pub(crate) matchers: Vec<Matcher>,
}

/// A label matcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Matcher {
    pub(crate) label: String,
    pub(crate) operator: String,
    pub(crate) value: String,
}

/// The names in an expression.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) selectors: Vec<Selector>,
    /// Labels for grouping or joining.
    pub(crate) labels: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Sign(String),
}

impl Token {
    fn is(&self, sign: &str) -> bool {
        *self == Self::Sign(sign.to_owned())
    }

    /// Whether the next token starts arguments or a grouping.
    fn follows_a_function(&self) -> bool {
        let by = |word: &str| *self == Self::Name(word.to_owned());
        self.is("(") || by("by") || by("without")
    }
}

/// Parses an expression.
pub(crate) fn named(expression: &str) -> Named {
    let tokens = tokens(expression);
    let mut named = Named::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let Token::Name(name) = token else { continue };
        let next = tokens.get(at);
        if GROUPINGS.contains(&name.as_str()) {
            let inside = until(&tokens[at..], ")");
            at += inside.len();
            named.labels.extend(names(inside));
        } else if WORDS.contains(&name.as_str()) || next.is_some_and(Token::follows_a_function) {
            // A keyword or function.
        } else {
            let inside = match next {
                Some(brace) if brace.is("{") => until(&tokens[at..], "}"),
                _ => &[],
            };
            at += inside.len();
            named.selectors.push(Selector {
                metric: name.clone(),
                matchers: matchers(inside),
            });
        }
    }
    named
}

fn until<'a>(tokens: &'a [Token], sign: &str) -> &'a [Token] {
    let end = tokens.iter().position(|token| token.is(sign));
    &tokens[..end.expect("brackets are balanced")]
}

fn names(tokens: &[Token]) -> impl Iterator<Item = String> {
    tokens.iter().filter_map(|token| match token {
        Token::Name(name) => Some(name.clone()),
        Token::Text(_) | Token::Sign(_) => None,
    })
}

fn matchers(inside: &[Token]) -> Vec<Matcher> {
    let inside = inside.get(1..).unwrap_or_default();
    let conditions = inside.split(|token| token.is(","));
    conditions
        .filter(|condition| !condition.is_empty())
        .map(|condition| match condition {
            [
                Token::Name(label),
                Token::Sign(operator),
                Token::Text(value),
            ] => Matcher {
                label: label.clone(),
                operator: operator.clone(),
                value: value.clone(),
            },
            other => panic!("not a matcher: {other:?}"),
        })
        .collect()
}

fn tokens(expression: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            1 + rest[1..].find('"').expect("strings are terminated") + 1
        } else if first == '$' || is_name(first) {
            rest.find(|c| c != '$' && !is_name(c)).unwrap_or(rest.len())
        } else if first == '[' {
            rest.find(']').expect("ranges are terminated") + 1
        } else {
            let doubles = ["=~", "!~", "!=", ">=", "<=", "=="];
            let double = doubles.iter().any(|double| rest.starts_with(double));
            if double { 2 } else { first.len_utf8() }
        };
        let (token, behind) = rest.split_at(length);
        rest = behind.trim_start();
        if first == '"' {
            tokens.push(Token::Text(token[1..length - 1].to_owned()));
        } else if first.is_ascii_digit() || first == '[' || first == '.' {
            // Numbers, durations and ranges contain no names.
        } else if is_name(first) {
            tokens.push(Token::Name(token.to_owned()));
        } else {
            tokens.push(Token::Sign(token.to_owned()));
        }
    }
    tokens
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

#[test]
fn metrics_and_labels_of_an_expression_are_found() {
    let expression = r#"histogram_quantile(0.99, sum by (job, le) (rate(t_bucket{a="x", b=~"y|z"}[5m])))
        > 1.5e3 unless on (instance) g or count(h) == bool 1 * k{c!="$d"}"#;
    let named = named(expression);
    let metrics: Vec<_> = named.selectors.iter().map(|s| s.metric.as_str()).collect();
    assert_eq!(metrics, ["t_bucket", "g", "h", "k"]);
    let labels: Vec<_> = named.labels.iter().map(String::as_str).collect();
    assert_eq!(labels, ["instance", "job", "le"]);
    let matcher = |label: &str, operator: &str, value: &str| Matcher {
        label: label.to_owned(),
        operator: operator.to_owned(),
        value: value.to_owned(),
    };
    let first = [matcher("a", "=", "x"), matcher("b", "=~", "y|z")];
    assert_eq!(named.selectors[0].matchers, first);
    assert_eq!(named.selectors[3].matchers, [matcher("c", "!=", "$d")]);
}
