//! The forward pass against numbers that training saved; see `tests/data/model/README.md`.

use std::sync::Arc;

use serde_json::Value;

use super::encoder::kernel::Matrix;
use super::encoder::{Encoder, Encoding};
use super::heads::{EventSpace, HEADS, Head, Lemmatizer, NameSpace, ParseSpace, Projections, RoleSpace, Weights};
use super::{Core, CoreModel, SHIPPED};
use crate::nlp::model_file::{ModelBytes, ModelFile};
use crate::text::{Document, EventLink, EventMention, EventSpanKind, Sentence, SentenceKind, Span, TokenRange};

/// Largest difference allowed: weights and training's numbers are rounded in different places.
const TOLERANCE: f64 = 1e-3;

/// The saved sentences as a document: each segment a paragraph.
fn document(saved: &Value) -> Document {
    let mut text = String::new();
    let (mut tokens, mut sentences) = (Vec::new(), Vec::new());
    for (paragraph, segment) in saved["segments"].as_array().unwrap().iter().enumerate() {
        for sentence in segment.as_array().unwrap() {
            let first = tokens.len();
            for form in sentence.as_array().unwrap() {
                let start = text.len();
                text.push_str(form.as_str().unwrap());
                tokens.push(Span::new(start, text.len()));
                text.push(' ');
            }
            let tokens = TokenRange::new(first, tokens.len());
            let paragraph = u32::try_from(paragraph).unwrap();
            sentences.push(Sentence { tokens, kind: SentenceKind::Prose, paragraph });
        }
    }
    let mut doc = Document::new(text);
    (doc.tokens, doc.sentences) = (tokens, sentences);
    doc
}

/// Compares rows of numbers with saved ones; a saved null is not compared.
fn compare(what: &str, got: impl Iterator<Item = f32>, saved: &Value) {
    let rows = saved.as_array().unwrap().iter();
    let saved: Vec<&Value> = rows.flat_map(|row| row.as_array().unwrap()).collect();
    let got: Vec<f32> = got.collect();
    assert_eq!(got.len(), saved.len(), "{what}: as many numbers as saved");
    let pairs =
        got.iter().zip(&saved).filter_map(|(got, saved)| saved.as_f64().map(|saved| (f64::from(*got) - saved).abs()));
    let worst = pairs.fold(0.0, f64::max);
    assert!(worst <= TOLERANCE, "{what} is off by {worst}");
}

/// The working space of a head.
fn space<S: 'static>(core: &Core) -> &S {
    core.spaces.iter().find_map(|space| (**space).downcast_ref()).expect("the model has this head")
}

