//! What the program that ships finds, as data: `tests/data/cases/<subject>/*.toml`, a text and what is expected of it. A new case needs no Rust.
//!
//! A case compares the keys that it gives and nothing else; a list that it gives must be complete.

use std::fmt::Write as _;
use std::path::Path;

use demarche::analyzer::{Analysis, Analyzer, Models};
use demarche::article::Article;
use demarche::finding::{Actor, Event, Statement};
use demarche::text::{Document, TokenRange};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// What came apart from the text.
    title: Option<String>,
    text: String,
    published: Option<String>,
    publisher: Option<String>,
    statements: Option<Vec<ExpectedStatement>>,
    events: Option<Vec<ExpectedEvent>>,
    /// Sentences that are no prose, with what they are.
    layout: Option<Vec<(String, String)>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedStatement {
    source: Option<String>,
    speaker: Option<String>,
    role: Option<String>,
    organization: Option<String>,
    country: Option<String>,
    wikidata: Option<String>,
    cue: Option<String>,
    kind: Option<String>,
    content: Option<Vec<String>>,
    attitude: Option<String>,
    to: Option<String>,
    when: Option<String>,
    occasion: Option<String>,
    via: Option<String>,
    inside: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedEvent {
    trigger: Option<String>,
    /// Where else it is told.
    mentions: Option<Vec<String>>,
    cameo: Option<String>,
    plover: Option<String>,
    actors: Option<Vec<String>>,
    recipients: Option<Vec<String>>,
    status: Option<String>,
    date: Option<String>,
    /// The first day of the last one of a stretch.
    until: Option<String>,
    precision: Option<String>,
    location: Option<String>,
    location_country: Option<String>,
    geonames_id: Option<u32>,
    historical: Option<bool>,
    /// Index of the statement it stands in.
    statement: Option<usize>,
}

/// The cases of a subject, read as the service reads them.
fn check(subject: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases").join(subject);
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut analyzer = Analyzer::new(&Models::embedded());
    let mut problems = String::new();
    let mut n_cases = 0;
    for path in &paths {
        let content = std::fs::read_to_string(path).unwrap();
        let file: File = toml::from_str(&content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in file.case {
            n_cases += 1;
            let mut article = Article::from_text("case", case.text.clone());
            article.published_at = case.published.as_deref().map(|day| format!("{day}T12:00:00Z").parse().unwrap());
            article.publisher.clone_from(&case.publisher);
            article.title.clone_from(&case.title);
            let analysis = analyzer.analyze(&article);
            let differences = compare(&case, &analysis);
            if !differences.is_empty() {
                writeln!(problems, "{} — {}\n  {}\n{differences}", path.display(), case.name, case.text).unwrap();
            }
        }
    }
    assert!(n_cases > 0, "no cases under {}", folder.display());
    assert!(problems.is_empty(), "\n{problems}");
}

fn compare(case: &Case, analysis: &Analysis) -> String {
    let mut out = String::new();
    let doc = &analysis.document;
    if let Some(expected) = &case.statements {
        differ(&mut out, "number of statements", &Some(expected.len()), analysis.statements.len());
        for (index, (expected, found)) in expected.iter().zip(&analysis.statements).enumerate() {
            compare_statement(&mut out, &format!("statement {index}"), doc, expected, found);
        }
        if expected.len() != analysis.statements.len() {
            for found in &analysis.statements {
                writeln!(out, "    found: {:?}", texts(doc, &found.content)).unwrap();
            }
        }
    }
    if let Some(expected) = &case.events {
        differ(&mut out, "number of events", &Some(expected.len()), analysis.events.len());
        for (index, (expected, found)) in expected.iter().zip(&analysis.events).enumerate() {
            compare_event(&mut out, &format!("event {index}"), doc, expected, found);
        }
        if expected.len() != analysis.events.len() {
            for found in &analysis.events {
                writeln!(out, "    found: {} {}", found.cameo, doc.range_text(found.trigger)).unwrap();
            }
        }
    }
    let layout: Vec<(String, String)> = doc
        .sentences
        .iter()
        .map(|sentence| (doc.range_text(sentence.tokens).to_owned(), format!("{:?}", sentence.kind).to_lowercase()))
        .filter(|(_, kind)| kind != "prose")
        .collect();
    differ(&mut out, "layout", &case.layout, layout);
    out
}

/// Notes a difference, if something was expected and something else found.
fn differ<T: PartialEq + std::fmt::Debug>(out: &mut String, what: &str, expected: &Option<T>, found: T) {
    if let Some(expected) = expected
        && *expected != found
    {
        writeln!(out, "  {what}: expected {expected:?}, got {found:?}").unwrap();
    }
}

fn compare_statement(out: &mut String, at: &str, doc: &Document, expected: &ExpectedStatement, found: &Statement) {
    let text = |range: Option<TokenRange>| range.map(|range| doc.range_text(range).to_owned()).unwrap_or_default();
    let speaker = found.speaker.clone().unwrap_or_default();
    let mut check =
        |what: &str, expected: &Option<String>, found: String| differ(out, &format!("{at} {what}"), expected, found);
    check("source", &expected.source, text(found.source));
    check("speaker", &expected.speaker, speaker.name.unwrap_or_default());
    check("role", &expected.role, speaker.role.unwrap_or_default());
    check("organization", &expected.organization, speaker.organization.unwrap_or_default());
    check("country", &expected.country, speaker.country.unwrap_or_default());
    check("wikidata", &expected.wikidata, speaker.wikidata.unwrap_or_default().to_owned());
    check("cue", &expected.cue, text(found.cue.as_ref().map(|cue| cue.tokens)));
    check("kind", &expected.kind, format!("{:?}", found.kind).to_lowercase());
    check("attitude", &expected.attitude, format!("{:?}", found.attitude).to_lowercase());
    check("addressee", &expected.to, text(found.addressees.first().copied()));
    let when = found.when.as_ref().and_then(|when| when.date).map(|date| date.to_string());
    check("when", &expected.when, when.unwrap_or_default());
    check("occasion", &expected.occasion, text(found.occasion));
    check("via", &expected.via, text(found.via));
    differ(out, &format!("{at} content"), &expected.content, texts(doc, &found.content));
    differ(out, &format!("{at} inside"), &expected.inside.map(Some), found.inside);
}

fn compare_event(out: &mut String, at: &str, doc: &Document, expected: &ExpectedEvent, found: &Event) {
    let codes = |actors: &[Actor]| actors.iter().map(|actor| actor.code.clone()).collect::<Vec<_>>();
    let mut check =
        |what: &str, expected: &Option<String>, found: String| differ(out, &format!("{at} {what}"), expected, found);
    check("trigger", &expected.trigger, doc.range_text(found.trigger).to_owned());
    check("cameo", &expected.cameo, found.cameo.clone());
    check("plover", &expected.plover, found.plover_type.to_string());
    check("status", &expected.status, format!("{:?}", found.status).to_lowercase());
    let period = found.date.as_ref().and_then(|date| date.period);
    check("date", &expected.date, period.map(|period| period.first.to_string()).unwrap_or_default());
    let last = period.and_then(|period| period.last);
    check("until", &expected.until, last.map(|last| last.to_string()).unwrap_or_default());
    let precision = period.map(|period| format!("{:?}", period.precision).to_lowercase());
    check("precision", &expected.precision, precision.unwrap_or_default());
    let place = found.location.as_ref();
    check("location", &expected.location, place.map(|place| place.name.clone()).unwrap_or_default());
    let country = place.and_then(|place| place.country.clone());
    check("country of the location", &expected.location_country, country.unwrap_or_default());
    let id = place.and_then(|place| place.town).map(|town| town.geonames_id);
    differ(out, &format!("{at} geonames_id"), &expected.geonames_id.map(Some), id);
    differ(out, &format!("{at} mentions"), &expected.mentions, texts(doc, &found.mentions));
    differ(out, &format!("{at} actors"), &expected.actors, codes(&found.actors));
    differ(out, &format!("{at} recipients"), &expected.recipients, codes(&found.recipients));
    differ(out, &format!("{at} historical"), &expected.historical, found.historical);
    differ(out, &format!("{at} statement"), &expected.statement.map(Some), found.statement);
}

fn texts(doc: &Document, ranges: &[TokenRange]) -> Vec<String> {
    ranges.iter().map(|&range| doc.range_text(range).to_owned()).collect()
}

#[test]
fn quotation_marks_are_paired() {
    check("quotes");
}

#[test]
fn statements_have_their_parts() {
    check("statements");
}

#[test]
fn speakers_are_who_the_article_says() {
    check("speakers");
}

#[test]
fn events_are_coded() {
    check("events");
}

#[test]
fn what_is_no_story_yields_nothing() {
    check("boilerplate");
}

#[test]
fn dates_are_resolved_against_the_day_of_publication() {
    check("dates");
}

#[test]
fn places_are_found_on_the_map() {
    check("places");
}

#[test]
fn a_title_and_its_text_are_read_as_one() {
    check("titles");
}

#[test]
fn one_thing_is_said_once() {
    check("records");
}
