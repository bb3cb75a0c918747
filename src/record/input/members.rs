//! The members of a JSON object with their values unread, so that nothing in an unknown field can be an error: no depth,
//! no escape, no number.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fields;

/// An object's members in order, values as they stand in the text.
pub(super) struct Members<'a>(Vec<(Name, &'a str)>);

/// A member's name, as given and as compared. Bytes, because an escaped lone surrogate is legal in JSON.
struct Name {
    given: Vec<u8>,
    compared: Vec<u8>,
}

impl<'a> Members<'a> {
    /// Splits an object; an error if it is anything else, or goes on after its end.
    pub(super) fn parse(text: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The last value under exactly this name.
    pub(super) fn last_named(&self, name: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(given, _)| given.given == name.as_bytes()).map(|(_, raw)| *raw)
    }

    /// The last value under a name that compares like this one ([`fields::compared`]).
    pub(super) fn last_like(&self, compared: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(given, _)| given.compared == compared.as_bytes()).map(|(_, raw)| *raw)
    }

    /// The first string under a name that begins so and goes on.
    pub(super) fn first_beginning(&self, prefix: &str) -> Option<&'a str> {
        let begins = |name: &Name| {
            name.given.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        self.0.iter().find(|(name, raw)| begins(name) && raw.starts_with('"')).map(|(_, raw)| *raw)
    }

    /// All members in order, by the names that are UTF-8.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().filter_map(|(name, raw)| Some((std::str::from_utf8(&name.given).ok()?, *raw)))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Bytes(given)) = map.next_key()? {
                    let raw: &RawValue = map.next_value()?;
                    members.push((Name { compared: fields::compared(&given), given }, raw.get()));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// The string that a raw value is; `None` if it is something else. Lone surrogates become U+FFFD.
pub(super) fn string(raw: &str) -> Option<String> {
    let Bytes(bytes) = raw.starts_with('"').then(|| serde_json::from_str(raw).ok()).flatten()?;
    Some(String::from_utf8(bytes).unwrap_or_else(|error| without_surrogates(error.into_bytes())))
}

/// The object in a JSON string: what was written as JSON twice, as producers do that serialize what is serialized already.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let mut inside = string(text.trim())?;
    while let Some(deeper) = string(inside.trim()) {
        inside = deeper;
    }
    inside.trim_start().starts_with('{').then_some(inside)
}

/// A JSON string's bytes: UTF-8, but for lone surrogates, which come in the three bytes that UTF-8 has no use for.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Raw;

        impl Visitor<'_> for Raw {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }

        deserializer.deserialize_bytes(Raw)
    }
}

/// Replaces each lone surrogate (ED A0..BF xx) by U+FFFD, which is as long.
fn without_surrogates(mut bytes: Vec<u8>) -> String {
    let mut at = 0;
    while at + 2 < bytes.len() {
        if bytes[at] == 0xED && bytes[at + 1] >= 0xA0 {
            bytes[at..at + 3].copy_from_slice("\u{FFFD}".as_bytes());
            at += 2;
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
