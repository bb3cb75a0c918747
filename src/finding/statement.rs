//! The attributed statement and its parts: who said what to whom, in which words.

use jiff::civil::Date;

use crate::text::TokenRange;

/// How the words are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// All of the content stands in quotation marks.
    Direct,
    /// None of it does.
    Indirect,
    /// Some of it does.
    Mixed,
}

/// What the source does with the content. Most users want [`Attitude::Speech`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attitude {
    /// Said or written.
    Speech,
    /// Held to be true: "believes that".
    Belief,
    /// Meant to be done: "plans to".
    Intention,
    /// Asked of somebody: "urged X to".
    Request,
    /// Judged: "praised", "condemned".
    Evaluation,
    /// Seen, heard, learned: "noticed that".
    Perception,
    /// Decreed or ruled: "ordered that".
    Ruling,
}

/// The grammar of what is said; the earlier ones say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentForm {
    /// At least one clause with a finite verb or an imperative, which can be true or heeded: "that it will close".
    Clause,
    /// An infinitive: "to close it".
    Infinitive,
    /// A topic, a judgment in a word, a part of a sentence: "the closure".
    Phrase,
}

/// The words that signal the attribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// The expression, unbroken.
    pub tokens: TokenRange,
    /// Dictionary form of its head word: "say", "according to".
    pub lemma: String,
}

/// Who the source is, as far as the article says. Nothing is invented: a field is `None` where the article is silent, but for office and country of a
/// person whom the table of office holders knows by exactly this name, country and time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Speaker {
    /// The fullest name that the article gives.
    pub name: Option<String>,
    /// Office in the article's words: "Deputy Foreign Minister".
    pub role: Option<String>,
    /// Body in the article's words: "State Department".
    pub organization: Option<String>,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo).
    pub country: Option<String>,
    /// CAMEO actor code: "RUSGOV".
    pub code: Option<String>,
    /// Wikidata item of a person whom the table of office holders knows.
    pub wikidata: Option<String>,
    /// How the source refers to the speaker.
    pub form: SpeakerForm,
    /// Index, among the analysis's entities, of who it is.
    pub entity: Option<usize>,
    /// Probability that `country` is right, 0 to 1; `None` where nobody has weighed it.
    pub country_confidence: Option<f32>,
}

/// How the source refers to the speaker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SpeakerForm {
    /// By a name, whole or in part.
    #[default]
    Name,
    /// By a pronoun.
    Pronoun,
    /// By a description: "the envoy".
    Description,
}

/// When it was said, where the clause tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// The words: "on Sunday".
    pub tokens: TokenRange,
    /// The day, resolved against the article's date.
    pub date: Option<Date>,
}

/// One attributed statement. All ranges point into the analysis's document.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Index of the sentence that holds the cue, else of the one where the content begins.
    pub sentence: usize,
    /// Direct, indirect or mixed.
    pub kind: StatementKind,
    /// What the source does with the content.
    pub attitude: Attitude,
    /// The words credited; `None` where the statement has no source.
    pub source: Option<TokenRange>,
    /// Who that is; the first of several.
    pub speaker: Option<Speaker>,
    /// Indices, among the analysis's entities, of all who are credited, the speaker first; empty where nobody has told them apart.
    pub speakers: Vec<usize>,
    /// The words of saying; `None` for a quotation that stands alone.
    pub cue: Option<Cue>,
    /// What was said, in order; several pieces where the frame interrupts it. Never empty.
    pub content: Vec<TokenRange>,
    /// Clause, infinitive or phrase; `None` where no core has parsed the text.
    pub form: Option<ContentForm>,
    /// To whom.
    pub addressees: Vec<TokenRange>,
    /// When it was said.
    pub when: Option<When>,
    /// Where or in what: "in a statement", "at a news conference".
    pub occasion: Option<TokenRange>,
    /// The outlet that relayed it: "according to the news agency Tass".
    pub via: Option<TokenRange>,
    /// Index, among the analysis's statements, of the one whose content holds this one.
    pub inside: Option<usize>,
    /// Probability that the finding is right, 0 to 1.
    pub confidence: f32,
    /// What the confidence of a statement of the core was made of: features by name; empty for a statement of the rules.
    pub features: Vec<(&'static str, f32)>,
}

impl Statement {
    /// Every stretch of words that the statement names: cue, source, content, addressees, when, occasion, via.
    pub fn spans(&self) -> impl Iterator<Item = TokenRange> {
        let cue = self.cue.as_ref().map(|cue| cue.tokens);
        let when = self.when.as_ref().map(|when| when.tokens);
        let lists = self.content.iter().chain(&self.addressees).copied();
        cue.into_iter().chain(self.source).chain(lists).chain(when).chain(self.occasion).chain(self.via)
    }
}
