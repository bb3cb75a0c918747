//! The forward pass against numbers that training saved; see `tests/data/model/README.md`.

use std::sync::Arc;

use serde_json::Value;

use super::encoder::kernel::Matrix;
use super::encoder::{Encoder, Encoding};
use super::heads::{HEADS, Head, Lemmatizer, NameSpace, ParseSpace, Projections, RoleSpace, Weights};
use super::{Core, CoreModel, SHIPPED};
use crate::nlp::model_file::{ModelBytes, ModelFile};
use crate::text::{Document, Sentence, SentenceKind, Span, TokenRange};

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
