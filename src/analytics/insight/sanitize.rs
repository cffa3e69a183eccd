//! Turns a model's output into one paragraph of plain text of limited length.

/// Maximum length, in characters.
const LIMIT: usize = 1000;

/// Appended where the text is cut within a sentence.
const ELLIPSIS: char = '…';

/// One paragraph without control characters or invisible marks, cut after a sentence or else a word.
/// `None` if nothing readable is left.
pub(super) fn sanitize(written: &str) -> Option<String> {
    let visible = |c: &char| !is_hidden(*c);
    let spaced = written
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c });
    let shown: String = spaced.filter(visible).collect();
    let words: Vec<_> = shown.split_whitespace().collect();
    let text = words.join(" ");
    if !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    Some(truncate(text))
}

/// Control characters, and marks of Unicode that are invisible or change the direction of text
/// (`Default_Ignorable_Code_Point` and interlinear annotations).
fn is_hidden(c: char) -> bool {
    let mark = matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    mark || c.is_control()
}

fn truncate(text: String) -> String {
    let Some((end, _)) = text.char_indices().nth(LIMIT) else {
        return text;
    };
    let head = &text[..end];
    let sentence = [". ", "! ", "? "]
        .iter()
        .filter_map(|&stop| head.rfind(stop));
    if let Some(stop) = sentence.max() {
        return head[..=stop].to_owned();
    }
    // One character less, to make room for the ellipsis.
    let last = head.char_indices().next_back().map_or(0, |(last, _)| last);
    let head = &head[..last];
    let word = head.rfind(' ').unwrap_or(last);
    format!("{}{ELLIPSIS}", &head[..word])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ELLIPSIS, LIMIT, is_hidden, sanitize};

    #[test]
    fn text_becomes_one_paragraph() {
        let written = "  Sales\tare \u{1b}[31mgood.\r\n\n\u{202e}Wait.\u{0} ";
        let shown = sanitize(written).unwrap();
        assert_eq!(shown, "Sales are [31mgood. Wait.");
    }

    #[test]
    fn text_without_letters_or_digits_is_rejected() {
        for nothing in [
            "",
            " \n ",
            "\u{200b}\u{feff}",
            "\u{3164}\u{115f}\u{ffa0}",
            "…",
            "**",
        ] {
            assert_eq!(sanitize(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn long_text_is_cut_after_a_sentence() {
        let long = "Stock lasts. ".repeat(500);
        let shown = sanitize(&long).unwrap();
        assert!(shown.ends_with("lasts."), "{shown}");
        let room = LIMIT - "Stock lasts. ".len();
        assert!((room..=LIMIT).contains(&shown.chars().count()), "{shown}");
    }

    #[test]
    fn a_long_sentence_is_cut_after_a_word() {
        let shown = sanitize(&"word ".repeat(500)).unwrap();
        assert!(shown.ends_with("word…"), "{shown}");
        let shown = sanitize(&"ß".repeat(5000)).unwrap();
        assert_eq!(shown.chars().count(), LIMIT);
        assert!(shown.ends_with(ELLIPSIS));
    }

    proptest! {
        #[test]
        fn any_output_becomes_short_plain_text(written in "[\\PC\\pC .!?]{0,1500}") {
            if let Some(shown) = sanitize(&written) {
                prop_assert!(shown.chars().count() <= LIMIT);
                prop_assert!(!shown.chars().any(is_hidden));
                prop_assert_eq!(shown.trim(), &shown);
                prop_assert!(!shown.is_empty());
            }
        }
    }
}
