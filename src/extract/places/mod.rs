//! What the words of a place mean: its name, its country, and where no doubt is left which one is meant, its region and where it lies on the map.
//!
//! A head or a rule finds where the place of an event stands. Towns share their names, so a town is meant only where its words ("Tripoli, Lebanon"), the countries
//! that the article speaks of, or its size leave one; else the place has its words, and a country where all that could be meant lie in one. Places are no entities
//! of `who`: they do not act.

mod names;

use crate::extract::lexicon::{PlaceForm, RegionRow, TownRow, place_key};
use crate::extract::reading::Reading;
use crate::finding::{EventPlace, Region, Town};
use crate::text::TokenRange;

use names::{Name, Names, What};

/// Inhabitants, in thousands, from which a town is meant though the article does not speak of its country.
const WELL_KNOWN: u32 = 100;

/// How many times larger than any other of its name a town must be: among those of the article's countries, and in the whole world.
const LARGER: (u32, u32) = (5, 8);

/// Words behind which a country is whose something is, not where: "the Chinese embassy", "the Afghan border".
const FOREIGN: [&str; 16] = [
    "embassy",
    "embassies",
    "consulate",
    "mission",
    "missions",
    "border",
    "borders",
    "frontier",
    "base",
    "bases",
    "checkpoint",
    "vessel",
    "ship",
    "ships",
    "headquarters",
    "boundary",
];

/// "south of Baghdad".
const DIRECTIONS: [&str; 8] = ["south", "north", "east", "west", "southeast", "southwest", "northeast", "northwest"];

/// Words that name no other place beside a country or region: "across southern Afghanistan", "the north of the country".
const PLAIN: [&str; 30] = [
    "the",
    "across",
    "throughout",
    "in",
    "inside",
    "within",
    "all",
    "over",
    "of",
    "southern",
    "northern",
    "eastern",
    "western",
    "central",
    "southeastern",
    "southwestern",
    "northeastern",
    "northwestern",
    "south",
    "north",
    "east",
    "west",
    "upper",
    "lower",
    "province",
    "region",
    "state",
    "governorate",
    "neighboring",
    "parts",
];

/// Where something is.
#[derive(Debug, Default)]
struct Found {
    name: Option<String>,
    country: Option<String>,
    region: Option<RegionRow>,
    town: Option<TownRow>,
}

/// The place that words name.
pub(crate) fn read(reading: &Reading<'_, '_>, span: TokenRange) -> EventPlace {
    let names = Names::find(reading, span);
    let found = resolve(reading, span, &names);
    let first = span.start as usize;
    let article = usize::from(span.len() > 1 && reading.words.eq(first, "the"));
    let words = reading.words.doc.range_text(TokenRange::new(first + article, span.end as usize)).to_owned();
    let region = found.region.filter(|region| region.own_code().is_some());
    EventPlace {
        tokens: span,
        name: found.name.unwrap_or(words),
        country: found.country,
        region: region.map(|region| Region { code: region.code, name: region.name }),
        town: found.town.map(|town| Town {
            geonames_id: town.geonames_id,
            latitude: town.latitude,
            longitude: town.longitude,
        }),
    }
}

fn resolve(reading: &Reading<'_, '_>, span: TokenRange, names: &Names) -> Found {
    let towns: Vec<(&Name, &Vec<TownRow>)> = names
        .inside
        .iter()
        .filter_map(|name| match &name.what {
            What::Town(towns) => Some((name, towns)),
            _ => None,
        })
        .collect();
    match towns.as_slice() {
        [] => without_town(reading, span, names),
        [(name, towns)] => with_town(reading, names, name, towns),
        several => {
            // "Baghdad and Kirkuk": no single one, but their country.
            let each = several.iter().map(|(name, towns)| with_town(reading, names, name, towns).country);
            let mut countries: Vec<Option<String>> = each.collect();
            let linked = is_list(reading, several[0].0, several[1].0);
            if !linked {
                return with_town(reading, names, several[0].0, several[0].1);
            }
            countries.dedup();
            let country = if let [country] = countries.as_mut_slice() { country.take() } else { None };
            Found { country, ..Found::default() }
        }
    }
}

/// Whether two names stand beside each other as equals.
fn is_list(reading: &Reading<'_, '_>, one: &Name, other: &Name) -> bool {
    (one.tokens.end..other.tokens.start).any(|idx| matches!(reading.words.lower(idx as usize), "and" | "or" | "to"))
}

