//! Who takes part in an article: persons, bodies, states and groups, each once, with every mention of it.

use crate::text::{Sector, TokenRange, labels};

labels! {
    /// What kind of entity.
    pub enum Kind {
        Person = "person",
        Body = "body",
        State = "state",
        Group = "group",
    }
}

labels! {
    /// How a mention refers.
    pub enum MentionForm {
        Name = "name",
        Description = "description",
        Pronoun = "pronoun",
    }
}

/// Words that refer to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityMention {
    /// The words.
    pub tokens: TokenRange,
    /// How they refer.
    pub form: MentionForm,
}

/// One piece of evidence on the state of an entity, and what it weighed: log-odds beside the runner-up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// Name of the evidence.
    pub evidence: &'static str,
    /// What it weighed; below nothing where it spoke against the answer.
    pub weight: f32,
}

/// A person, body, state or group of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// What it is.
    pub kind: Kind,
    /// The fullest name that the article gives; `None` where it gives none.
    pub name: Option<String>,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo); `None` for international bodies and where the article leaves it open.
    pub country: Option<String>,
    /// CAMEO head of an international body's actor code ("IGOUNO"); `None` for others.
    pub code: Option<String>,
    /// Its sector, where something tells it.
    pub sector: Option<Sector>,
    /// Office in the article's words: "Deputy Foreign Minister".
    pub role: Option<String>,
    /// Wikidata item, "Q…".
    pub wikidata: Option<String>,
    /// Probability that `country` is right (`None` counts as an answer), 0 to 1.
    pub confidence: f32,
    /// What weighed most for the country, weightiest first, at most three.
    pub reasons: Vec<Reason>,
    /// In the order of the text; never empty.
    pub mentions: Vec<EntityMention>,
}

impl Entity {
    /// CAMEO actor code, country before sector: "RUSGOV"; an international body's own: "IGOUNO". "---" stands for an unknown country:
    /// "---CVL". Nothing where neither country nor sector is known.
    pub fn actor_code(&self) -> Option<String> {
        if let Some(code) = &self.code {
            return Some(code.clone());
        }
        (self.country.is_some() || self.sector.is_some()).then(|| actor_code(self.country.as_deref(), self.sector))
    }
}

/// CAMEO actor code of a state and a sector. "---" stands for an unknown country, but where the sector is one of CAMEO's heads: an NGO of no one state is "NGO".
pub fn actor_code(country: Option<&str>, sector: Option<Sector>) -> String {
    let is_head = matches!(sector, Some(Sector::Ngo | Sector::Igo | Sector::Mnc));
    let head = country.unwrap_or(if is_head { "" } else { "---" });
    format!("{head}{}", sector.map_or("", Sector::name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(country: Option<&str>, code: Option<&str>, sector: Option<Sector>) -> Entity {
        Entity {
            kind: Kind::Body,
            name: None,
            country: country.map(str::to_owned),
            code: code.map(str::to_owned),
            sector,
            role: None,
            wikidata: None,
            confidence: 1.0,
            reasons: Vec::new(),
            mentions: vec![EntityMention { tokens: TokenRange { start: 0, end: 1 }, form: MentionForm::Name }],
        }
    }

    #[test]
    fn an_actor_code_is_country_and_sector_as_far_as_they_are_known() {
        let code = |country, code, sector| entity(country, code, sector).actor_code();
        assert_eq!(code(Some("RUS"), None, Some(Sector::Gov)).as_deref(), Some("RUSGOV"));
        assert_eq!(code(Some("RUS"), None, None).as_deref(), Some("RUS"));
        assert_eq!(code(None, None, Some(Sector::Cvl)).as_deref(), Some("---CVL"));
        assert_eq!(code(None, Some("IGOUNO"), Some(Sector::Igo)).as_deref(), Some("IGOUNO"));
        assert_eq!(code(None, None, Some(Sector::Ngo)).as_deref(), Some("NGO"));
        assert_eq!(code(None, None, None), None);
    }
}
