//! Source code without comments, string literals and unit tests, as tokens.

/// Splits `code` into identifiers and single characters. Comments, whitespace and the contents of
/// literals are left out, and so is every item behind `#[cfg(test)]`.
pub(crate) fn tokens(code: &str) -> Vec<&str> {
    without_tests(&all_tokens(code))
}

fn all_tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).unwrap_or_else(|| {
            let word = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_');
            let length = word.map(char::len_utf8).sum::<usize>();
            let length = length.max(first.len_utf8());
            tokens.push(&rest[..length]);
            length
        });
        rest = &rest[length..];
    }
    tokens
}

/// The length of the whitespace, comment or literal that the code begins with.
fn skipped(code: &str) -> Option<usize> {
    let end_of = |end: &str| code.find(end).map_or(code.len(), |at| at + end.len());
    if code.starts_with("//") {
        return Some(end_of("\n"));
    }
    if code.starts_with("/*") {
        return Some(end_of("*/"));
    }
    if code.starts_with('"') {
        return Some(string_length(code));
    }
    if code.starts_with("b\"") {
        return Some(1 + string_length(&code[1..]));
    }
    raw_string_length(code)
        .or_else(|| char_length(code))
        .or_else(|| code.starts_with(char::is_whitespace).then_some(1))
}

fn string_length(code: &str) -> usize {
    let mut escaped = false;
    for (at, c) in code.bytes().enumerate().skip(1) {
        if c == b'"' && !escaped {
            return at + 1;
        }
        escaped = c == b'\\' && !escaped;
    }
    code.len()
}

fn raw_string_length(code: &str) -> Option<usize> {
    let prefix = ["br", "r"]
        .into_iter()
        .find(|prefix| code.starts_with(prefix))?;
    let behind = &code[prefix.len()..];
    let hashes = behind.bytes().take_while(|&c| c == b'#').count();
    let content = behind[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = content
        .find(&end)
        .map_or(content.len(), |at| at + end.len());
    Some(prefix.len() + hashes + 1 + length)
}

/// The length of a character literal, which is no lifetime.
fn char_length(code: &str) -> Option<usize> {
    let content = code.strip_prefix('\'')?;
    if content.starts_with('\\') {
        return content[2..].find('\'').map(|at| at + 4);
    }
    let first = content.chars().next()?.len_utf8();
    content[first..].starts_with('\'').then_some(first + 2)
}

/// Leaves out each item behind `#[cfg(test)]`, up to its `;` or its closing brace.
fn without_tests<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].starts_with(&TEST) {
            at += TEST.len();
            at += item_length(&tokens[at..]);
        } else {
            kept.push(tokens[at]);
            at += 1;
        }
    }
    kept
}

fn item_length(tokens: &[&str]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" => depth += 1,
            "}" if depth <= 1 => return at + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

#[test]
fn only_code_is_tokenized() {
    for (code, kept) in [
        ("a // b\nc", "a c"),
        ("a /* b */ c", "a c"),
        (r#"f("x::y"); // y"#, "f ( ) ;"),
        (r##"f(r#"say "x::y" once"#) // y"##, "f ( )"),
        (r#"f("\"x::y") // y"#, "f ( )"),
        (r#"f('"', '\'', b"x") // "y""#, "f ( , , )"),
        ("&'a str", "& ' a str"),
        ("crate::a", "crate : : a"),
        ("a; #[cfg(test)] mod tests { use b; fn c() {} } d", "a ; d"),
        ("#[cfg(test)]\nmod tests;\nd", "d"),
    ] {
        assert_eq!(tokens(code).join(" "), kept, "{code}");
    }
}
