//! Rules over the core's layers, on documents annotated by hand: retraining breaks none of these.

use std::fmt::Write as _;

use demarche::nlp::consistency::harmonize;
use demarche::nlp::dates::mark_dates;
use demarche::text::{Document, Entity, Sentence, SentenceKind, Span, TokenRange, Upos};

/// A document of the form that `tests/data/tagged/names.txt` describes.
fn document(line: &str) -> Document {
    let (mut text, mut tokens, mut sentences) = (String::new(), Vec::new(), Vec::new());
    let (mut entities, mut upos, mut open, mut first) = (Vec::new(), Vec::new(), None, 0);
    let mut words = line.split_whitespace();
    let mut end_sentence = |end: usize| {
        sentences.push(Sentence { tokens: TokenRange::new(first, end), kind: SentenceKind::Prose, paragraph: 0 });
        first = end;
    };
    while let Some(word) = words.next() {
        if word == "||" {
            end_sentence(tokens.len());
            continue;
        }
        let mut word = word;
        if let Some(kind) = word.strip_prefix('[') {
            open = Some((tokens.len(), kind.parse().expect("a kind of name")));
            word = words.next().expect("a name after its kind");
        }
        let closes = word.ends_with(']');
        let (form, tag) = word.trim_end_matches(']').split_once('/').unwrap_or((word.trim_end_matches(']'), "X"));
        let start = text.len();
        text.push_str(form);
        tokens.push(Span::new(start, text.len()));
        upos.push(tag.parse::<Upos>().expect("a part of speech"));
        text.push(' ');
        if closes {
            let (start, kind) = open.take().expect("an open bracket");
            entities.push(Entity { tokens: TokenRange::new(start, tokens.len()), kind });
        }
    }
    end_sentence(tokens.len());
    let mut doc = Document::new(text);
    let is_tagged = upos.iter().any(|tag| *tag != Upos::X);
    (doc.tokens, doc.sentences, doc.entities) = (tokens, sentences, entities);
    doc.upos = if is_tagged { upos } else { Vec::new() };
    doc
}

fn written(doc: &Document) -> String {
    let mut words: Vec<String> = (0..doc.tokens.len()).map(|token_idx| doc.token_text(token_idx).to_owned()).collect();
    for entity in &doc.entities {
        let range = entity.tokens.range();
        words[range.start] = format!("[{} {}", entity.kind, words[range.start]);
        words[range.end - 1].push(']');
    }
    for sentence in doc.sentences.iter().skip(1) {
        words[sentence.tokens.start as usize].insert_str(0, "|| ");
    }
    words.join(" ")
}

fn check(file: &str, rule: fn(&mut Document)) {
    let mut wrong = String::new();
    let lines: Vec<&str> = file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    for case in lines.chunks(2) {
        let (core, want) = (case[0].strip_prefix("core: ").unwrap(), case[1].strip_prefix("want: ").unwrap());
        let mut doc = document(core);
        rule(&mut doc);
        if written(&doc) != want {
            writeln!(wrong, "found    {core}\nexpected {want}\ngot      {}", written(&doc)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn names_agree_within_an_article() {
    check(include_str!("../data/tagged/names.txt"), harmonize);
}

#[test]
fn dates_are_names() {
    check(include_str!("../data/tagged/dates.txt"), mark_dates);
}
