//! English or not. The text decides, and what is declared only where the text leaves it open: templates declare the same language on every
//! page of a site.
//!
//! The words that hold sentences together tell languages apart even in short texts: of English ones every third is such a word, of others
//! hardly one in ten happens to be one. Foreign names and quotations do not change that. Trigrams are asked of longer texts in languages of
//! which no words are listed, and of their words without names: a list of those who signed is in no language.

use std::collections::HashMap;
use std::sync::LazyLock;

use whatlang::{Lang, Script};

use super::super::{Rejection, RejectionReason};

/// Letters of words that are no names below which trigrams are not asked: of a headline they are a guess, and a refused English article costs
/// more than an analyzed foreign one.
const MIN_LETTERS: usize = 120;

/// Bytes of the text that are looked at: a lead in another language, as of a translated statement, must not decide.
const SAMPLE_BYTES: usize = 16 * 1024;

/// Function words below which nothing is decided by them.
const MIN_WORDS: usize = 3;

/// Share of English function words from which a text is English, if no other language has more: in a hundred words. News has 30 to 45, a list
/// of results some 10, and other languages have up to 9 by chance.
const ENGLISH: usize = 12;

/// Share of another language's words from which a text is in it, likewise.
const OTHER: usize = 15;

/// Tags that declare nothing: ISO 639 "undetermined", "multiple languages", "no linguistic content", "uncoded".
const UNDECLARED: [&str; 4] = ["und", "mul", "zxx", "mis"];

/// The languages whose function words are known; English is the first.
static LANGUAGES: LazyLock<Vec<&str>> = LazyLock::new(|| rows().map(|(language, _)| language).collect());

/// The languages, by their place in [`LANGUAGES`], in which a word is a function word.
static FUNCTION_WORDS: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut words: HashMap<&str, Vec<usize>> = HashMap::new();
    for (idx, (_, of_language)) in rows().enumerate() {
        of_language.split(' ').for_each(|word| words.entry(word).or_default().push(idx));
    }
    words
});

/// Particles of names, and whether each needs a name right before it.
static PARTICLES: LazyLock<HashMap<&str, bool>> = LazyLock::new(|| {
    let rows = table(include_str!("../../../data/input/name_particles.tsv"));
    rows.map(|(particle, follows_name)| (particle, follows_name == "yes")).collect()
});

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    table(include_str!("../../../data/input/function_words.tsv"))
}

/// The rows of a table of two columns, without its header.
fn table(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.skip(1).filter_map(|row| row.split_once('\t'))
}

/// What a text says of its language.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    English,
    Other(&'static str),
    Open,
}

/// Refuses an article that is in another language than English, or is declared to be where its text does not tell.
pub(super) fn check(declared: Option<&str>, text: &str) -> Result<(), Rejection> {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    match whatlang::detect_script(sample) {
        Some(Script::Latin) => {}
        Some(script) => {
            // Chinese characters are in Japanese texts as well.
            let script = if script == Script::Mandarin { "Chinese".to_owned() } else { script.to_string() };
            return Err(unsupported(format!("the text is in {script} script, only English is analyzed")));
        }
        None => return Ok(()),
    }
    match by_words(sample) {
        Found::English => return Ok(()),
        Found::Other(language) => {
            return Err(unsupported(format!("the text seems to be in {language}, only English is analyzed")));
        }
        Found::Open => {}
    }
    let primary = declared.unwrap_or_default().trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if matches!(primary.as_str(), "en" | "eng" | "english") {
        return Ok(());
    }
    if !primary.is_empty() && !UNDECLARED.contains(&primary.as_str()) {
        return Err(unsupported(format!("the article is declared to be in {primary:?}, only English is analyzed")));
    }
    let words: Vec<&str> = words(sample).filter(|(_, is_name)| !is_name).map(|(word, _)| word).collect();
    if words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()).count() < MIN_LETTERS {
        return Ok(());
    }
    match whatlang::detect(&words.join(" ")) {
        Some(found) if found.lang() != Lang::Eng && found.is_reliable() => {
            Err(unsupported(format!("the text seems to be in {}, only English is analyzed", found.lang().eng_name())))
        }
        _ => Ok(()),
    }
}

/// Whether a word, in lower case, is one that holds English sentences together.
pub(super) fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.get(word).is_some_and(|languages| languages.contains(&0))
}

