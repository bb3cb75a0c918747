//! What a codebook holds, as plain rows.

use jiff::civil::Date;

use crate::finding::Sector;
use crate::text::{EventType, Mode};

/// The rows of all files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(crate) countries: Vec<CountryRow>,
    pub(crate) bodies: Vec<BodyRow>,
    pub(crate) towns: Vec<TownEntry>,
    pub(crate) offices: Vec<OfficeRow>,
    pub(crate) actors: Vec<ActorRow>,
    pub(crate) triggers: Vec<TriggerRow>,
}

/// A country or territory: one of its own, or more names of one that is built in.
#[derive(Debug, Clone)]
pub(crate) struct CountryRow {
    pub(crate) code: &'static str,
    /// Empty where a country that is built in keeps its name.
    pub(crate) name: &'static str,
    pub(crate) other_names: Vec<&'static str>,
    pub(crate) adjectives: Vec<&'static str>,
    pub(crate) people: Vec<&'static str>,
    pub(crate) seats: Vec<&'static str>,
    pub(crate) metonyms: Vec<&'static str>,
}

/// A body of no one state, with the code that stands for it.
#[derive(Debug, Clone)]
pub(crate) struct BodyRow {
    pub(crate) code: &'static str,
    pub(crate) names: Vec<&'static str>,
}

/// A town.
#[derive(Debug, Clone)]
pub(crate) struct TownEntry {
    pub(crate) names: Vec<&'static str>,
    pub(crate) country: &'static str,
    /// Code of the region within the country; may be empty.
    pub(crate) region: &'static str,
    /// GeoNames id, latitude and longitude, where it is on the map.
    pub(crate) on_map: Option<(u32, f64, f64)>,
}

/// Somebody whose code the user knows, whatever an article says.
#[derive(Debug, Clone)]
pub(crate) struct ActorRow {
    pub(crate) names: Vec<&'static str>,
    /// In the order of the file.
    pub(crate) codes: Vec<DatedCode>,
    pub(crate) wikidata: Option<&'static str>,
}

/// A code and the days on which it holds.
#[derive(Debug, Clone)]
pub(crate) struct DatedCode {
    pub(crate) country: Option<&'static str>,
    pub(crate) sector: Option<Sector>,
    /// The whole code, where country and sector do not say it all: "PSEREBHMS".
    pub(crate) whole: Option<&'static str>,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
}

/// Who holds an office: evidence as the table that is built in.
#[derive(Debug, Clone)]
pub(crate) struct OfficeRow {
    pub(crate) name: &'static str,
    pub(crate) wikidata: &'static str,
    pub(crate) country: &'static str,
    pub(crate) sector: &'static str,
    pub(crate) office: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

/// Words with what they evoke.
#[derive(Debug, Clone)]
pub(crate) struct TriggerRow {
    /// Dictionary forms in lower case, the word that counts first: "call", "off". The others stand behind it or hang on it.
    pub(crate) words: Vec<String>,
    /// Other forms of the first word, in lower case.
    pub(crate) forms: Vec<String>,
    /// Verbs alone: "protest" is a noun, too.
    pub(crate) verbs_only: bool,
    /// What they evoke; none where they evoke nothing.
    pub(crate) sense: Option<Sense>,
    /// What has to stand beside them.
    pub(crate) needs: Vec<Need>,
}

/// What some words evoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sense {
    pub(crate) event_type: EventType,
    /// None where the type alone is given.
    pub(crate) cameo: Option<&'static str>,
    pub(crate) mode: Option<Mode>,
}

/// On which side of a trigger something has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
    Either,
}

/// Words one of which has to stand beside a trigger, each a sequence in lower case.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) side: Side,
    pub(crate) alternatives: Vec<Vec<String>>,
}

impl ActorRow {
    /// The country that a name stands for at all times, where the row is a country's in a dictionary: one code, without a sector.
    pub(crate) fn country_alone(&self) -> Option<&'static str> {
        let [DatedCode { country, sector: None, whole: None, from: None, to: None }] = self.codes[..] else {
            return None;
        };
        country
    }

    /// The code that holds on a day: the first whose days the user limits and that covers it, else the one without limits. Without a day the one without
    /// limits, else the last.
    pub(crate) fn code_on(&self, day: Option<Date>) -> Option<&DatedCode> {
        let is_limited = |code: &&DatedCode| code.from.is_some() || code.to.is_some();
        let covers = |code: &&DatedCode, day: Date| {
            code.from.is_none_or(|from| from <= day) && code.to.is_none_or(|to| day <= to)
        };
        let on_day = day.and_then(|day| self.codes.iter().filter(is_limited).find(|code| covers(code, day)));
        let always = || self.codes.iter().find(|code| !is_limited(code));
        on_day.or_else(always).or_else(|| self.codes.last().filter(|_| day.is_none()))
    }
}
