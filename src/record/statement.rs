//! The statement on the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::ModelRecord;
use super::shared::Shared;
use super::span::{ArticleRecord, SentenceRecord, SpanRecord, rounded};
use crate::finding::{Attitude, ContentForm, Speaker, SpeakerForm, Statement, StatementKind};

/// Who said what, to whom, in which words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Statement")]
pub struct StatementRecord {
    /// UUIDv5 over article id, kind and span: the same article always gives the same id.
    pub id: Uuid,
    /// The article it stands in.
    pub article: ArticleRecord,
    /// The sentence of the cue, else the one where the content begins.
    pub sentence: SentenceRecord,
    /// Whether all, none or some of the content stands in quotation marks.
    pub kind: StatementKindRecord,
    /// What the source does with the content.
    pub attitude: AttitudeRecord,
    /// Whether the content is a clause, an infinitive or a phrase; null where no trained core has parsed it.
    pub form: Option<ContentFormRecord>,
    /// The words credited: "he", "the envoy".
    pub source: Option<SpanRecord>,
    /// Who the source is, as far as the article says; the first of several.
    pub speaker: Option<SpeakerRecord>,
    /// Ids of the entities of all who are credited, the speaker's first.
    #[serde(default)]
    pub speakers: Vec<Uuid>,
    /// The words that signal the attribution: "said", "according to".
    pub cue: Option<CueRecord>,
    /// What was said, in order; several pieces where the frame interrupts it.
    #[schemars(length(min = 1))]
    pub content: Vec<SpanRecord>,
    /// To whom it was said.
    pub addressees: Vec<SpanRecord>,
    /// When it was said, where the clause tells.
    pub when: Option<WhenRecord>,
    /// Where or in what it was said: "in a statement", "at a news conference".
    pub occasion: Option<SpanRecord>,
    /// The outlet that relayed it: "according to the news agency Tass".
    pub via: Option<SpanRecord>,
    /// Id of the statement whose content holds this one.
    pub inside: Option<Uuid>,
    /// Probability that the finding is right.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
    /// What found it.
    #[serde(default)]
    pub model: ModelRecord,
}

/// How the words are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "StatementKind")]
pub enum StatementKindRecord {
    /// All of the content stands in quotation marks.
    Direct,
    /// None of it does.
    Indirect,
    /// Some of it does.
    Mixed,
}

/// What the source does with the content; most users want `speech` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Attitude")]
pub enum AttitudeRecord {
    /// Said or written.
    Speech,
    /// Held to be true.
    Belief,
    /// Meant to be done.
    Intention,
    /// Asked of somebody.
    Request,
    /// Judged.
    Evaluation,
    /// Seen, heard, learned.
    Perception,
    /// Decreed or ruled.
    Ruling,
}

impl AttitudeRecord {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Speech, Self::Belief, Self::Intention, Self::Request, Self::Evaluation, Self::Perception, Self::Ruling];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Speech => "speech",
            Self::Belief => "belief",
            Self::Intention => "intention",
            Self::Request => "request",
            Self::Evaluation => "evaluation",
            Self::Perception => "perception",
            Self::Ruling => "ruling",
        }
    }
}

/// The grammar of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ContentForm")]
pub enum ContentFormRecord {
    /// A clause with a finite verb or an imperative, which can be true or heeded: "that it will close".
    Clause,
    /// An infinitive: "to close it".
    Infinitive,
    /// A topic, a judgment in a word, a part of a sentence: "the closure".
    Phrase,
}

/// Who the source is. A field is null where the article is silent, unless a table of office holders knows the person's office or country.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Speaker")]
pub struct SpeakerRecord {
    /// The fullest name that the article gives.
    pub name: Option<String>,
    /// Office in the article's words, or in the table's.
    pub role: Option<String>,
    /// Body in the article's words.
    pub organization: Option<String>,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo).
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub country: Option<String>,
    /// CAMEO actor code: "RUSGOV".
    pub code: Option<String>,
    /// Wikidata item of a person whom the table of office holders knows by this name, country and time.
    #[schemars(regex(pattern = "^Q[0-9]+$"))]
    pub wikidata: Option<String>,
    /// How the source refers to the speaker.
    pub form: SpeakerFormRecord,
    /// Id of the entity that this is.
    pub entity: Option<Uuid>,
    /// Probability that `country` is right; null where nobody has weighed it.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub country_confidence: Option<f64>,
}

