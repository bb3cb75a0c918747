//! The one function that names all stages in order: article in, analysis out. It never fails and does no I/O.

use std::sync::Arc;

use crate::article::Article;
use crate::extract::{Knowledge, Ontology};
use crate::finding::{Entity, Event, Field, Statement};
use crate::nlp::Annotate;
use crate::nlp::core::{Core, CoreModel};
use crate::nlp::layout::LayoutMarker;
use crate::nlp::model_file::{ModelBytes, ModelError};
use crate::nlp::sentences::SentenceSplitter;
use crate::nlp::tokenizer::Tokenizer;
use crate::text::Document;

/// What was found in one article.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// The article's text with its layers.
    pub body: Document,
    /// The title with its layers, where it came apart from the text and does not stand in it.
    pub title: Option<Document>,
    /// Statements, in the order of the text (those of the title first).
    pub statements: Vec<Statement>,
    /// Events, in the order of the text (those of the title first).
    pub events: Vec<Event>,
    /// Who takes part, in the order of their first mentions.
    pub entities: Vec<Entity>,
}

/// Everything loaded: lexicons, ontology, the linguistic core. Immutable, shared by all threads.
#[derive(Debug)]
pub struct Models {
    knowledge: Knowledge,
    core: Option<Arc<CoreModel>>,
    version: String,
}

impl Models {
    /// The data and the trained core that are built into the binary.
    ///
    /// # Panics
    /// If they are malformed, which no input can cause and every test run would show.
    pub fn embedded() -> Arc<Self> {
        Arc::new(Self::with_core(Some(CoreModel::embedded())))
    }

    /// The data that is built in, without a trained core: what the rules find by themselves. For tests of the rules, which no
    /// retraining may break.
    ///
    /// # Panics
    /// As [`Models::embedded`].
    pub fn rules() -> Arc<Self> {
        Arc::new(Self::with_core(None))
    }

    /// The data that is built in, with the trained core of this model file.
    ///
    /// # Errors
    /// If the bytes are no model file that this program can use; the error says why.
    ///
    /// # Panics
    /// As [`Models::embedded`].
    pub fn load(file: ModelBytes) -> Result<Arc<Self>, ModelError> {
        let core = CoreModel::parse(file)?;
        Ok(Arc::new(Self::with_core(Some(Arc::new(core)))))
    }

    fn with_core(core: Option<Arc<CoreModel>>) -> Self {
        let knowledge = Knowledge::embedded().expect("the tables built into the binary are well-formed");
        // Read now, not in the middle of the first article.
        Ontology::embedded();
        let version =
            core.as_deref().map_or_else(|| "rules-1".to_owned(), |core| format!("{}+rules-1", core.version()));
        Self { knowledge, core, version }
    }

    /// Name and version of what findings were made with, for the analysis record.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// Analyses articles one after the other. One per thread: it owns the buffers that are used again.
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

    /// Finds statements and events. Same article, same models: the same analysis.
    pub fn analyze(&mut self, article: &Article) -> Analysis {
        let mut analysis = Analysis { title: self.title(article), ..Analysis::default() };
        let publisher = article.publisher.as_deref();
        if let Some(title) = &analysis.title {
            (analysis.statements, analysis.events) =
                self.models.knowledge.extract(title, Field::Title, publisher, article.published_at);
        }
        analysis.body = self.annotated(&article.text);
        let (statements, events) =
            self.models.knowledge.extract(&analysis.body, Field::Text, publisher, article.published_at);
        // Findings refer to each other within their document; in the analysis those of the title come first.
        let n_before = analysis.statements.len();
        let shift = |index: usize| index + n_before;
        analysis
            .statements
            .extend(statements.into_iter().map(|found| Statement { inside: found.inside.map(shift), ..found }));
        analysis
            .events
            .extend(events.into_iter().map(|found| Event { statement: found.statement.map(shift), ..found }));
        analysis
    }

    /// The title as a document of its own, unless the text begins with it.
    fn title(&mut self, article: &Article) -> Option<Document> {
        let title = article.title.as_deref()?.trim();
        let first_line = article.text.trim_start().lines().next().unwrap_or_default().trim();
        let is_new = !title.is_empty() && title != first_line;
        is_new.then(|| self.annotated(title))
    }

    fn annotated(&mut self, text: &str) -> Document {
        let mut doc = Document::new(text);
        self.tokenizer.annotate(&mut doc);
        self.splitter.annotate(&mut doc);
        self.layout.annotate(&mut doc);
        if let Some(core) = &mut self.core {
            core.annotate(&mut doc);
        }
        doc
    }
}
