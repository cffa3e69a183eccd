//! What a model wrote, made harmless: plain text of limited length, which nobody interprets.

/// The most characters that are shown.
const LIMIT: usize = 1000;

/// What stands for the rest of a text that was cut within a sentence.
const CUT: char = '…';

/// One paragraph without control characters or marks that turn or hide text, cut behind a sentence
/// or else a word. `None` when nothing is left.
pub(super) fn plain(written: &str) -> Option<String> {
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
    Some(shortened(text))
}

/// Control characters, and the marks of Unicode that change the direction of text or are not seen
/// (`Default_Ignorable_Code_Point`, and the annotations of lines).
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

fn shortened(text: String) -> String {
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
    // One character less, so that the mark has room.
    let last = head.char_indices().next_back().map_or(0, |(last, _)| last);
    let head = &head[..last];
    let word = head.rfind(' ').unwrap_or(last);
    format!("{}{CUT}", &head[..word])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CUT, LIMIT, is_hidden, plain};

    #[test]
    fn a_text_becomes_one_paragraph() {
        let written = "  Sales\tare \u{1b}[31mgood.\r\n\n\u{202e}Wait.\u{0} ";
        let shown = plain(written).unwrap();
        assert_eq!(shown, "Sales are [31mgood. Wait.");
    }

    #[test]
    fn a_text_that_says_nothing_is_none() {
        for nothing in [
            "",
            " \n ",
            "\u{200b}\u{feff}",
            "\u{3164}\u{115f}\u{ffa0}",
            "…",
            "**",
        ] {
            assert_eq!(plain(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_long_text_ends_with_a_sentence() {
        let long = "Stock lasts. ".repeat(500);
        let shown = plain(&long).unwrap();
        assert!(shown.ends_with("lasts."), "{shown}");
        let room = LIMIT - "Stock lasts. ".len();
        assert!((room..=LIMIT).contains(&shown.chars().count()), "{shown}");
    }

    #[test]
    fn a_long_sentence_ends_with_a_word() {
        let shown = plain(&"word ".repeat(500)).unwrap();
        assert!(shown.ends_with("word…"), "{shown}");
        let shown = plain(&"ß".repeat(5000)).unwrap();
        assert_eq!(shown.chars().count(), LIMIT);
        assert!(shown.ends_with(CUT));
    }

    proptest! {
        #[test]
        fn whatever_was_written_is_shown_plain_and_short(written in "[\\PC\\pC .!?]{0,1500}") {
            if let Some(shown) = plain(&written) {
                prop_assert!(shown.chars().count() <= LIMIT);
                prop_assert!(!shown.chars().any(is_hidden));
                prop_assert_eq!(shown.trim(), &shown);
                prop_assert!(!shown.is_empty());
            }
        }
    }
}
