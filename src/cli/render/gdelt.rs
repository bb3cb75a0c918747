//! Events in the 61 tab-separated columns of GDELT's event table (Event Database Data Format Codebook V2.0, 2015), for
//! tools that read it. No header, as GDELT's files have none.
//!
//! One row for each pair of actor and recipient, both ways where all sides of a mutual event are actors, an empty Actor2
//! where there is no recipient. Which events come here by their status is for the caller: GDELT has no way to say that something did not happen.
//! Filled: ids, dates, actor codes, event codes, Goldstein value, counts (mentions in the one article), the
//! place's name and coordinates, time and URL. Empty: what we do not know (tone, GDELT's own FIPS country codes of places,
//! ethnic and religious codes), and the day of an event of which only week, month or year are known.

use uuid::Uuid;

use crate::record::{ActorRecord, AnalysisRecord, EventRecord, PrecisionRecord};

/// Columns of the table.
const N_COLUMNS: usize = 61;

/// Positions, from 0, of the columns that are filled.
mod column {
    pub(super) const GLOBAL_EVENT_ID: usize = 0;
    pub(super) const SQL_DATE: usize = 1;
    pub(super) const MONTH_YEAR: usize = 2;
    pub(super) const YEAR: usize = 3;
    pub(super) const FRACTION_DATE: usize = 4;
    pub(super) const ACTOR1: usize = 5;
    pub(super) const ACTOR2: usize = 15;
    pub(super) const EVENT_CODE: usize = 26;
    pub(super) const EVENT_BASE_CODE: usize = 27;
    pub(super) const EVENT_ROOT_CODE: usize = 28;
    pub(super) const QUAD_CLASS: usize = 29;
    pub(super) const GOLDSTEIN_SCALE: usize = 30;
    pub(super) const NUM_MENTIONS: usize = 31;
    pub(super) const NUM_SOURCES: usize = 32;
    pub(super) const NUM_ARTICLES: usize = 33;
    pub(super) const ACTION_GEO_FULL_NAME: usize = 52;
    pub(super) const ACTION_GEO_LAT: usize = 56;
    pub(super) const ACTION_GEO_LONG: usize = 57;
    pub(super) const DATE_ADDED: usize = 59;
    pub(super) const SOURCE_URL: usize = 60;
}

/// Positions within the ten columns of an actor.
mod actor {
    pub(super) const CODE: usize = 0;
    pub(super) const NAME: usize = 1;
    pub(super) const COUNTRY_CODE: usize = 2;
    pub(super) const KNOWN_GROUP_CODE: usize = 3;
    pub(super) const TYPE1_CODE: usize = 7;
    pub(super) const N_TYPES: usize = 3;
}

/// CAMEO's heads of international actors: the group behind one of them is a known group, not a role.
const INTERNATIONAL: [&str; 7] = ["IGO", "NGO", "NGM", "MNC", "IMG", "INT", "UIS"];

/// The rows of one article.
pub(super) fn rows(record: &AnalysisRecord) -> Vec<u8> {
    record.events.iter().flat_map(event).collect()
}

/// The rows of one event.
pub(super) fn event(found: &EventRecord) -> Vec<u8> {
    let mut out = Vec::new();
    for (idx, (actor, recipient)) in pairs(found).into_iter().enumerate() {
        out.extend_from_slice(row(found, idx, actor, recipient).join("\t").as_bytes());
        out.push(b'\n');
    }
    out
}

type Pair<'e> = (Option<&'e ActorRecord>, Option<&'e ActorRecord>);

fn pairs(found: &EventRecord) -> Vec<Pair<'_>> {
    let (actors, recipients) = (&found.actors, &found.recipients);
    let is_mutual = recipients.is_empty() && actors.len() > 1;
    if is_mutual {
        let both_ways = actors.iter().flat_map(|one| actors.iter().map(move |other| (Some(one), Some(other))));
        return both_ways.filter(|(one, other)| one != other).collect();
    }
    let optional = |side: &[ActorRecord]| side.is_empty().then_some(None);
    let recipients = || recipients.iter().map(Some).chain(optional(recipients));
    let actors = actors.iter().map(Some).chain(optional(actors));
    actors.flat_map(|one| recipients().map(move |other| (one, other))).collect()
}

