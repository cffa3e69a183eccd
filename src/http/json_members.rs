//! The members of a JSON object as they were sent, including repeated ones.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object; `None` when the JSON is not an object.
#[derive(Debug)]
pub(super) struct Members(pub(super) Option<Vec<(String, Box<RawValue>)>>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson).map(Self)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Option<Vec<(String, Box<RawValue>)>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Some(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::Members;

    #[test]
    fn members_are_read_as_they_were_sent() {
        let Members(sent) = serde_json::from_str(r#"{"a": 1, "b": [2], "a": null}"#).unwrap();
        let sent = sent.unwrap();
        let sent: Vec<_> = sent
            .iter()
            .map(|(n, raw)| (n.as_str(), raw.get()))
            .collect();
        assert_eq!(sent, [("a", "1"), ("b", "[2]"), ("a", "null")]);
    }

    #[test]
    fn other_values_have_no_members() {
        for other in ["[1, {}]", "\"x\"", "true", "-1", "1", "1.5", "null"] {
            let Members(members) = serde_json::from_str(other).unwrap();
            assert!(members.is_none(), "{other}");
        }
        assert!(serde_json::from_str::<Members>("{").is_err());
        assert!(serde_json::from_str::<Members>("[").is_err());
        assert!(serde_json::from_str::<Members>("{} x").is_err());
    }
}