/// How the source refers to the speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "SpeakerForm")]
pub enum SpeakerFormRecord {
    /// By a name, whole or in part.
    Name,
    /// By a pronoun.
    Pronoun,
    /// By a description.
    Description,
}

/// The words that signal the attribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Cue")]
pub struct CueRecord {
    /// The words and where they stand.
    #[serde(flatten)]
    pub span: SpanRecord,
    /// Dictionary form of the head word: "say".
    pub lemma: String,
}

/// When it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "When")]
pub struct WhenRecord {
    /// The words: "on Sunday".
    #[serde(flatten)]
    pub span: SpanRecord,
    /// The day (YYYY-MM-DD), resolved against the article's date.
    #[schemars(extend("format" = "date"))]
    pub date: Option<String>,
}

/// The statement's record; the ids come from the caller, who knows all statements.
pub(super) fn record(statement: &Statement, shared: &Shared<'_>, id: Uuid, inside: Option<Uuid>) -> StatementRecord {
    let writer = shared.writer;
    let of_speaker = statement.speaker.as_ref().and_then(|speaker| speaker.entity);
    let speakers = statement.speakers.iter().copied().map(Some);
    let others = speakers.filter(|index| *index != of_speaker);
    StatementRecord {
        id,
        article: shared.article.clone(),
        sentence: writer.sentence(statement.sentence),
        kind: match statement.kind {
            StatementKind::Direct => StatementKindRecord::Direct,
            StatementKind::Indirect => StatementKindRecord::Indirect,
            StatementKind::Mixed => StatementKindRecord::Mixed,
        },
        attitude: match statement.attitude {
            Attitude::Speech => AttitudeRecord::Speech,
            Attitude::Belief => AttitudeRecord::Belief,
            Attitude::Intention => AttitudeRecord::Intention,
            Attitude::Request => AttitudeRecord::Request,
            Attitude::Evaluation => AttitudeRecord::Evaluation,
            Attitude::Perception => AttitudeRecord::Perception,
            Attitude::Ruling => AttitudeRecord::Ruling,
        },
        form: statement.form.map(|form| match form {
            ContentForm::Clause => ContentFormRecord::Clause,
            ContentForm::Infinitive => ContentFormRecord::Infinitive,
            ContentForm::Phrase => ContentFormRecord::Phrase,
        }),
        source: statement.source.map(|source| writer.range(source)),
        speaker: statement.speaker.as_ref().map(|found| speaker(found, shared)),
        speakers: [of_speaker].into_iter().chain(others).filter_map(|index| shared.entity(index)).collect(),
        cue: statement.cue.as_ref().map(|cue| CueRecord { span: writer.range(cue.tokens), lemma: cue.lemma.clone() }),
        content: writer.ranges(&statement.content),
        addressees: writer.ranges(&statement.addressees),
        when: statement
            .when
            .as_ref()
            .map(|when| WhenRecord { span: writer.range(when.tokens), date: when.date.map(|date| date.to_string()) }),
        occasion: statement.occasion.map(|occasion| writer.range(occasion)),
        via: statement.via.map(|via| writer.range(via)),
        inside,
        confidence: rounded(statement.confidence),
        model: shared.model.clone(),
    }
}

fn speaker(speaker: &Speaker, shared: &Shared<'_>) -> SpeakerRecord {
    SpeakerRecord {
        name: speaker.name.clone(),
        role: speaker.role.clone(),
        organization: speaker.organization.clone(),
        country: speaker.country.clone(),
        code: speaker.code.clone(),
        wikidata: speaker.wikidata.clone(),
        form: match speaker.form {
            SpeakerForm::Name => SpeakerFormRecord::Name,
            SpeakerForm::Pronoun => SpeakerFormRecord::Pronoun,
            SpeakerForm::Description => SpeakerFormRecord::Description,
        },
        entity: shared.entity(speaker.entity),
        country_confidence: speaker.country_confidence.map(rounded),
    }
}