fn row(
    found: &EventRecord,
    pair_idx: usize,
    actor: Option<&ActorRecord>,
    recipient: Option<&ActorRecord>,
) -> Vec<String> {
    let mut row = vec![String::new(); N_COLUMNS];
    let mut set = |column: usize, value: &str| row[column] = cell(value);
    set(column::GLOBAL_EVENT_ID, &number_of(found.id, pair_idx).to_string());

    // Published at, RFC 3339 in UTC: digits alone are GDELT's YYYYMMDDHHMMSS.
    let published: String =
        found.article.published_at.iter().flat_map(|time| time.chars()).filter(char::is_ascii_digit).take(14).collect();
    let dated = found.date.as_ref().and_then(|date| {
        // Of a week, GDELT's columns hold the month.
        let length = if date.precision == Some(PrecisionRecord::Week) { 6 } else { 8 };
        Some(date.value.as_ref()?.chars().filter(char::is_ascii_digit).take(length).collect::<String>())
    });
    let date = dated.unwrap_or_else(|| published.chars().take(8).collect());
    if date.len() == 8 {
        set(column::SQL_DATE, &date);
        set(column::FRACTION_DATE, &fraction_date(&date).unwrap_or_default());
    }
    if date.len() >= 6 {
        set(column::MONTH_YEAR, &date[..6]);
    }
    if date.len() >= 4 {
        set(column::YEAR, &date[..4]);
    }
    set(column::DATE_ADDED, &published);
    set(column::SOURCE_URL, found.article.url.as_deref().unwrap_or_default());

    set(column::EVENT_CODE, &found.cameo);
    set(column::EVENT_BASE_CODE, &found.cameo[..found.cameo.len().min(3)]);
    set(column::EVENT_ROOT_CODE, &found.root);
    set(column::QUAD_CLASS, &found.quad_class.to_string());
    set(column::GOLDSTEIN_SCALE, &found.goldstein.map(|value| format!("{value:.1}")).unwrap_or_default());
    set(column::NUM_MENTIONS, &(1 + found.mentions.len()).to_string());
    for count in [column::NUM_SOURCES, column::NUM_ARTICLES] {
        set(count, "1");
    }
    if let Some(place) = &found.location {
        set(column::ACTION_GEO_FULL_NAME, &place.name);
        for (position, degrees) in
            [(column::ACTION_GEO_LAT, place.latitude), (column::ACTION_GEO_LONG, place.longitude)]
        {
            set(position, &degrees.map(|degrees| degrees.to_string()).unwrap_or_default());
        }
    }

    for (first, participant) in [(column::ACTOR1, actor), (column::ACTOR2, recipient)] {
        if let Some(participant) = participant {
            for (offset, value) in actor_cells(participant) {
                set(first + offset, &value);
            }
        }
    }
    row
}

fn actor_cells(participant: &ActorRecord) -> Vec<(usize, String)> {
    let mut cells = vec![(actor::CODE, participant.code.clone()), (actor::NAME, participant.name.to_uppercase())];
    if let Some(country) = &participant.country {
        cells.push((actor::COUNTRY_CODE, country.clone()));
    }
    let letters: Vec<char> = participant.code.chars().collect();
    let groups: Vec<String> = letters.chunks(3).map(|group| group.iter().collect()).collect();
    let is_country = |group: &String| Some(group) == participant.country.as_ref() || group == "---";
    let groups = &groups[usize::from(groups.first().is_some_and(is_country))..];
    let types = match groups {
        [head, known, types @ ..] if INTERNATIONAL.contains(&head.as_str()) => {
            cells.push((actor::KNOWN_GROUP_CODE, known.clone()));
            [std::slice::from_ref(head), types].concat()
        }
        types => types.to_vec(),
    };
    cells.extend(
        types.into_iter().take(actor::N_TYPES).enumerate().map(|(idx, group)| (actor::TYPE1_CODE + idx, group)),
    );
    cells
}

/// A number for an event's row, since GDELT counts and we name: 62 bits of the id, never 0, the same for the same event.
fn number_of(id: Uuid, pair_idx: usize) -> u64 {
    let named = if pair_idx == 0 { id } else { Uuid::new_v5(&id, pair_idx.to_string().as_bytes()) };
    (named.as_u64_pair().1 & (u64::MAX >> 2)).max(1)
}

/// The date as a fraction of the year as the codebook computes it: (month × 30 + day) / 365.
fn fraction_date(date: &str) -> Option<String> {
    let (year, month, day) =
        (date[..4].parse::<u32>().ok()?, date[4..6].parse::<u32>().ok()?, date[6..].parse::<u32>().ok()?);
    Some(format!("{:.4}", f64::from(year) + f64::from(month * 30 + day) / 365.0))
}

/// A value that cannot break the table.
fn cell(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
