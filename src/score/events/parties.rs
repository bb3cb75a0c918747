//! What the codes of parties say: state or international body, sector, and whether two sides are the same.

use std::collections::BTreeSet;

use super::Mention;
use super::answered::Answered;

/// Types whose parties do it together, so that sides tell nothing.
const MUTUAL: [&str; 3] = ["AGREE", "CONSULT", "COOPERATE"];

/// What international parties begin with, in place of a state.
const HEADS: [&str; 7] = ["IGO", "NGO", "NGM", "MNC", "IMG", "INT", "ISM"];

/// Sectors of PLOVER and CAMEO. Apart from the program's own table: a scorer judges by a list of its own.
const SECTORS: [&str; 26] = [
    "GOV", "MIL", "COP", "LEG", "JUD", "OPP", "REB", "PTY", "CVL", "MED", "BUS", "CRM", "SPY", "ELI", "JRN", "REL",
    "LAB", "EDU", "HLH", "SET", "REF", "UAF", "PRM", "INS", "SEP", "HRI",
];

/// Whether parties of this PLOVER type are on one side.
pub(super) fn is_mutual(plover: &str) -> bool {
    MUTUAL.contains(&plover)
}

fn is_sector(code: &str) -> bool {
    SECTORS.contains(&code)
}

/// Characters of a code from one place to another, as far as there are any.
fn part(code: &str, from: usize, to: usize) -> &str {
    let place = |n: usize| code.char_indices().nth(n).map_or(code.len(), |(at, _)| at);
    &code[place(from)..place(to)]
}

/// State or international body; nothing where the code says neither (`---CVL`, `CVL`).
pub(super) fn home(code: &str) -> Option<&str> {
    let first = part(code, 0, 3);
    if code.is_empty() || first == "---" || is_sector(first) {
        return None;
    }
    Some(if first == "IGO" { part(code, 0, 6) } else { first })
}

/// The first sector.
pub(super) fn sector(code: &str) -> Option<&str> {
    let first = part(code, 0, 3);
    if HEADS.contains(&first) {
        return None;
    }
    Some(if is_sector(first) { first } else { part(code, 3, 6) }).filter(|sector| !sector.is_empty())
}

type Homes<'a> = BTreeSet<&'a str>;

fn homes<'a>(codes: impl Iterator<Item = &'a str>) -> Homes<'a> {
    codes.filter_map(home).collect()
}

/// Whether the countries of both sides are those of a mention, or of all mentions together. Of mutual types, and of events whose gold parties are all
/// on one side, both sides are compared together.
pub(super) fn sides_agree(cluster: &[&Mention], answered: &Answered<'_>) -> bool {
    let actors = homes(answered.actors.iter().map(|party| party.1));
    let recipients = homes(answered.recipients.iter().map(|party| party.1));
    let agree = |mentions: &[&Mention]| {
        let of = |pick: fn(&Mention) -> &[super::Party]| {
            homes(mentions.iter().flat_map(|mention| pick(mention)).map(|party| party.code.as_str()))
        };
        let (gold_actors, gold_recipients) = (of(|mention| &mention.actors), of(|mention| &mention.recipients));
        let is_one_side = is_mutual(&mentions[0].plover) || gold_recipients.is_empty() && gold_actors.len() > 1;
        (&actors, &recipients) == (&gold_actors, &gold_recipients)
            || is_one_side && &actors | &recipients == &gold_actors | &gold_recipients
    };
    cluster.chunks(1).any(agree) || agree(cluster)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_state_or_body_and_sector() {
        for (code, expected) in [
            ("RUSGOV", (Some("RUS"), Some("GOV"))),
            ("RUS", (Some("RUS"), None)),
            ("IGOUNO", (Some("IGOUNO"), None)),
            ("NGOHRI", (Some("NGO"), None)),
            ("---CVL", (None, Some("CVL"))),
            ("---", (None, None)),
            ("REB", (None, Some("REB"))),
            ("", (None, None)),
        ] {
            assert_eq!((home(code), sector(code)), expected, "{code}");
        }
    }
}
