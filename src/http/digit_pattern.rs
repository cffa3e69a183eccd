//! A regular expression for the decimal numbers of a range.

use std::ops::RangeInclusive;

/// Matches exactly the strings of digits whose number is in `range`, with or without leading zeros. The
/// start of the range is honored only if it is 0 or 1.
pub(super) fn pattern(range: &RangeInclusive<i64>) -> String {
    let most = (*range.end()).max(0).to_string();
    let mut choices = vec![most.clone()];
    if most.len() > 1 {
        choices.push(format!("[0-9]{{1,{}}}", most.len() - 1));
    }
    for (at, digit) in most.bytes().enumerate().filter(|(_, digit)| *digit > b'0') {
        let rest = most.len() - at - 1;
        let below = char::from(digit - 1);
        choices.push(format!("{}[0-{below}][0-9]{{{rest}}}", &most[..at]));
    }
    let not_zero = if *range.start() == 1 { "(?!0+$)" } else { "" };
    format!("^{not_zero}0*({})$", choices.join("|"))
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_pattern_matches_the_numbers_up_to_its_greatest() {
        assert_eq!(pattern(&(0..=0)), "^0*(0)$");
        let pattern = pattern(&(1..=200));
        assert_eq!(pattern, "^(?!0+$)0*(200|[0-9]{1,2}|[0-1][0-9]{2})$");
    }
}
