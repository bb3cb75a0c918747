//! The diplomatic event and its parts: who did what to whom, when, where, and whether it happened at all.

use crate::text::{Context, EventStatus, EventType, Mode, Sector, TokenRange};

use super::period::Period;

/// When it happened, where the text dates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDate {
    /// The words: "on Sunday", "last month".
    pub tokens: TokenRange,
    /// What they mean; nothing where that cannot be told ("recently", or "on Sunday" in an article without a date).
    pub period: Option<Period>,
}

/// Where it happened, where the text says so.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPlace {
    /// The words.
    pub tokens: TokenRange,
    /// The place's usual name; the words themselves where no table knows it.
    pub name: String,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo).
    pub country: Option<String>,
    /// The region of the first level, where the place lies in one: "Helmand", "Texas".
    pub region: Option<Region>,
    /// The town, where no doubt is left which one is meant.
    pub town: Option<Town>,
}

/// A region of the first level below a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Code of GeoNames: "AF.10".
    pub code: &'static str,
    /// Its usual name.
    pub name: &'static str,
}

/// A town on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Town {
    /// Id of GeoNames.
    pub geonames_id: u32,
    /// Degrees, north is positive (WGS 84).
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
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
    /// Sector: GOV, MIL, LEG, …
    pub sector: Option<Sector>,
    /// Wikidata item, "Q…".
    pub wikidata: Option<String>,
    /// Index, among the analysis's entities, of who it is.
    pub entity: Option<usize>,
}

/// One event. All ranges point into the analysis's document.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Index of the sentence that holds the trigger.
    pub sentence: usize,
    /// The words that evoke it, in running text where that tells it.
    pub trigger: TokenRange,
    /// Where else it is told: the words that evoke it there, in the order of the text.
    pub mentions: Vec<TokenRange>,
    /// Dictionary forms of the trigger's words.
    pub lemma: String,
    /// CAMEO code, 3 or 4 digits; text, because a leading zero counts. It is in the ontology.
    pub cameo: String,
    /// 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict; by the code's root, as
    /// GDELT has it.
    pub quad_class: u8,
    /// Goldstein value of the code, -10 to 10; `None` where the scale has none.
    pub goldstein: Option<f32>,
    /// PLOVER's own score, by mode or type, -10 to 10.
    pub plover_score: Option<f32>,
    /// PLOVER type.
    pub plover_type: EventType,
    /// PLOVER mode, where code or text settle it.
    pub mode: Option<Mode>,
    /// PLOVER contexts.
    pub contexts: Vec<Context>,
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
    /// What the confidence was made of: features by name.
    pub features: Vec<(&'static str, f32)>,
}

impl Actor {
    /// The country or international body that the code begins with; "---" where neither is known.
    pub fn head(&self) -> &str {
        let sector = self.sector.map_or("", Sector::name);
        self.code.strip_suffix(sector).filter(|head| !head.is_empty()).unwrap_or(&self.code)
    }
}

impl Event {
    /// All who take part.
    pub fn parties(&self) -> impl Iterator<Item = &Actor> {
        self.actors.iter().chain(&self.recipients)
    }

    /// Every stretch of words that the event names: trigger, mentions, actors, recipients, date, place.
    pub fn spans(&self) -> impl Iterator<Item = TokenRange> {
        let parties = self.parties().map(|actor| actor.tokens);
        let date = self.date.as_ref().map(|date| date.tokens);
        let place = self.location.as_ref().map(|place| place.tokens);
        std::iter::once(self.trigger).chain(self.mentions.iter().copied()).chain(parties).chain(date).chain(place)
    }
}