/// The words of a text, and whether each is one of a name, as far as its capital shows.
fn words(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut begins_sentence = true;
    for line in text.lines() {
        let mut is_apart = true;
        for word in line.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphabetic());
            if !bare.is_empty() {
                let is_capital = bare.starts_with(char::is_uppercase);
                let is_name = is_capital && !begins_sentence;
                words.push(Word { bare, is_capital, is_name, is_apart: is_apart || word.starts_with('(') });
            }
            begins_sentence = word.ends_with(['.', '!', '?', ':', '”', '"']) || bare.is_empty() && begins_sentence;
            is_apart = bare.is_empty() || bare == "and" || word.ends_with([',', ';', ':']);
        }
    }
    name_particles(&mut words);
    words.into_iter().map(|word| (word.bare, word.is_name))
}

struct Word<'t> {
    bare: &'t str,
    is_capital: bool,
    is_name: bool,
    /// It begins a line, or what a list is made of stands before it: a comma, a number, a bullet, "and".
    is_apart: bool,
}

/// Marks particles of names: "Juan de la Cruz, van der Berg, Ursula von der Leyen".
fn name_particles(words: &mut [Word<'_>]) {
    let mut from = 0;
    while let Some(first) = words.get(from) {
        let Some(needs_name) = PARTICLES.get(first.bare) else {
            from += 1;
            continue;
        };
        let n_run = words[from..].iter().take_while(|word| PARTICLES.contains_key(word.bare)).count();
        let may_begin = if first.is_apart { !needs_name } else { from > 0 && words[from - 1].is_capital };
        let to = from + n_run;
        let goes_on = words.get(to).is_some_and(|word| word.is_capital && !word.is_apart);
        if may_begin && goes_on {
            words[from..to].iter_mut().for_each(|word| word.is_name = true);
        }
        from = to;
    }
}

/// By its function words. Names are left out: "La Paz", "De Gaulle" and "Juan de la Cruz" are in English texts.
fn by_words(text: &str) -> Found {
    let mut n_of = vec![0_usize; LANGUAGES.len()];
    let mut n_words = 0;
    for (bare, is_name) in words(text) {
        n_words += 1;
        if is_name {
            continue;
        }
        // French and Italian articles stand before an apostrophe, English verbs behind it.
        let lower = bare.to_lowercase();
        let lower = lower.split(['\'', '’']).next().unwrap_or_default();
        if let Some(languages) = FUNCTION_WORDS.get(lower) {
            languages.iter().for_each(|idx| n_of[*idx] += 1);
        }
    }
    let Some((english, others)) = n_of.split_first() else { return Found::Open };
    // Of equal ones the first in the list.
    let (most, n_most) =
        others.iter().enumerate().rev().max_by_key(|(_, n)| **n).map_or((0, 0), |(idx, n)| (idx + 1, *n));
    let share = |n: usize| (n * 100).checked_div(n_words).unwrap_or(0);
    if *english >= MIN_WORDS && *english >= n_most && share(*english) >= ENGLISH {
        return Found::English;
    }
    if n_most >= MIN_WORDS && n_most > 2 * english && share(n_most) >= OTHER {
        return Found::Other(LANGUAGES[most]);
    }
    Found::Open
}

fn unsupported(detail: String) -> Rejection {
    Rejection::new(RejectionReason::UnsupportedLanguage, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_languages_apart() {
        for (text, expected) in [
            ("The envoy of the island republic arrived in the harbor on Monday.", "English"),
            ("Envoy says talks will go on as both sides return to the table", "English"),
            (
                "“Pourquoi pas?” said the minister, who is known as le petit général in La Paz, and left with a smile.",
                "English",
            ),
            ("Der Gesandte ist am Montag im Hafen eingetroffen und sprach mit dem Minister.", "German"),
            ("Le ministre a déclaré lundi que la réunion aurait lieu dans les prochains jours.", "French"),
            ("Ministeren sa mandag at møtet ikke vil finne sted før etter valget, og at han er skuffet.", "Norwegian"),
            (
                "Ministeren sagde mandag, at mødet ikke vil blive holdt før efter valget, og at han er skuffet.",
                "Danish",
            ),
            ("Ministro a bisa ku e reunion ta sigui ora ku nan ta kla pa papia riba e tema.", "Papiamento"),
            ("El ministro dijo el lunes que la reunión no se celebrará hasta después de las elecciones.", "Spanish"),
            (
                "Minister powiedział, że spotkanie nie odbędzie się w poniedziałek i że jest to problem dla rządu.",
                "Polish",
            ),
            ("Juan de la Cruz, van der Berg, de los Santos and von der Heide were among those who came.", "English"),
            ("Envoy: bonjour", ""),
            ("Angola 2, Gabon 1; Mali 0, Chad 0", ""),
        ] {
            let found = match by_words(text) {
                Found::English => "English",
                Found::Other(language) => language,
                Found::Open => "",
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
