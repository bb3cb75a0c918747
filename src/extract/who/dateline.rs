//! Where an article comes from: the country of its dateline, and of a ministry that publishes it.

use crate::extract::lexicon::{Lexicon, Words};
use crate::text::TokenRange;

use super::lexical::{Mention, Mentions};

/// Tokens that a dateline has at most: "BRUSSELS/GENEVA, 3 March 2021 (Agency) -".
const DATELINE_LIMIT: usize = 14;

/// Sentences at the start among which a dateline stands: headlines and bylines come before it.
const DATELINE_SENTENCES: usize = 8;

/// The country of the dateline ("TALLINN, March 29 (BWS) -"), if the article speaks of it besides: news from Geneva is seldom
/// about Switzerland. Of several cities the one whose country is named first counts.
pub(super) fn country(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon) -> Option<usize> {
    let (at, end) = words
        .doc
        .body_sentences()
        .iter()
        .take(DATELINE_SENTENCES)
        .find_map(|sentence| {
            let start = sentence.tokens.start as usize;
            let limit = (sentence.tokens.end as usize).min(start + DATELINE_LIMIT);
            let dash = (start + 1..limit)
                .find(|&idx| matches!(words.text(idx), "-" | "–" | "—" | "--") && !words.is_glued(idx))?;
            (words.is_capitalized(start) || words.text(start).starts_with(|c: char| c.is_ascii_digit()))
                .then_some((start, dash))
        })
        .or_else(|| after_date(words))?;
    let mut countries: Vec<usize> = (at..end).filter_map(|idx| place_in_capitals(words, lexicon, idx)).collect();
    countries.dedup();
    let named = mentions.all().iter().filter(|mention| mention.start() >= end || mention.end() <= at);
    named.filter_map(Mention::place).map(|(entity, _)| entity).find(|entity| countries.contains(entity))
}

/// "May 12, 2022 – Ottawa, Ontario": the place stands behind the date, on a line of its own.
fn after_date(words: &Words<'_>) -> Option<(usize, usize)> {
    words.doc.body_sentences().iter().take(DATELINE_SENTENCES).find_map(|sentence| {
        let (start, end) = (sentence.tokens.start as usize, sentence.tokens.end as usize);
        let has_year =
            (start..end).any(|idx| words.text(idx).len() == 4 && words.text(idx).bytes().all(|b| b.is_ascii_digit()));
        (has_year && end - start <= DATELINE_LIMIT && words.is_capitalized(start)).then_some((start, end))
    })
}

/// "NEW DELHI:", "TALLINN, March 29 (BWS) -": the words in capitals that say where the article was written. Nobody acts there.
pub(super) fn place_of_writing(words: &Words<'_>, lexicon: &Lexicon) -> Option<TokenRange> {
    words.doc.body_sentences().iter().take(DATELINE_SENTENCES).find_map(|sentence| {
        let start = sentence.tokens.start as usize;
        let limit = (sentence.tokens.end as usize).min(start + DATELINE_LIMIT);
        let end = (start..limit).find(|&idx| usual_case(words.text(idx)) == words.text(idx))?;
        let is_apart = matches!(words.text(end), ":" | "," | "(" | "-" | "–" | "—" | "--");
        let is_dateline = end > start && is_apart && place_in_capitals(words, lexicon, start).is_some();
        is_dateline.then(|| TokenRange::new(start, end))
    })
}

/// The country of a town, capital or country that is written here, perhaps in capitals.
fn place_in_capitals(words: &Words<'_>, lexicon: &Lexicon, idx: usize) -> Option<usize> {
    let usual: Vec<String> = (idx..(idx + 3).min(words.len())).map(|at| usual_case(words.text(at))).collect();
    let word = |at: usize| usual.get(at).map(String::as_str);
    let known = lexicon
        .places
        .longest(0, word)
        .map(|(_, place)| place.entity)
        .filter(|&entity| lexicon.entities[entity].is_country);
    known.or_else(|| lexicon.cities.longest(0, word).map(|(_, entity)| *entity))
}

/// "TALLINN" as "Tallinn"; words in other case stay.
fn usual_case(word: &str) -> String {
    let is_shouted = word.chars().count() > 2 && word.chars().all(|c| !c.is_lowercase());
    let mut letters = word.chars();
    match letters.next().filter(|_| is_shouted) {
        Some(first) => first.to_string() + &letters.as_str().to_lowercase(),
        None => word.to_owned(),
    }
}

/// The country whose ministry or the like a publisher is.
pub(super) fn country_of_publisher(lexicon: &Lexicon, name: &str) -> Option<usize> {
    is_state_body(lexicon, name).then(|| country_in(lexicon, name)).flatten()
}

/// The country that a publisher's name names: "Ministry of Foreign Affairs of Kenya".
fn country_in(lexicon: &Lexicon, name: &str) -> Option<usize> {
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    (0..words.len()).find_map(|at| {
        let (_, place) = lexicon.places.longest(at, |idx| words.get(idx).copied())?;
        lexicon.entities[place.entity].is_country.then_some(place.entity)
    })
}

/// Whether a publisher is a ministry or the like: a newspaper's name tells where it is read, not whose officials it quotes.
fn is_state_body(lexicon: &Lexicon, name: &str) -> bool {
    name.split_whitespace().map(str::to_lowercase).any(|word| {
        matches!(lexicon.bodies.head(&word), Some(Some(_)))
            || matches!(word.as_str(), "affairs" | "president" | "minister")
    })
}