/// A place with the name of a town in it.
fn with_town(reading: &Reading<'_, '_>, names: &Names, name: &Name, towns: &[TownRow]) -> Found {
    let (candidates, is_told) = fitting(reading, names, towns);
    let mut countries: Vec<&str> = candidates.iter().map(|town| town.country).collect();
    countries.sort_unstable();
    countries.dedup();
    let meant = meant(reading, name, is_told, &candidates);
    let Some(town) = meant else {
        let named = named_country(reading, names);
        let only = match countries.as_slice() {
            // A small town that no country of the article vouches for may be another one than the table's.
            [country] if is_in_article(reading, country) || candidates[0].thousands >= WELL_KNOWN => {
                Some((*country).to_owned())
            }
            _ => None,
        };
        return Found { country: named.or(only), ..Found::default() };
    };
    // "south of Baghdad" is somewhere else than Baghdad.
    let start = name.tokens.start as usize;
    let is_beside =
        start > 1 && reading.words.eq(start - 1, "of") && DIRECTIONS.contains(&reading.words.lower(start - 2));
    let country = Some(town.country.to_owned());
    if is_beside {
        return Found { country, ..Found::default() };
    }
    let region = reading.lexicon.gazetteer.region(town.country, town.region).copied();
    Found { name: Some(town.name.clone()), country, region, town: Some(town.clone()) }
}

/// Those of a name that lie where the words say: in a region, else a country, that stands beside it. An adjective that none fits says nothing:
/// "the U.S. embassy in Baghdad". Whether the words said so is told as well.
fn fitting<'t>(reading: &Reading<'_, '_>, names: &Names, towns: &'t [TownRow]) -> (Vec<&'t TownRow>, bool) {
    let regions: Vec<&RegionRow> = names
        .all()
        .filter_map(|name| match &name.what {
            What::Region(regions) => Some(regions),
            _ => None,
        })
        .flatten()
        .chain(homonyms(reading, names))
        .collect();
    let lies_in = |town: &&TownRow, region: &&RegionRow| {
        region.country == town.country && region.own_code().is_none_or(|code| code == town.region)
    };
    let within: Vec<&TownRow> =
        towns.iter().filter(|town| regions.iter().any(|region| lies_in(town, region))).collect();
    if !within.is_empty() {
        return (within, true);
    }
    let countries = |adjectives: bool| {
        let named = names.all().filter_map(move |name| match name.what {
            What::Country { entity, is_adjective } if is_adjective == adjectives => Some(entity),
            _ => None,
        });
        let codes: Vec<&str> = named.map(|entity| reading.lexicon.entities[entity].code).collect();
        codes
    };
    for codes in [countries(false), countries(true)] {
        let within: Vec<&TownRow> = towns.iter().filter(|town| codes.contains(&town.country)).collect();
        if !within.is_empty() {
            return (within, true);
        }
    }
    (towns.iter().collect(), false)
}

/// Regions with the name of a country: "Atlanta, Georgia".
fn homonyms<'r>(reading: &'r Reading<'_, '_>, names: &Names) -> Vec<&'r RegionRow> {
    let countries = names.all().filter(|name| matches!(name.what, What::Country { is_adjective: false, .. }));
    countries
        .flat_map(|name| {
            let key = place_key(reading.words.doc.range_text(name.tokens));
            reading.lexicon.gazetteer.regions(&key).filter(|region| region.country == "USA").collect::<Vec<_>>()
        })
        .collect()
}

/// The one town that is meant, if no doubt is left.
fn meant<'t>(reading: &Reading<'_, '_>, name: &Name, is_told: bool, candidates: &[&'t TownRow]) -> Option<&'t TownRow> {
    let is_vouched = |town: &&&TownRow| is_told || is_in_article(reading, town.country);
    let vouched: Vec<&TownRow> = candidates.iter().filter(is_vouched).copied().collect();
    let seat = seat_of(reading, name);
    let is_seat = |town: &TownRow| seat == Some(town.country);
    let largest = *candidates.first()?;
    let Some(first) = vouched.first().copied() else {
        let rival = candidates.get(1).map_or(0, |town| town.thousands);
        let factor = if is_seat(largest) { LARGER.0 } else { LARGER.1 };
        let is_known = largest.thousands >= WELL_KNOWN || is_seat(largest);
        return (is_known && largest.thousands >= rival.saturating_mul(factor)).then_some(largest);
    };
    // An article about Canada may still mean the London that everybody knows.
    if largest.thousands > first.thousands.saturating_mul(LARGER.1) {
        return Some(largest);
    }
    let rival = vouched.get(1).map_or(0, |town| town.thousands);
    let is_clear = first.thousands >= rival.saturating_mul(LARGER.0) || is_seat(first);
    let is_smaller = largest.thousands > first.thousands.saturating_mul(LARGER.0);
    (is_clear && !is_smaller).then_some(first)
}

/// The country whose seat of government a name is.
fn seat_of(reading: &Reading<'_, '_>, name: &Name) -> Option<&'static str> {
    let mention = reading.mentions.starting_at(name.tokens.start as usize)?;
    let (entity, form) = mention.place()?;
    matches!(form, PlaceForm::Seat).then(|| reading.lexicon.entities[entity].code)
}

fn is_in_article(reading: &Reading<'_, '_>, code: &str) -> bool {
    reading.countries.iter().any(|&entity| reading.lexicon.entities[entity].code == code)
}