fn check(bytes: Vec<u8>, saved: &str) {
    let file = ModelFile::parse(ModelBytes::Read(bytes.clone().into())).unwrap();
    let encoder = Encoder::read(&file).unwrap();
    let names: Vec<&str> = HEADS.iter().flat_map(|head| head.projections).copied().collect();
    let (projections, columns) = Projections::read(&file, &names, encoder.outputs()).unwrap();
    let saved: Value = serde_json::from_str(saved).unwrap();
    let expected = &saved["quantized"];
    let mut doc = document(&saved);
    let mut encoding = Encoding::default();
    encoder.encode_observed(&doc, &mut encoding, |stage, rows| {
        let stage = stage.to_string();
        compare(&stage, rows.iter().copied(), &expected["stages"][&stage]);
    });
    let rows = Matrix::whole(&encoding.rows, encoder.outputs());
    let mut projected = Vec::new();
    projections.apply(rows, &mut projected);
    let projected = projections.rows(&mut projected);
    for tag in ["upos", "xpos", "feats"] {
        let name = format!("tag.{tag}");
        let own = columns.of(&name);
        let of_tokens = (0..doc.tokens.len()).flat_map(|token_idx| projected.row(token_idx, &own).iter().copied());
        compare(&name, of_tokens, &expected["stages"][&name]);
    }
    let weights = Weights { file: &file, encoder: &encoder, columns: &columns };
    let mut scores = Vec::new();
    Lemmatizer::read(&weights).unwrap().unwrap().score(rows, &mut scores);
    compare("tag.lemma", scores.into_iter(), &expected["stages"]["tag.lemma"]);

    let mut core = Core::new(&Arc::new(CoreModel::parse(ModelBytes::Read(bytes.into())).unwrap()));
    core.read(&mut doc, &mut |_| {});
    let own = |name: &str, got: &[f32]| compare(name, got.iter().copied(), &expected["stages"][name]);
    own("entity.sru0", &space::<NameSpace>(&core).rows.own);
    own("entity", &space::<NameSpace>(&core).seen);
    own("span.sru1", &space::<RoleSpace>(&core).rows.own);
    own("span", &space::<RoleSpace>(&core).scores);
    check_roles(&doc, &expected["roles"]);
    own("event.sru1", &space::<EventSpace>(&core).rows.own);
    own("event", &space::<EventSpace>(&core).scores);
    check_events(&doc, &file, &expected["events"]);
    compare("arcs", space::<ParseSpace>(&core).seen_arcs.iter().copied(), &flatten(&expected["arc"]));
    for (sentence_idx, sentence) in doc.sentences.iter().enumerate() {
        let range = sentence.tokens.range();
        let heads: Vec<usize> =
            range.clone().map(|token_idx| doc.head(token_idx).map_or(0, |head| head - range.start + 1)).collect();
        let saved_heads: Vec<usize> = serde_json::from_value(expected["heads"][sentence_idx].clone()).unwrap();
        assert_eq!(heads, saved_heads, "heads of sentence {sentence_idx}");
        let mut labels = vec!["O".to_owned(); range.len()];
        for entity in doc.entities.iter().filter(|entity| sentence.tokens.contains(entity.tokens)) {
            for token_idx in entity.tokens.range() {
                let prefix = if token_idx == entity.tokens.start as usize { "B" } else { "I" };
                labels[token_idx - range.start] = format!("{prefix}-{}", entity.kind);
            }
        }
        let saved_labels: Vec<String> = serde_json::from_value(expected["entities"][sentence_idx].clone()).unwrap();
        assert_eq!(labels, saved_labels, "names of sentence {sentence_idx}");
    }
}

/// Each role as training saved it: part, first and last token, first token of what it belongs to or -1, probability of that.
fn check_roles(doc: &Document, saved: &Value) {
    let roles = doc.roles.as_deref().expect("the model has a head for roles");
    let saved = saved.as_array().unwrap();
    assert_eq!(roles.len(), saved.len(), "as many roles as saved");
    for (role, saved) in roles.iter().zip(saved) {
        let other = role.of.map_or(-1, |other| i64::from(roles[other as usize].tokens.start));
        let found = (role.role as i64, i64::from(role.tokens.start), i64::from(role.tokens.end) - 1, other);
        let number = |at: usize| saved[at].as_i64().unwrap();
        assert_eq!(found, (number(0), number(1), number(2), number(3)), "role beside {saved}");
        assert!(
            (f64::from(role.link_probability) - saved[4].as_f64().unwrap()).abs() < TOLERANCE,
            "{role:?} beside {saved}"
        );
    }
}

