//! The linguistic core: one reading of the document by the encoder, then every head on it.
//!
//! The projections of tags and tree are one matrix product, of which each head takes its columns; names and roles have layers of
//! their own. What
//! is found does not depend on what was read before, nor on how many threads read: an article is encoded by itself.

use std::ops::Range;
use std::sync::Arc;

use super::consistency::harmonize;
use super::dates::mark_dates;
use super::encoder::kernel::Matrix;
use super::encoder::layers::Linear;
use super::encoder::{Encoder, Encoding};
use super::entities::{EntityHead, EntitySpace};
use super::lemmatizer::{LemmaSpace, Lemmatizer};
use super::model_file::{ModelBytes, ModelError, ModelFile};
use super::parser::{ParseSpace, Parser};
use super::pieces::{self, PIECE};
use super::sentences::BoundaryModel;
use super::spans::{SpanHead, SpanSpace};
use super::tagger::Tagger;
use crate::text::Document;

/// Projections that read the encoder, in the order in which their columns stand side by side.
pub(super) const PROJECTIONS: [&str; 7] =
    ["tag.upos", "tag.xpos", "tag.feats", "arc.dep", "arc.head", "rel.dep", "rel.head"];

/// The trained core that is shipped; its card is `models/english.md`.
const SHIPPED: &[u8] = include_bytes!("../../models/english.model");

/// A loaded model. Immutable: shared by all threads.
#[derive(Debug)]
pub struct CoreModel {
    version: String,
    attribution: Vec<String>,
    encoder: Encoder,
    stack: Linear,
    tagger: Tagger,
    lemmatizer: Lemmatizer,
    entities: EntityHead,
    spans: Option<SpanHead>,
    parser: Parser,
    boundaries: Option<Arc<BoundaryModel>>,
}

/// Where each projection's columns stand in the stack.
pub(super) struct Columns {
    ranges: Vec<Range<usize>>,
}

impl Columns {
    fn read(file: &ModelFile) -> Result<Self, ModelError> {
        let mut start = 0;
        let mut ranges = Vec::new();
        for name in PROJECTIONS {
            let section = file.required(&format!("{name}.bias"))?;
            let width = section.shape.first().copied().unwrap_or(0);
            ranges.push(start..start + width);
            start += width;
        }
        Ok(Self { ranges })
    }

    /// The columns of a projection.
    pub(super) fn of(&self, name: &str) -> Range<usize> {
        let place = PROJECTIONS.iter().position(|known| *known == name);
        self.ranges[place.expect("heads ask for the projections of the list")].clone()
    }
}

impl CoreModel {
    /// The model that is built into the binary.
    ///
    /// # Panics
    /// If it is malformed, which no input can cause and every test run would show.
    pub fn embedded() -> Arc<Self> {
        Arc::new(Self::parse(ModelBytes::Embedded(SHIPPED)).expect("the model built into the binary is sound"))
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// If the file is damaged or foreign, lacks a part, or has labels that this program does not know.
    pub fn parse(bytes: ModelBytes) -> Result<Self, ModelError> {
        let file = ModelFile::parse(bytes)?;
        let encoder = Encoder::read(&file)?;
        let columns = Columns::read(&file)?;
        Ok(Self {
            version: file.version(),
            attribution: file.attribution().to_vec(),
            stack: Linear::stacked(&file, &PROJECTIONS, encoder.outputs())?,
            tagger: Tagger::read(&file, &columns)?,
            lemmatizer: Lemmatizer::read(&file, encoder.outputs())?,
            entities: EntityHead::read(&file, &encoder)?,
            spans: SpanHead::read(&file, &encoder)?,
            parser: Parser::read(&file, &columns)?,
            boundaries: BoundaryModel::read(&file)?.map(Arc::new),
            encoder,
        })
    }

    /// Name and version of the model.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The learned part of the sentence splitter, if the file holds one.
    pub fn boundaries(&self) -> Option<Arc<BoundaryModel>> {
        self.boundaries.clone()
    }

    /// The corpora the model was trained on, with their licences.
    pub fn attribution(&self) -> &[String] {
        &self.attribution
    }
}

/// Fills tags, lemmas, tree, names and roles of documents that have tokens and sentences. One per thread.
#[derive(Debug)]
pub struct Core {
    model: Arc<CoreModel>,
    encoding: Encoding,
    stacked: Vec<f32>,
    space: HeadSpace,
}

/// Working space of the heads.
#[derive(Debug, Default)]
pub(super) struct HeadSpace {
    pub(super) entities: EntitySpace,
    pub(super) lemmas: LemmaSpace,
    pub(super) parse: ParseSpace,
    spans: SpanSpace,
}

impl Core {
    /// A worker over a shared model.
    pub fn new(model: &Arc<CoreModel>) -> Self {
        Self {
            model: Arc::clone(model),
            encoding: Encoding::default(),
            stacked: Vec::new(),
            space: HeadSpace::default(),
        }
    }

    /// Fills every layer that the model has a head for. The document has tokens and sentences.
    pub fn annotate(&mut self, doc: &mut Document) {
        self.annotate_observed(doc, |_| {});
    }