/// The one country that the words name: by name, else by an adjective that does not only tell whose something is.
fn named_country(reading: &Reading<'_, '_>, names: &Names) -> Option<String> {
    let of_kind = |adjectives: bool| {
        let mut found: Vec<usize> = names
            .all()
            .filter_map(|name| match name.what {
                What::Country { entity, is_adjective } if is_adjective == adjectives => Some(entity),
                _ => None,
            })
            .collect();
        found.dedup();
        found
    };
    let is_foreign = names.inside.iter().any(|name| {
        let end = name.tokens.end as usize;
        (end..end + 3).any(|at| FOREIGN.contains(&reading.words.lower(at)))
    });
    match (of_kind(false).as_slice(), of_kind(true).as_slice()) {
        ([country], _) => Some(*country),
        ([], [country]) if !is_foreign => Some(*country),
        _ => None,
    }
    .map(|entity| reading.lexicon.entities[entity].code.to_owned())
}

/// A place without a town's name: a region, a country, or words.
fn without_town(reading: &Reading<'_, '_>, span: TokenRange, names: &Names) -> Found {
    let named = named_country(reading, names);
    let regions = names.inside.iter().find_map(|name| match &name.what {
        What::Region(regions) => Some((name, regions)),
        _ => None,
    });
    if let Some((name, regions)) = regions {
        let mut fits: Vec<&RegionRow> =
            regions.iter().filter(|region| named.as_deref().is_none_or(|code| code == region.country)).collect();
        if fits.len() > 1 {
            fits.retain(|region| is_in_article(reading, region.country));
        }
        if let [region] = fits.as_slice() {
            let is_plain = is_plain(reading, span, name);
            return Found {
                name: is_plain.then(|| region.name.to_owned()),
                country: Some(region.country.to_owned()),
                region: Some(**region),
                town: None,
            };
        }
    }
    let country = names.inside.iter().find(|name| matches!(name.what, What::Country { is_adjective: false, .. }));
    let name = match (country, &named) {
        (Some(country), Some(code)) if is_plain(reading, span, country) => {
            let entity = reading.lexicon.entities.iter().find(|entity| entity.code == code.as_str());
            entity.map(|entity| entity.name.to_owned())
        }
        _ => None,
    };
    Found { name, country: named, ..Found::default() }
}

/// Whether the words name nothing beside a name.
fn is_plain(reading: &Reading<'_, '_>, span: TokenRange, name: &Name) -> bool {
    span.range().filter(|&at| !name.tokens.contains_token(at)).all(|at| PLAIN.contains(&reading.words.lower(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::codebook::Codebook;
    use crate::extract::lexicon::Lexicon;
    use crate::extract::who::WhoTables;
    use crate::nlp::Annotate as _;
    use crate::nlp::tokenizer::Tokenizer;
    use crate::text::{Document, Sentence, SentenceKind};

    /// Words with the place between brackets, and what is known of it.
    const TABLE: &str = include_str!("../../../tests/data/cases/places/words.tsv");

    fn document(text: &str) -> Document {
        let mut doc = Document::new(text.to_owned());
        Tokenizer::new().annotate(&mut doc);
        let tokens = TokenRange::new(0, doc.tokens.len());
        doc.sentences.push(Sentence { tokens, paragraph: 0, kind: SentenceKind::Prose });
        doc
    }

    #[test]
    fn words_mean_what_the_table_says() {
        let own = Codebook::default();
        let (lexicon, tables) = (Lexicon::load(&own).unwrap(), WhoTables::load(&own).unwrap());
        let mut problems = String::new();
        let mut n_rows = 0;
        for row in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1) {
            let cells: Vec<&str> = row.split('\t').collect();
            let [marked, name, country, region, town] = cells[..] else { panic!("five cells: {row}") };
            let (open, close) = (marked.find('[').unwrap(), marked.find(']').unwrap() - 1);
            let doc = document(&marked.replace(['[', ']'], ""));
            let inside = |&at: &usize| (open..close).contains(&(doc.tokens[at].start as usize));
            let span: Vec<usize> = (0..doc.tokens.len()).filter(inside).collect();
            let span = TokenRange::new(span[0], span[span.len() - 1] + 1);
            let reading = Reading::new(&doc, &lexicon, &tables, None, None);
            let found = read(&reading, span);
            let found = [
                found.name,
                found.country.unwrap_or_else(|| "-".to_owned()),
                found.region.map_or("-", |region| region.code).to_owned(),
                found.town.map_or_else(|| "-".to_owned(), |town| town.geonames_id.to_string()),
            ];
            n_rows += 1;
            if found != [name, country, region, town] {
                problems.push_str(&format!("{marked}: expected {:?}, got {found:?}\n", &cells[1..]));
            }
        }
        assert!(n_rows > 30, "{n_rows} rows");
        assert!(problems.is_empty(), "\n{problems}");
    }
}
