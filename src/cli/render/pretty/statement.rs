//! A statement for reading: who said it, in the article's own order of words where they follow one another ("Canada urged
//! Nigeria to search the coast"), with a colon where they do not ("Aino Vesterlund told reporters: “…”", "according to the
//! spokesman: …").

use anstyle::{AnsiColor, Style};

use super::super::wrap::Paragraph;
use super::{DIM, PLAIN, SPEAKER, aside, confidence};
use crate::record::{
    AttitudeRecord, CueRecord, SpanRecord, SpeakerRecord, StatementKindRecord, StatementRecord, usual_names,
};

const CUE: Style = AnsiColor::Yellow.on_default();

/// Most words of the article between a source and its cue that are printed with them: "Chile [has made an] offer".
const MAX_BETWEEN: usize = 4;

/// Most characters of an office behind its first words: "adviser [to the Belarusian government]".
const MAX_OFFICE: usize = 60;

/// Words behind which an office begins.
const BEFORE_OFFICE: [&str; 14] =
    ["a", "an", "the", "his", "her", "its", "their", "our", "my", "of", "to", "and", "both", "s"];

/// Offices that say nothing without what they are of: "head", where the article says "he" and named the delegation before.
const OF_SOMETHING: [&str; 3] = ["head", "member", "part"];

/// Words with which an office goes on.
const IN_OFFICE: [&str; 6] = [" of ", " to ", " for ", " at ", " in ", " on "];

/// Words behind which another deed of the same source begins.
const COORDINATORS: [&str; 3] = ["and", "or", "but"];

/// Words with which a clause begins that goes on behind its cue, wherever that stands: "said on Monday | that".
const CONJUNCTIONS: [&str; 6] = ["that", "to", "whether", "if", "how", "why"];

/// Pronouns that own: "her demand".
const OWNERS: [&str; 6] = ["his", "her", "its", "their", "our", "my"];

/// One statement; below it in what words, and how sure it is.
pub(in crate::cli::render) fn statement(found: &StatementRecord, width: usize, out: &mut String) {
    let indent = if found.inside.is_some() { "      " } else { "  " };
    let below = format!("{indent}  ");
    let mut line = Paragraph::default();
    line.push("❝", DIM).space();
    let shown = attribution(found, &mut line);
    let content = content(found);
    if follows(found, &content) {
        line.space();
    } else {
        line.push(":", PLAIN).space();
    }
    line.push(&content, PLAIN);
    line.write(out, width, indent, &below);

    // Words with the name in them say no more than it.
    let name = found.speaker.as_ref().and_then(|speaker| speaker.name.as_deref()?.split_whitespace().next_back());
    let is_news = |words: &&str| !holds(&shown, words) && !name.is_some_and(|name| holds(words, name));
    let source = found.source.as_ref().map(|source| source.text.as_str()).filter(is_news);
    let source = source.map(|words| format!("as “{}”", words.trim_matches([',', ' '])));
    let via = found.via.as_ref().map(|via| format!("via {}", via.text));
    let occasion = found.occasion.as_ref().map(|occasion| occasion.text.as_str());
    let occasion = occasion.filter(|words| !holds(&shown, words));
    let when = found.when.as_ref().map(|when| when.date.clone().unwrap_or_else(|| when.span.text.clone()));
    let confidence = confidence(found.confidence);
    let known =
        [source.as_deref(), Some(kind(found.kind)), occasion, when.as_deref(), via.as_deref(), Some(&confidence)];
    aside(known.into_iter().flatten()).write(out, width, &below, &below);
}

