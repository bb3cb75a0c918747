//! Rules over the core's layers, on documents annotated by hand: retraining breaks none of these.

use std::fmt::Write as _;

use demarche::extract::Knowledge;
use demarche::nlp::consistency::harmonize;
use demarche::nlp::dates::mark_dates;
use demarche::text::{Deprel, Document, Entity, Role, RoleSpan, Sentence, SentenceKind, Span, TokenRange, Upos, Xpos};

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

/// A document of the form that `tests/data/tagged/roles.txt` describes.
fn document_with_roles(line: &str) -> Document {
    let (mut text, mut paragraph, mut first) = (String::new(), 0, 0);
    let mut doc = Document::default();
    // Role, number of the cue, whether its link is sure, first token.
    let mut open: Vec<(Role, u32, bool, usize)> = Vec::new();
    let mut roles: Vec<(RoleSpan, u32)> = Vec::new();
    let mut links: Vec<(usize, &str, i64)> = Vec::new();
    let mut opening: Option<Role> = None;
    let mut tags: Vec<Option<Upos>> = Vec::new();
    let mut penn_tags: Vec<Option<Xpos>> = Vec::new();
    for word in line.split_whitespace() {
        if matches!(word, "||" | "¶") {
            let tokens = TokenRange::new(first, doc.tokens.len());
            doc.sentences.push(Sentence { tokens, kind: SentenceKind::Prose, paragraph });
            (first, paragraph) = (doc.tokens.len(), paragraph + u32::from(word == "¶"));
            continue;
        }
        let role = [('{', Role::Source), ('<', Role::Cue), ('[', Role::Content)].into_iter().find(|(mark, role)| {
            word.strip_prefix(*mark).is_some_and(|number| {
                let number = number.trim_end_matches('?');
                let cue = number.parse().ok();
                open.extend(cue.map(|cue| (*role, cue, !word.ends_with('?'), doc.tokens.len())));
                cue.is_some()
            })
        });
        opening = role.map(|(_, role)| role);
        if opening.is_some() {
            continue;
        }
        let bare = word.trim_end_matches(['}', '>', ']']);
        let mut parts = bare.split('/');
        let (form, link) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let tag = parts.next();
        tags.push(tag.and_then(|tag| tag.parse().ok()));
        penn_tags.push(tag.and_then(|tag| tag.parse().ok()));
        let is_known = tag.is_none() || tags.last() != Some(&None) || penn_tags.last() != Some(&None);
        assert!(is_known, "'{bare}' has no tag of a known kind");
        if let Some(at) = link.find(['+', '-']) {
            links.push((doc.tokens.len(), &link[..at], link[at..].parse().expect("a distance in words")));
        }
        let start = text.len();
        text.push_str(form);
        doc.tokens.push(Span::new(start, text.len()));
        text.push(' ');
        for _ in bare.len()..word.len() {
            let (role, cue, is_sure, start) = open.pop().expect("an open bracket");
            let tokens = TokenRange::new(start, doc.tokens.len());
            let link_probability = if is_sure { 0.9 } else { 0.4 };
            roles.push((RoleSpan { role, tokens, of: None, probability: 0.9, link_probability }, cue));
        }
    }
    assert!(opening.is_none() && open.is_empty(), "what opens closes: {line}");
    let tokens = TokenRange::new(first, doc.tokens.len());
    doc.sentences.push(Sentence { tokens, kind: SentenceKind::Prose, paragraph });
    roles.sort_by_key(|(span, _)| span.tokens.start);
    let place_of = |wanted: Role, cue: u32| {
        let place = roles.iter().position(|(span, number)| span.role == wanted && *number == cue);
        place.map(|place| u32::try_from(place).unwrap())
    };
    let linked = roles.iter().map(|(span, cue)| {
        let of = match span.role {
            Role::Source => None,
            Role::Cue => place_of(Role::Source, *cue),
            Role::Content => place_of(Role::Cue, *cue),
        };
        RoleSpan { of, ..*span }
    });
    let n_tokens = u32::try_from(doc.tokens.len()).unwrap();
    let mut filled = Document::new(text);
    filled.roles = Some(linked.collect());
    filled.heads = (0..n_tokens).collect();
    filled.deprels = vec![Deprel::Root; doc.tokens.len()];
    for (token, relation, distance) in links {
        filled.heads[token] = u32::try_from(i64::try_from(token).unwrap() + distance).unwrap();
        filled.deprels[token] = relation.parse().expect("a relation");
    }
    if tags.iter().any(Option::is_some) {
        filled.upos = tags.into_iter().map(|tag| tag.unwrap_or(Upos::X)).collect();
    }
    if penn_tags.iter().any(Option::is_some) {
        filled.xpos = penn_tags.into_iter().map(|tag| tag.unwrap_or(Xpos::Fw)).collect();
    }
    (filled.tokens, filled.sentences) = (doc.tokens, doc.sentences);
    filled
}

#[test]
fn every_feature_of_a_confidence_has_a_weight_and_every_weight_a_feature() {
    let doc = document_with_roles("{1 Ana Ruiz} <1 said> [1 that it rained] .");
    let statements = Knowledge::embedded().unwrap().extract(&doc, None, None).statements;
    let mut features: Vec<&str> = statements[0].features.iter().map(|(name, _)| *name).collect();
    let table = include_str!("../../data/lexicon/confidence.tsv").lines();
    let mut weights: Vec<&str> = table.filter_map(|row| row.strip_prefix("core.")?.split('\t').next()).collect();
    features.sort_unstable();
    weights.sort_unstable();
    assert_eq!(features, weights);
}

#[test]
fn roles_become_statements() {
    let file = include_str!("../data/tagged/roles.txt");
    let knowledge = Knowledge::embedded().unwrap();
    let mut wrong = String::new();
    for case in file.split("core: ").skip(1) {
        let (core, rest) = case.split_once('\n').unwrap();
        let want: Vec<&str> = rest.lines().filter_map(|line| line.strip_prefix("want: ")).collect();
        let n_columns = want.iter().map(|line| line.split(" | ").count()).max().unwrap_or(0);
        let doc = document_with_roles(core);
        let statements = knowledge.extract(&doc, None, None).statements;
        let words = |range: &TokenRange| doc.range_text(*range);
        let got: Vec<String> = statements
            .iter()
            .map(|found| {
                let source = found.source.as_ref().map_or("", words);
                let cue = found.cue.as_ref().map_or("", |cue| words(&cue.tokens));
                let content: Vec<&str> = found.content.iter().map(words).collect();
                let name = found.speaker.as_ref().and_then(|speaker| speaker.name.clone());
                let form = found.form.map(|form| format!("{form:?}").to_lowercase());
                let columns = [source.to_owned(), cue.to_owned(), content.join(" … ")];
                let asked = [name, form].into_iter().map(|column| column.unwrap_or_else(|| "-".to_owned()));
                columns.into_iter().chain(asked).take(n_columns).collect::<Vec<_>>().join(" | ")
            })
            .collect();
        if got != want {
            writeln!(wrong, "found    {core}\nexpected {want:#?}\ngot      {got:#?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
