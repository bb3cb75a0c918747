//! The one function that names all stages in order: article in, analysis out. It never fails and does no I/O.

mod provenance;

use std::sync::Arc;

use crate::article::Article;
use crate::extract::codebook::Codebook;
use crate::extract::events::SameTrace;
use crate::extract::families::Without;
use crate::extract::who::Trace;
use crate::extract::{Knowledge, Ontology};
use crate::finding::{Entity, Event, Statement};
use crate::nlp::Annotate;
use crate::nlp::core::{Asked, Core, CoreModel};
use crate::nlp::layout::LayoutMarker;
use crate::nlp::model_file::{ModelBytes, ModelError};
use crate::nlp::sentences::SentenceSplitter;
use crate::nlp::tokenizer::Tokenizer;
use crate::text::Document;

pub use provenance::Provenance;

/// What was found in one article.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// The article's text with its layers, behind the title where that came apart from the text and does not stand in it.
    pub document: Document,
    /// Statements, in the order of the document.
    pub statements: Vec<Statement>,
    /// Events, in the order of the document.
    pub events: Vec<Event>,
    /// Who takes part, in the order of their first mentions.
    pub entities: Vec<Entity>,
}

/// Everything loaded: lexicons, ontology, the linguistic core. Immutable, shared by all threads.
#[derive(Debug)]
pub struct Models {
    knowledge: Knowledge,
    core: Option<Arc<CoreModel>>,
    provenance: Provenance,
}

impl Models {
    /// The data and the trained core that are built into the binary.
    ///
    /// # Panics
    /// If they are malformed, which no input can cause and every test run would show.
    pub fn embedded() -> Arc<Self> {
        Arc::new(Self::with(Some(CoreModel::embedded()), &Codebook::default()))
    }

    /// The data and the core that are built in, without some families of rules: to measure what they are worth.
    ///
    /// # Panics
    /// As [`Models::embedded`].
    pub fn without(families: Without) -> Arc<Self> {
        let models = Self::with(Some(CoreModel::embedded()), &Codebook::default());
        Arc::new(Self { knowledge: models.knowledge.without(families), ..models })
    }

    /// The data that is built in with a user's own codebook over it, and the trained core of this model file, or the one that is built in.
    ///
    /// # Errors
    /// If the bytes are no model file that this program can use; the error says why.
    ///
    /// # Panics
    /// As [`Models::embedded`].
    pub fn load(file: Option<ModelBytes>, codebook: &Codebook) -> Result<Arc<Self>, ModelError> {
        let core = file.map_or_else(|| Ok(CoreModel::embedded()), |file| CoreModel::parse(file).map(Arc::new))?;
        Ok(Arc::new(Self::with(Some(core), codebook)))
    }

    fn with(core: Option<Arc<CoreModel>>, codebook: &Codebook) -> Self {
        let knowledge = Knowledge::load(codebook).expect("the tables built into the binary are well-formed");
        // Read now, not in the middle of the first article.
        Ontology::embedded();
        let provenance = Provenance::of(core.as_deref().map(CoreModel::version), codebook.files());
        Self { knowledge, core, provenance }
    }

    /// What a feature of an event weighs for its confidence.
    pub fn weight_of_event(&self, feature: &str) -> f32 {
        self.knowledge.weight_of_event(feature)
    }

    /// What a feature of a statement of the core weighs for its confidence.
    pub fn weight_of_statement(&self, feature: &str) -> f32 {
        self.knowledge.weight_of_statement(feature)
    }

    /// What findings are made with.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// Analyzes articles one after the other. One per thread: it owns the buffers that are used again.
#[derive(Debug)]
pub struct Analyzer {
    models: Arc<Models>,
    tokenizer: Tokenizer,
    splitter: SentenceSplitter,
    layout: LayoutMarker,
    core: Option<Core>,
}

impl Analyzer {
    /// An analyzer over shared models.
    pub fn new(models: &Arc<Models>) -> Self {
        let boundaries = models.core.as_deref().and_then(CoreModel::boundaries);
        Self {
            models: Arc::clone(models),
            tokenizer: Tokenizer::new(),
            splitter: boundaries.map_or_else(SentenceSplitter::new, SentenceSplitter::with_model),
            layout: LayoutMarker::new(),
            core: models.core.as_ref().map(Core::new),
        }
    }

    /// An analyzer that also tells, in the document's layer of events, how probable a trigger is at every token.
    pub fn closely(models: &Arc<Models>) -> Self {
        let analyzer = Self::new(models);
        Self { core: analyzer.core.map(Core::telling_chances), ..analyzer }
    }

    /// Finds statements and events. Same article, same models: the same analysis.
    pub fn analyze(&mut self, article: &Article) -> Analysis {
        let document = match title_apart(article) {
            Some(title) => Document::titled(title, &article.text),
            None => Document::new(article.text.as_str()),
        };
        let document = self.annotated(document);
        let knowledge = &self.models.knowledge;
        let found = knowledge.extract(&document, article.publisher.as_deref(), article.published_at);
        Analysis { document, statements: found.statements, events: found.events, entities: found.entities }
    }

    /// The decisions on who is who in an article, with their evidence: for fitting the weights.
    pub fn trace(&mut self, article: &Article) -> (Document, Trace) {
        let document = self.annotated(Document::new(article.text.as_str()));
        let trace = self.models.knowledge.trace(&document, article.publisher.as_deref(), article.published_at);
        (document, trace)
    }

    /// What the head for events asks of the tree about an article: for fitting the weights.
    pub fn trace_events(&mut self, article: &Article) -> (Document, Option<&Asked>) {
        if let Some(core) = &mut self.core {
            core.keep_asked();
        }
        let document = self.annotated(Document::new(article.text.as_str()));
        (document, self.core.as_ref().and_then(Core::asked))
    }

    /// What is asked about the mentions of an article that may tell of one event: for fitting the weights.
    pub fn trace_same(&mut self, article: &Article) -> (Document, SameTrace) {
        let document = self.annotated(Document::new(article.text.as_str()));
        let trace = self.models.knowledge.trace_same(&document, article.published_at);
        (document, trace)
    }

    fn annotated(&mut self, mut doc: Document) -> Document {
        self.tokenizer.annotate(&mut doc);
        self.splitter.annotate(&mut doc);
        self.layout.annotate(&mut doc);
        if let Some(core) = &mut self.core {
            core.annotate(&mut doc);
            self.models.knowledge.mend(&mut doc);
        }
        doc
    }
}

/// The title, unless the text begins with it.
fn title_apart(article: &Article) -> Option<&str> {
    let title = article.title.as_deref()?;
    let first_line = article.text.trim_start().lines().next().unwrap_or_default().trim();
    let is_new = !title.trim().is_empty() && title.trim() != first_line;
    is_new.then_some(title)
}
