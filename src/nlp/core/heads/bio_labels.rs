//! Reading the labels of stretches from a model file: `O`, then `B-KIND` and `I-KIND` of each kind.

use std::str::FromStr;

use crate::nlp::core::decode::Transitions;
use crate::nlp::model_file::{ModelError, Section};
use crate::text::UnknownLabel;

/// The kinds, in the order of their labels. `section` is that of their scores, for the error.
pub(super) fn kinds_of<K>(labels: &[String], section: &Section) -> Result<Vec<K>, ModelError>
where
    K: FromStr<Err = UnknownLabel>,
{
    let kind_of = |pair: &[String]| match pair {
        [begin, inside]
            if begin.strip_prefix("B-").is_some() && begin.strip_prefix("B-") == inside.strip_prefix("I-") =>
        {
            Ok(begin[2..].parse()?)
        }
        _ => Err(section.wrong(format!("labels O, B-KIND, I-KIND … expected, {pair:?} found"))),
    };
    if labels.is_empty() || labels.len() > Transitions::MOST_LABELS {
        return Err(section.wrong(format!(
            "1 to {} labels expected, {} found",
            Transitions::MOST_LABELS,
            labels.len()
        )));
    }
    labels[1..].chunks(2).map(kind_of).collect()
}
