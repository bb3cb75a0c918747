//! Ids by name (UUID version 5, RFC 9562): the same article gives the same ids on every machine, so that a reader who
//! keys by id never notices a replay.

use uuid::Uuid;

use crate::text::{Field, Span};

/// The namespace of all ids of records: version 5 of `urn:demarche` in RFC 9562's URL namespace.
pub const NAMESPACE: Uuid = Uuid::from_u128(0x53cf_fe4a_bb26_5be2_a81c_c6c8_1b64_d5a6);

/// Id of an article that has none: of its URL, in the URL namespace, as anybody else would compute it.
pub(super) fn of_url(url: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, url.as_bytes())
}

/// Id of an article that has neither id nor URL: of its text.
pub(super) fn of_text(text: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("text\0{text}").as_bytes())
}

/// Id of an article's analysis.
pub(super) fn of_analysis(article_id: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("analysis\0{article_id}").as_bytes())
}

/// Id of a finding: of the article, the kind of finding, the text it stands in and the byte spans that make it what it
/// is. `ordinal` tells apart findings that agree in all of that; it is 0 for the first.
pub(super) fn of_finding(article_id: &str, kind: &str, field: Field, spans: &[Span], ordinal: usize) -> Uuid {
    use std::fmt::Write as _;
    let mut name = format!("{kind}\0{article_id}\0{}", if field == Field::Title { "title" } else { "text" });
    for span in spans {
        write!(name, "\0{}-{}", span.start, span.end).expect("writing to a string cannot fail");
    }
    if ordinal > 0 {
        write!(name, "\0#{ordinal}").expect("writing to a string cannot fail");
    }
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespace_is_derived_as_documented() {
        assert_eq!(NAMESPACE, Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:demarche"));
    }

    #[test]
    fn every_part_of_the_name_counts() {
        let span = |start, end| Span { start, end };
        let ids = [
            of_finding("a", "statement", Field::Text, &[span(0, 1)], 0),
            of_finding("b", "statement", Field::Text, &[span(0, 1)], 0),
            of_finding("a", "event", Field::Text, &[span(0, 1)], 0),
            of_finding("a", "statement", Field::Title, &[span(0, 1)], 0),
            of_finding("a", "statement", Field::Text, &[span(0, 2)], 0),
            of_finding("a", "statement", Field::Text, &[span(0, 1)], 1),
            of_finding("a", "statement", Field::Text, &[span(0, 1), span(2, 3)], 0),
        ];
        for (idx, id) in ids.iter().enumerate() {
            assert!(!ids[..idx].contains(id), "id {idx} repeats an earlier one");
        }
    }
}