/// Who said it and by which words; also as plain text.
fn attribution(found: &StatementRecord, line: &mut Paragraph) -> String {
    let speaker = found.speaker.as_ref();
    let source = found.source.as_ref();
    let name = speaker.and_then(|speaker| speaker.name.as_deref());
    let name = name.or(source.map(|source| source.text.trim_matches([',', ' ']))).unwrap_or("Somebody");
    let known = speaker.map(|speaker| known(speaker, name, source)).unwrap_or_default();
    let bracket = if known.is_empty() { String::new() } else { format!("({known})") };
    let cue = found.cue.as_ref();
    let is_before = |cue: &&CueRecord| source.is_some_and(|source| introduces(&cue.span, source));
    if let Some(cue) = cue.filter(is_before) {
        line.push(&capitalized(&cue.span.text), CUE).space().push(name, SPEAKER).space().push(&bracket, DIM);
        return format!("{} {name} {bracket}", cue.span.text);
    }
    line.push(&capitalized(name), SPEAKER);
    let by = cue.map_or_else(|| verb(found.attitude).to_owned(), |cue| between(found, source, &cue.span));
    if let Some(owned) = by.strip_prefix("’s ") {
        line.push("’s", SPEAKER).space().push(owned, CUE).space().push(&bracket, DIM);
    } else {
        line.space().push(&bracket, DIM).space().push(&by, CUE);
    }
    let mut shown = format!("{name} {bracket} {by}");
    for words in addressed(found) {
        line.space().push(words, PLAIN);
        shown = format!("{shown} {words}");
    }
    shown
}

/// Whether a cue is a preposition before its source: "according to the envoy", "in the words of the envoy".
fn introduces(cue: &SpanRecord, source: &SpanRecord) -> bool {
    let last = cue.text.rsplit(' ').next().unwrap_or_default();
    let is_preposition = ["to", "of", "by", "per"].iter().any(|word| last.eq_ignore_ascii_case(word));
    is_preposition && cue.field == source.field && source.start >= cue.end && source.start <= cue.end + 2
}

/// The cue with the few words of the article that stand between its source and it. What a source owns begins with "’s".
fn between(found: &StatementRecord, source: Option<&SpanRecord>, cue: &SpanRecord) -> String {
    let bare = || cue.text.clone();
    let sentence = &found.sentence.span;
    let is_here =
        |source: &&SpanRecord| source.field == cue.field && source.field == sentence.field && source.end <= cue.start;
    let Some(source) = source.filter(is_here) else { return bare() };
    let Some(gap) = part(sentence, source.end, cue.start) else { return bare() };
    let is_owner = OWNERS.iter().any(|owner| source.text.eq_ignore_ascii_case(owner));
    let of_owner = gap.strip_prefix("'s ").or_else(|| gap.strip_prefix("’s ")).or(is_owner.then_some(gap));
    let words = of_owner.unwrap_or(gap).trim();
    let is_plain = words.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-' || c == '’')
        && !words.split(' ').any(|word| COORDINATORS.contains(&word));
    let is_of_other = |span: &SpanRecord| span.field == cue.field && span.start >= source.end && span.start < cue.start;
    let mut others = found.content.iter().chain(&found.addressees);
    if !is_plain || words.split(' ').count() > MAX_BETWEEN || others.any(is_of_other) {
        return bare();
    }
    let by = if words.is_empty() { bare() } else { format!("{words} {}", cue.text) };
    if of_owner.is_some() { format!("’s {by}") } else { by }
}

/// Whom it was said to, where that does not stand in what is printed as the content. A cue of which the addressee is the object
/// stands before him as in the text ("told reporters"), another one takes "to".
fn addressed(found: &StatementRecord) -> Vec<&str> {
    let (Some(cue), Some(first)) = (&found.cue, found.addressees.first()) else { return Vec::new() };
    let is_in_content =
        |content: &SpanRecord| content.field == first.field && (content.start..content.end).contains(&first.start);
    if found.content.iter().any(is_in_content) {
        return Vec::new();
    }
    let mut words = Vec::new();
    if first.start > cue.span.end + 1 || first.start < cue.span.start {
        words.push("to");
    }
    for (idx, addressee) in found.addressees.iter().enumerate() {
        if idx > 0 {
            words.push("and");
        }
        words.push(&addressee.text);
    }
    words
}

/// Whether the content goes on where the attribution ends, or as if it did, so that both are one sentence.
fn follows(found: &StatementRecord, content: &str) -> bool {
    let Some(first) = found.content.first().filter(|_| !opens_quotation(content)) else { return false };
    let Some(cue) = &found.cue else { return false };
    if found.source.as_ref().is_some_and(|source| introduces(&cue.span, source)) {
        return false;
    }
    // "said on Monday that they would come": "said that they would come", and no colon before "that".
    if content.split(' ').next().is_some_and(|word| CONJUNCTIONS.contains(&word)) {
        return true;
    }
    let ends = [&cue.span].into_iter().chain(found.addressees.iter().filter(|whom| whom.end <= first.start));
    let end = ends.filter(|span| span.field == first.field).map(|span| span.end).max();
    end.is_some_and(|end| end < first.start && first.start <= end + 2)
}

