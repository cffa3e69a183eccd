//! Input parsers, compared with rules that are simpler than they are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fairhold::http::{Fields, FromFields, PageRequest, Rule, number_or_digits, whole_number};
use fairhold::idempotency::IdempotencyKey;
use fairhold::inventory::Sku;
use fairhold::reservations::UserId;
use proptest::prelude::*;
use serde_json::{Value, json};

const SKU_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";

/// A list whose items are identified by a number.
struct Listed(PageRequest<u32>);

impl FromFields for Listed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        PageRequest::from_fields(fields, |key| key.parse().ok()).map(Self)
    }
}

fn list(limit: Option<Value>, cursor: Option<Value>) -> Option<PageRequest<u32>> {
    let limit = limit.map(|value| ("limit".to_owned(), Ok(value)));
    let cursor = cursor.map(|value| ("cursor".to_owned(), Ok(value)));
    let read: Result<Listed, _> = Fields::read(limit.into_iter().chain(cursor));
    read.ok().map(|listed| listed.0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_sku_has_only_allowed_letters(name in "[A-Za-z0-9._:-]{62,67}|[A-Za-z0-9._:-]{0,9}|\\PC{0,70}|.{0,10}") {
        let allowed = name.chars().all(|letter| SKU_LETTERS.contains(letter));
        let is_one = allowed && !name.is_empty() && name.len() <= 64;
        match Sku::parse(&name) {
            Ok(sku) => {
                prop_assert!(is_one);
                prop_assert_eq!(sku.as_str(), name);
            }
            Err(rule) => prop_assert!(!is_one, "{}", rule),
        }
    }

    #[test]
    fn a_user_id_is_visible_text(id in "\\PC{126,131}|\\PC{0,9}|\\s{0,5}|.{0,10}|(?s:.){0,9}") {
        let blank = id.chars().all(char::is_whitespace);
        let control = id.chars().any(char::is_control);
        let is_one = !blank && !control && id.chars().count() <= 128;
        match UserId::parse(&id) {
            Ok(user) => {
                prop_assert!(is_one);
                prop_assert_eq!(user.as_str(), id);
            }
            Err(rule) => prop_assert!(!is_one, "{}", rule),
        }
    }

    #[test]
    fn a_key_is_printable(key in prop::collection::vec(prop_oneof![9 => b' '..=b'~', 1 => any::<u8>()], 0..260)) {
        let printable = key.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
        let is_one = printable && (1..=255).contains(&key.len());
        prop_assert_eq!(IdempotencyKey::parse(&key).is_ok(), is_one);
    }

    #[test]
    fn a_whole_number_has_one_value_in_any_notation(number in any::<i64>()) {
        let range = -1_000_000..=1_000_000;
        let expected = Some(number).filter(|number| range.contains(number));
        prop_assert_eq!(whole_number(range.clone()).read(&json!(number)).ok(), expected);
        let digits = Value::from(number.to_string());
        let of_digits = expected.filter(|number| *number >= 0);
        prop_assert_eq!(number_or_digits(range.clone()).read(&digits).ok(), of_digits);
        prop_assert!(whole_number(range).read(&digits).is_err());
    }

    #[test]
    fn a_number_with_a_fraction_is_refused(number in any::<f64>()) {
        let is_whole = number.fract() == 0.0 && number.abs() <= 1e6;
        let taken = whole_number(-1_000_000..=1_000_000).read(&json!(number));
        prop_assert_eq!(taken.is_ok(), is_whole, "{}", number);
    }

    #[test]
    fn a_cursor_leads_back_to_its_key(key in any::<u32>(), limit in 1_usize..=200) {
        let cursor = URL_SAFE_NO_PAD.encode(key.to_string());
        let page = list(Some(json!(limit.to_string())), Some(json!(cursor))).unwrap();
        prop_assert_eq!(page, PageRequest { limit, after: Some(key) });
    }

    #[test]
    fn any_other_cursor_is_refused(cursor in "\\PC{0,40}") {
        let key = URL_SAFE_NO_PAD.decode(&cursor).ok();
        let key = key.and_then(|key| String::from_utf8(key).ok()?.parse::<u32>().ok());
        let page = list(None, Some(json!(cursor)));
        prop_assert_eq!(page.map(|page| page.after), key.map(Some));
    }
}
