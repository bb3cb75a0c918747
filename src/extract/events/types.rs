//! The event and its parts, as working types; `record` holds their form on the wire.

use jiff::civil::Date;

use crate::extract::statements::Field;
use crate::text::TokenRange;

/// Whether it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventStatus {
    /// It happened or is happening.
    Occurred,
    /// It is announced.
    Planned,
    /// It hangs on a condition.
    Conditional,
    /// It did not happen.
    Negated,
    /// Somebody claims it of somebody else.
    Alleged,
}

/// How exactly a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// To the year.
    Year,
}

/// When it happened, where the text dates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDate {
    /// The words: "on Sunday", "last month".
    pub tokens: TokenRange,
    /// The first day of the period.
    pub value: Date,
    /// Day, month or year.
    pub precision: Precision,
}

/// Where it happened, where the text says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPlace {
    /// The words.
    pub tokens: TokenRange,
    /// The place's usual name.
    pub name: String,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo).
    pub country: Option<String>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The words.
    pub tokens: TokenRange,
    /// Fullest name the article gives.
    pub name: String,
    /// CAMEO actor code, country before sector: "RUSGOV", "IGOUNO". "---" stands for an unknown country.
    pub code: String,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo).
    pub country: Option<String>,
    /// Three-letter sector: GOV, MIL, LEG, …
    pub sector: Option<String>,
    /// Wikidata item, "Q…".
    pub wikidata: Option<String>,
}

/// One event. All ranges point into the document that `field` names.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Text or title.
    pub field: Field,
    /// Index of the sentence that holds the trigger.
    pub sentence: usize,
    /// The words that evoke it.
    pub trigger: TokenRange,
    /// Dictionary form of the trigger.
    pub lemma: String,
    /// CAMEO code, 2 to 4 digits; text, because a leading zero counts. It is in the ontology.
    pub cameo: String,
    /// 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict; by the code's root, as
    /// GDELT has it.
    pub quad_class: u8,
    /// Goldstein value of the code, -10 to 10; `None` where the scale has none.
    pub goldstein: Option<f32>,
    /// PLOVER type, in upper case; one of the ontology's 16.
    pub plover_type: String,
    /// PLOVER mode, where code or text settle it.
    pub mode: Option<String>,
    /// PLOVER contexts.
    pub contexts: Vec<String>,
    /// Who did it; both sides of a mutual event.
    pub actors: Vec<Actor>,
    /// To whom.
    pub recipients: Vec<Actor>,
    /// Whether it happened.
    pub status: EventStatus,
    /// Background: it lies well before the article.
    pub historical: bool,
    /// When.
    pub date: Option<EventDate>,
    /// Where.
    pub location: Option<EventPlace>,
    /// Index, among the analysis's statements, of the one it stands in.
    pub statement: Option<usize>,
    /// Probability that the finding is right, 0 to 1.
    pub confidence: f32,
}