/// Compares triggers, parties, dates and places, what each trigger says of its event and what it has, with those that training found.
fn check_events(doc: &Document, file: &ModelFile, saved: &Value) {
    let events = doc.events.as_ref().expect("the model has a head for events");
    let numbers = |value: &Value| -> Vec<i64> { serde_json::from_value(value.clone()).unwrap() };
    let ends = |tokens: TokenRange| vec![i64::from(tokens.start), i64::from(tokens.end) - 1];
    let label = |labels: &str, number: i64| file.labels(labels).unwrap()[usize::try_from(number).unwrap()].clone();
    for (kind, saved) in EventSpanKind::ALL.iter().zip(saved["spans"].as_array().unwrap()) {
        let own = events.spans.iter().filter(|span| span.kind == *kind);
        let found: Vec<Vec<i64>> = own.clone().map(|span| ends(span.tokens)).collect();
        let saved: Vec<Vec<i64>> = saved.as_array().unwrap().iter().map(numbers).collect();
        assert_eq!(found, saved.iter().map(|span| span[..2].to_vec()).collect::<Vec<_>>(), "stretches: {kind}");
        for (span, saved) in own.zip(&saved).filter(|_| *kind == EventSpanKind::Party) {
            assert_eq!(span.sector.map_or("", crate::text::Sector::name), label("sector", saved[2]), "{span:?}");
        }
    }
    let saved = saved["mentions"].as_array().unwrap();
    assert_eq!(events.mentions.len(), saved.len(), "as many triggers as saved");
    let words = |mention: &EventMention| doc.range_text(mention.tokens).to_lowercase();
    for (number, (mention, saved)) in events.mentions.iter().zip(saved).enumerate() {
        assert_eq!(ends(mention.tokens), numbers(&saved["trigger"]), "{saved}");
        let kind = label("event", 1 + 2 * saved["type"].as_i64().unwrap());
        assert_eq!(Some(mention.event_type.name()), kind.strip_prefix("B-"), "{saved}");
        // Where no label is of the type, training names the first one.
        if let Some(code) = saved["cameo"].as_str().unwrap().strip_prefix(&format!("{}/", mention.event_type)) {
            assert_eq!(mention.cameo, code, "{saved}");
        }
        let mode = mention.mode.map_or_else(String::new, |mode| format!("{}/{mode}", mention.event_type));
        assert_eq!(mode, saved["mode"].as_str().unwrap(), "{saved}");
        assert_eq!(mention.status.name(), label("status", saved["status"].as_i64().unwrap()), "{saved}");
        assert_eq!(mention.historical, saved["historical"].as_bool().unwrap(), "{saved}");
        let contexts: Vec<String> = numbers(&saved["contexts"]).iter().map(|at| label("context", *at)).collect();
        let mut own: Vec<String> = mention.contexts.iter().map(|context| context.to_string()).collect();
        own.sort_by_key(|name| file.labels("context").unwrap().iter().position(|known| known == name));
        assert_eq!(own, contexts, "{saved}");
        check_links(events.links_of(number), |span| ends(events.spans[span as usize].tokens), &saved["roles"]);
        // Training does not ask here whether two triggers are the same words.
        let before = &events.mentions[number.saturating_sub(24)..number];
        if before.iter().all(|earlier| words(earlier) != words(mention)) {
            assert_eq!(mention.same.map_or(-1, i64::from), saved["same"].as_i64().unwrap(), "{saved}");
        }
        assert!((0.0..=1.0).contains(&mention.probability), "{mention:?}");
    }
}

/// Compares what a trigger has: role, stretch and probability.
fn check_links(links: &[EventLink], ends: impl Fn(u32) -> Vec<i64>, saved: &Value) {
    let mut saved: Vec<(i64, Vec<i64>, f64)> = saved
        .as_array()
        .unwrap()
        .iter()
        .map(|role| {
            let number = |at: usize| role[at].as_i64().unwrap();
            (number(0), vec![number(1), number(2)], role[3].as_f64().unwrap())
        })
        .collect();
    // Training names what is more probable than not.
    let links = links.iter().filter(|link| link.probability > 0.5);
    let mut found: Vec<(i64, Vec<i64>, f64)> =
        links.map(|link| (link.role as i64, ends(link.span), f64::from(link.probability))).collect();
    let in_order = |a: &(i64, Vec<i64>, f64), b: &(i64, Vec<i64>, f64)| (a.0, &a.1).cmp(&(b.0, &b.1));
    saved.sort_by(in_order);
    found.sort_by(in_order);
    assert_eq!(found.len(), saved.len(), "{found:?} beside {saved:?}");
    for (found, saved) in found.iter().zip(&saved) {
        let is_same = (found.0, &found.1) == (saved.0, &saved.1) && (found.2 - saved.2).abs() < TOLERANCE;
        assert!(is_same, "{found:?} beside {saved:?}");
    }
}

fn flatten(sentences: &Value) -> Value {
    Value::Array(sentences.as_array().unwrap().iter().flat_map(|rows| rows.as_array().unwrap().clone()).collect())
}

/// Loading trusts the bytes that are built in; here they are read as a file, checksum and all.
#[test]
fn the_model_built_in_is_whole() {
    CoreModel::parse(ModelBytes::Read(SHIPPED.into())).unwrap();
}

#[test]
fn the_forward_pass_is_that_of_training() {
    let bytes = include_bytes!("../../../tests/data/model/tiny.model").to_vec();
    check(bytes, include_str!("../../../tests/data/model/tiny.json"));
}
