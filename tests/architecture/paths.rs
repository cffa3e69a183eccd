//! The paths that a file mentions: in `use` declarations and in its other code.

/// A path such as `crate::http::Problem`, as its segments.
pub(crate) type Path = Vec<String>;

/// What a file says about other modules.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// Its child modules in files of their own.
    pub(crate) children: Vec<String>,
    /// The names that `use` brings into scope, and their paths. A glob has the name `*`.
    pub(crate) names: Vec<(String, Path)>,
    /// Paths that are re-exported by `pub use`.
    pub(crate) reexports: Vec<Path>,
    /// All other paths.
    pub(crate) used: Vec<Path>,
}

/// Finds the mentions in the tokens of a file.
pub(crate) fn mentions(tokens: &[&str]) -> Mentions {
    let mut found = Mentions::default();
    let mut at = 0;
    while at < tokens.len() {
        let starts_item = !tokens[..at].ends_with(&[":", ":"]);
        at += match tokens[at] {
            "mod" if tokens.get(at + 2) == Some(&";") => {
                found.children.push(tokens[at + 1].to_owned());
                3
            }
            "use" if starts_item && tokens.get(at + 1) != Some(&"<") => {
                declaration(&mut found, tokens, at)
            }
            _ if starts_item => other(&mut found, &tokens[at..]),
            _ => 1,
        };
    }
    found
}

/// A `use` declaration; its length.
fn declaration(found: &mut Mentions, tokens: &[&str], at: usize) -> usize {
    let length = tokens[at..].iter().position(|token| *token == ";");
    let length = length.unwrap_or(tokens.len() - at);
    let mut leaves = Vec::new();
    tree(&tokens[at + 1..at + length], &[], &mut leaves);
    let is_public = at > 0 && (tokens[at - 1] == "pub" || tokens[at - 1] == ")");
    for (name, path) in leaves {
        if is_public {
            found.reexports.push(path.clone());
        } else {
            found.used.push(path.clone());
        }
        found.names.push((name, path));
    }
    length
}

/// The leaves of a tree of imports below `prefix`.
fn tree(tokens: &[&str], prefix: &[String], leaves: &mut Vec<(String, Path)>) {
    let mut path = prefix.to_vec();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at] {
            ":" => at += 1,
            "{" => {
                for branch in branches(&tokens[at + 1..]) {
                    tree(branch, &path, leaves);
                }
                return;
            }
            "as" => {
                leaves.push((tokens[at + 1].to_owned(), path));
                return;
            }
            "self" if !path.is_empty() => at += 1,
            segment => {
                path.push(segment.to_owned());
                at += 1;
            }
        }
    }
    if let Some(name) = path.last() {
        leaves.push((name.clone(), path));
    }
}

/// The parts of a group between its commas, up to its closing brace.
fn branches<'a, 'b>(tokens: &'a [&'b str]) -> Vec<&'a [&'b str]> {
    let mut branches = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        let ends = match *token {
            "{" => {
                depth += 1;
                false
            }
            "}" if depth == 0 => {
                branches.push(&tokens[start..at]);
                break;
            }
            "}" => {
                depth -= 1;
                false
            }
            "," => depth == 0,
            _ => false,
        };
        if ends {
            branches.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    branches.retain(|branch| !branch.is_empty());
    branches
}

/// A path of at least two segments that the tokens begin with; its length, or 1.
fn other(found: &mut Mentions, tokens: &[&str]) -> usize {
    let mut path = vec![tokens[0].to_owned()];
    let mut at = 1;
    while tokens[at..].starts_with(&[":", ":"]) {
        let Some(segment) = tokens.get(at + 2).filter(|segment| is_name(segment)) else {
            break;
        };
        path.push((*segment).to_owned());
        at += 3;
    }
    if path.len() > 1 {
        found.used.push(path);
    }
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::{Path, mentions};
    use crate::code::tokens;

    fn joined(paths: &[Path]) -> Vec<String> {
        paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn every_leaf_of_an_import_is_a_path() {
        let code = "use crate::{a::{self, B}, c as d}; use super::*;";
        let found = mentions(&tokens(code));
        let expected = ["crate::a", "crate::a::B", "crate::c", "super::*"];
        assert_eq!(joined(&found.used), expected);
        let names: Vec<_> = found.names.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "B", "d", "*"]);
    }

    #[test]
    fn reexports_are_told_from_imports() {
        let code = "mod a; pub mod b; pub use a::X; pub(super) use self::b::Y; use b::Z;";
        let found = mentions(&tokens(code));
        assert_eq!(found.children, ["a", "b"]);
        assert_eq!(joined(&found.reexports), ["a::X", "self::b::Y"]);
        assert_eq!(joined(&found.used), ["b::Z"]);
    }

    #[test]
    fn paths_in_code_are_found() {
        let code = "fn f(x: crate::a::B) -> super::C { d::e(x); Self::g::<crate::h::I>() }";
        let found = mentions(&tokens(code));
        let expected = ["crate::a::B", "super::C", "d::e", "Self::g", "crate::h::I"];
        assert_eq!(joined(&found.used), expected);
    }
}