    /// The same, telling when each stage is done, for measuring.
    pub fn annotate_observed(&mut self, doc: &mut Document, mut done: impl FnMut(&'static str)) {
        if doc.tokens.len() <= PIECE {
            self.read(doc, &mut done);
        } else {
            doc.clear_annotations();
            for piece in pieces::pieces(doc) {
                let mut part = doc.part(&piece);
                self.read(&mut part, &mut done);
                doc.append_annotations(part, piece.start);
            }
        }
        harmonize(doc);
        mark_dates(doc);
        done("agreement of names, dates");
    }

    /// What the model alone says of a document, or of a piece of one.
    fn read(&mut self, doc: &mut Document, done: &mut impl FnMut(&'static str)) {
        let model = &*self.model;
        let HeadSpace { entities, spans, .. } = &mut self.space;
        model.encoder.encode_observed(doc, &mut self.encoding, |stage, rows| {
            model.entities.gather(stage, rows, entities);
            if let Some(head) = &model.spans {
                head.gather(stage, rows, spans);
            }
            done(stage);
        });
        model.stack.apply(Matrix::whole(&self.encoding.rows, model.encoder.outputs()), &mut self.stacked);
        done("projections of the heads");
        let stacked = Stacked { data: &mut self.stacked, width: model.stack.outputs() };
        model.tagger.annotate(doc, &stacked);
        done("tags");
        model.lemmatizer.annotate(doc, &self.encoding, &mut self.space.lemmas);
        done("lemmas");
        model.entities.annotate(doc, &model.encoder, &mut self.encoding, &mut self.space.entities);
        done("names");
        if let Some(spans) = &model.spans {
            spans.annotate(doc, &model.encoder, &mut self.encoding, &mut self.space.spans);
        }
        done("roles");
        model.parser.annotate(doc, stacked.data, stacked.width, &mut self.space.parse);
        done("trees");
    }
}

/// The outputs of all projections, a row for each token.
pub(super) struct Stacked<'a> {
    pub(super) data: &'a mut Vec<f32>,
    pub(super) width: usize,
}

impl Stacked<'_> {
    /// Some columns of one token's row.
    pub(super) fn row(&self, token_idx: usize, columns: &Range<usize>) -> &[f32] {
        &self.data[token_idx * self.width..][columns.clone()]
    }
}

/// Place of the largest number; the first of equals.
pub(super) fn argmax(scores: &[f32]) -> usize {
    let mut best = 0;
    for (place, score) in scores.iter().enumerate().skip(1) {
        if *score > scores[best] {
            best = place;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    //! The forward pass against numbers that training saved; see `tests/data/model/README.md`.

    use super::*;
    use crate::text::{Document, Sentence, SentenceKind, Span, TokenRange};
    use serde_json::Value;

    /// Largest difference allowed, as the issue asks.
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
    fn compare(what: &str, got: impl Iterator<Item = f32>, saved: &Value) -> f64 {
        let rows = saved.as_array().unwrap().iter();
        let saved: Vec<&Value> = rows.flat_map(|row| row.as_array().unwrap()).collect();
        let got: Vec<f32> = got.collect();
        assert_eq!(got.len(), saved.len(), "{what}: as many numbers as saved");
        let pairs = got
            .iter()
            .zip(&saved)
            .filter_map(|(got, saved)| saved.as_f64().map(|saved| (f64::from(*got) - saved).abs()));
        let worst = pairs.fold(0.0, f64::max);
        assert!(worst <= TOLERANCE, "{what} is off by {worst}");
        worst
    }

    pub(super) fn check(bytes: Vec<u8>, saved: &str) {
        let file = ModelFile::parse(ModelBytes::Read(bytes.clone().into())).unwrap();
        let columns = Columns::read(&file).unwrap();
        let model = Arc::new(CoreModel::parse(ModelBytes::Read(bytes.into())).unwrap());
        let saved: Value = serde_json::from_str(saved).unwrap();
        let expected = &saved["quantized"];
        let mut doc = document(&saved);
        let mut encoding = Encoding::default();
        model.encoder.encode_observed(&doc, &mut encoding, |stage, rows| {
            let worst = compare(stage, rows.iter().copied(), &expected["stages"][stage]);
            println!("{stage}: {worst:.1e}");
        });
        let mut stacked = Vec::new();
        model.stack.apply(Matrix::whole(&encoding.rows, model.encoder.outputs()), &mut stacked);
        for tag in ["upos", "xpos", "feats"] {
            let name = format!("tag.{tag}");
            let own = columns.of(&name);
            let rows = stacked.chunks_exact(model.stack.outputs());
            compare(&name, rows.flat_map(|row| row[own.clone()].iter().copied()), &expected["stages"][&name]);
        }
        let mut lemmas = Vec::new();
        model.lemmatizer.score(Matrix::whole(&encoding.rows, model.encoder.outputs()), &mut lemmas);
        compare("tag.lemma", lemmas.into_iter(), &expected["stages"]["tag.lemma"]);

        let mut core = Core::new(&model);
        core.read(&mut doc, &mut |_| {});
        let own = |name: &str, got: &[f32]| compare(name, got.iter().copied(), &expected["stages"][name]);
        own("entity.sru0", &core.space.entities.rows.own);
        own("entity", &core.space.entities.seen);
        own("span.sru1", &core.space.spans.rows.own);
        own("span", &core.space.spans.scores);
        check_roles(&doc, &expected["roles"]);
        compare("arcs", core.space.parse.seen_arcs.iter().copied(), &flatten(&expected["arc"]));
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
        let bytes = include_bytes!("../../tests/data/model/tiny.model").to_vec();
        check(bytes, include_str!("../../tests/data/model/tiny.json"));
    }
}