/// The content as it stands in the article, pieces set apart; a direct quotation gets the marks that its span leaves out, one or both.
fn content(found: &StatementRecord) -> String {
    let content = found.content.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join(" … ");
    if found.kind == StatementKindRecord::Direct && !opens_quotation(&content) {
        let closing = if content.ends_with('”') { "" } else { "”" };
        return format!("“{content}{closing}");
    }
    content
}

fn opens_quotation(content: &str) -> bool {
    content.starts_with(['“', '"', '«', '„', '‘', '\''])
}

/// What is known of a speaker beside the name: office, body, country; nothing that the name says.
fn known(speaker: &SpeakerRecord, name: &str, source: Option<&SpanRecord>) -> String {
    let mut known: Vec<String> = Vec::new();
    let role = speaker.role.as_deref().and_then(|role| office(role, source.map_or("", |source| &source.text), name));
    // A state by its usual name needs no code.
    let country = speaker.country.as_deref().filter(|code| !usual_names::says(name, code));
    for words in [role.as_deref(), speaker.organization.as_deref(), country].into_iter().flatten() {
        let is_said = holds(name, words) || known.iter().any(|known| holds(known, words));
        if !is_said {
            known.push(words.to_owned());
        }
    }
    known.join(", ")
}

/// An office with the words that belong to it in the article: "water minister", "head of the Chilean delegation"; none where it says
/// nothing without what it is of.
pub(super) fn office(role: &str, source: &str, name: &str) -> Option<String> {
    let whole = with_its_words(role, source, name);
    let says_nothing = OF_SOMETHING.iter().any(|word| whole.eq_ignore_ascii_case(word));
    (!says_nothing).then_some(whole)
}

fn with_its_words(role: &str, source: &str, name: &str) -> String {
    let Some(start) = source.find(role) else { return role.to_owned() };
    let (before, after) = (&source[..start], &source[start + role.len()..]);
    let is_lower = |word: &&str| {
        word.chars().all(|c| c.is_lowercase() || c == '-') && !BEFORE_OFFICE.contains(word) && !word.is_empty()
    };
    let of_clause = before.rsplit([',', ';', '(']).next().unwrap_or_default();
    let mut qualifiers: Vec<&str> = of_clause.split_whitespace().rev().take_while(is_lower).collect();
    qualifiers.reverse();
    let goes_on = IN_OFFICE.iter().any(|word| after.starts_with(word));
    let rest = after.split([',', ';', '(', '–', '—']).next().unwrap_or_default();
    let rest = rest.split(name).next().unwrap_or_default().trim_end();
    let rest = if goes_on && rest.chars().count() <= MAX_OFFICE { rest } else { "" };
    qualifiers.push(role);
    format!("{}{rest}", qualifiers.join(" "))
}

/// Whether all words of one text stand in another, whatever their case.
pub(super) fn holds(text: &str, words: &str) -> bool {
    let split = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).filter(|word| !matches!(word.as_str(), "the" | "a" | "an")).collect()
    };
    let text = split(text);
    split(words).iter().all(|word| text.contains(word))
}

/// The words between two offsets, in code points, if they stand in this span.
fn part(span: &SpanRecord, start: usize, end: usize) -> Option<&str> {
    let (from, to) = (start.checked_sub(span.start)?, end.checked_sub(span.start)?);
    let mut places = span.text.char_indices().map(|(byte, _)| byte).chain([span.text.len()]);
    let first = places.clone().nth(from)?;
    let last = places.nth(to)?;
    span.text.get(first..last)
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

const fn verb(attitude: AttitudeRecord) -> &'static str {
    match attitude {
        AttitudeRecord::Speech => "said",
        AttitudeRecord::Belief => "believes",
        AttitudeRecord::Intention => "intends",
        AttitudeRecord::Request => "asked",
        AttitudeRecord::Evaluation => "judged",
        AttitudeRecord::Perception => "learned",
        AttitudeRecord::Ruling => "ruled",
    }
}

const fn kind(kind: StatementKindRecord) -> &'static str {
    match kind {
        StatementKindRecord::Direct => "direct",
        StatementKindRecord::Indirect => "indirect",
        StatementKindRecord::Mixed => "mixed",
    }
}
