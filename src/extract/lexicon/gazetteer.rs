//! Towns of the world and the regions that they lie in. The table of towns is searched by halving as it stands in the binary: fifty thousand rows are never
//! read as a whole, and cost the program no memory but their beginnings.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::latin::in_ascii;
use crate::extract::codebook::Codebook;
use crate::nlp::tables::{self, TableError};

/// Towns and regions by name.
#[derive(Debug)]
pub(crate) struct Gazetteer {
    text: &'static str,
    /// Where the rows of towns begin.
    rows: Vec<u32>,
    regions: Vec<RegionRow>,
    /// By key, indices into `regions`.
    by_name: HashMap<String, Vec<usize>>,
    /// Towns of the user's own, by key.
    own: HashMap<String, Vec<TownRow>>,
}

/// Inhabitants, in thousands, that a town of the user's own counts as: whoever names it means it.
const OWN_THOUSANDS: u32 = 100_000;

/// A town.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TownRow {
    /// The usual name.
    pub(crate) name: String,
    /// ISO 3166-1 alpha-3.
    pub(crate) country: &'static str,
    /// The region's code within the country; empty where it is not known.
    pub(crate) region: &'static str,
    pub(crate) geonames_id: u32,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// Inhabitants.
    pub(crate) thousands: u32,
}

/// A region of the first level, or a stretch of land that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RegionRow {
    /// ISO 3166-1 alpha-3.
    pub(crate) country: &'static str,
    /// Code of GeoNames, "AF.10"; without a dot for what is no region of the first level.
    pub(crate) code: &'static str,
    /// The usual name.
    pub(crate) name: &'static str,
}

impl RegionRow {
    /// The code within the country; nothing for what is no region of the first level.
    pub(crate) fn own_code(&self) -> Option<&'static str> {
        self.code.split_once('.').map(|(_, own)| own)
    }
}

impl Gazetteer {
    pub(super) fn load(codebook: &Codebook) -> Result<Self, TableError> {
        let text = tables::embedded("lexicon/places.tsv");
        let mut regions = Vec::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for row in tables::read("data/lexicon/regions.tsv", tables::embedded("lexicon/regions.tsv"), 4)? {
            for name in std::iter::once(row.cell(2)).chain(row.values(3)) {
                by_name.entry(key(name)).or_default().push(regions.len());
            }
            regions.push(RegionRow { country: row.cell(0), code: row.cell(1), name: row.cell(2) });
        }
        let mut own: HashMap<String, Vec<TownRow>> = HashMap::new();
        for town in &codebook.rows.towns {
            let usual = town.names[0];
            let Some((geonames_id, latitude, longitude)) = town.on_map else {
                // Off the map: a stretch of land of the country.
                town.names.iter().for_each(|name| by_name.entry(key(name)).or_default().push(regions.len()));
                regions.push(RegionRow { country: town.country, code: "", name: usual });
                continue;
            };
            for name in &town.names {
                own.entry(key(name)).or_default().push(TownRow {
                    name: usual.to_owned(),
                    country: town.country,
                    region: town.region,
                    geonames_id,
                    latitude,
                    longitude,
                    thousands: OWN_THOUSANDS,
                });
            }
        }
        Ok(Self { text, rows: beginnings(text), regions, by_name, own })
    }

    /// The towns of a name as [`key`] writes it, most inhabitants first. Where there is none, those that have it as another name.
    pub(crate) fn towns(&self, key: &str) -> Vec<TownRow> {
        let mut found: Vec<TownRow> = self.own.get(key).cloned().unwrap_or_default();
        found.extend(self.cells(key).filter_map(|cells| town(&cells)));
        if found.is_empty() {
            for cells in self.cells(key) {
                let [_, usual, id] = cells[..] else { continue };
                let known = self.cells(usual).filter_map(|cells| town(&cells));
                found.extend(known.filter(|town| id.parse() == Ok(town.geonames_id)));
            }
        }
        found.sort_by_key(|town| (std::cmp::Reverse(town.thousands), town.geonames_id));
        found
    }

    /// The regions of a name as [`key`] writes it.
    pub(crate) fn regions(&self, key: &str) -> impl Iterator<Item = &RegionRow> {
        self.by_name.get(key).into_iter().flatten().map(|&region| &self.regions[region])
    }

    /// The region of a country with a code of its own.
    pub(crate) fn region(&self, country: &str, own_code: &str) -> Option<&RegionRow> {
        self.regions.iter().find(|region| region.country == country && region.own_code() == Some(own_code))
    }

    fn cells(&self, key: &str) -> impl Iterator<Item = Vec<&'static str>> {
        let name = |row: u32| name_at(self.text, row);
        let from = self.rows.partition_point(|&row| name(row) < key);
        let to = from + self.rows[from..].partition_point(|&row| name(row) == key);
        self.rows[from..to].iter().map(|&row| line_at(self.text, row).split('\t').collect())
    }
}

/// Where the rows begin: behind comments and heading.
fn beginnings(text: &'static str) -> Vec<u32> {
    let mut rows = Vec::new();
    let mut at = 0;
    let mut has_heading = false;
    for line in text.split_inclusive('\n') {
        if !line.starts_with('#') {
            if has_heading {
                rows.extend(u32::try_from(at));
            }
            has_heading = true;
        }
        at += line.len();
    }
    rows
}

fn line_at(text: &'static str, row: u32) -> &'static str {
    let rest = &text[row as usize..];
    rest.split_once('\n').map_or(rest, |(line, _)| line)
}

fn name_at(text: &'static str, row: u32) -> &'static str {
    let line = line_at(text, row);
    line.split_once('\t').map_or(line, |(name, _)| name)
}

/// A full row; nothing for one that is another name.
fn town(cells: &[&'static str]) -> Option<TownRow> {
    let &[key, usual, country, region, id, latitude, longitude, thousands] = cells else { return None };
    Some(TownRow {
        name: if usual.is_empty() { capitalized(key) } else { usual.to_owned() },
        country,
        region,
        geonames_id: id.parse().ok()?,
        latitude: latitude.parse().ok()?,
        longitude: longitude.parse().ok()?,
        thousands: thousands.parse().ok()?,
    })
}

fn capitalized(key: &str) -> String {
    let mut begins = true;
    key.chars().map(|c| if std::mem::replace(&mut begins, c == ' ') { c.to_ascii_uppercase() } else { c }).collect()
}

/// A name in small letters without accents; marks are blanks, apostrophes nothing: "Sana'a" is "sanaa", "Mazar-i-Sharif" "mazar i sharif". The same as
/// `key` in training/places.py.
pub(crate) fn key(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.to_lowercase().nfd().filter(|&c| !is_combining_mark(c)) {
        if let Some(letters) = in_ascii(c) {
            plain.push_str(letters);
            continue;
        }
        match c {
            'ħ' => plain.push('h'),
            'ə' => plain.push('e'),
            '\'' | '’' | '‘' | '`' | 'ʼ' | 'ʻ' => {}
            c if c.is_ascii_alphanumeric() => plain.push(c),
            _ if !plain.ends_with(' ') && !plain.is_empty() => plain.push(' '),
            _ => {}
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_town_is_found_by_the_name_it_stands_under() {
        let gazetteer = Gazetteer::load(&Codebook::default()).unwrap_or_else(|error| panic!("{error}"));
        assert!(gazetteer.rows.len() > 40_000, "{} rows", gazetteer.rows.len());
        let names: Vec<&str> = gazetteer.rows.iter().map(|&row| name_at(gazetteer.text, row)).collect();
        assert!(names.is_sorted(), "the rows are not in the order of their bytes");
        for &row in &gazetteer.rows {
            let line = line_at(gazetteer.text, row);
            let cells: Vec<&str> = line.split('\t').collect();
            match cells.len() {
                3 => assert!(gazetteer.cells(cells[1]).any(|known| known.get(4) == Some(&cells[2])), "{line}"),
                _ => {
                    let town = town(&cells).unwrap_or_else(|| panic!("no town: {line}"));
                    let has_region = town.region.is_empty() || gazetteer.region(town.country, town.region).is_some();
                    assert!(has_region, "no such region: {line}");
                }
            }
        }
    }

    #[test]
    fn a_name_has_one_key_however_it_is_written() {
        let gazetteer = Gazetteer::load(&Codebook::default()).unwrap();
        for name in ["Sana'a", "Sanaʼa", "SANAA", "Sanā'a"] {
            assert_eq!(gazetteer.towns(&key(name))[0].geonames_id, 71_137, "{name}");
        }
        assert_eq!(gazetteer.towns(&key("Mazar-i-Sharif"))[0].country, "AFG");
        assert_eq!(gazetteer.towns(&key("Kiev"))[0].name, "Kyiv");
        assert_eq!(gazetteer.towns("baghdad")[0].name, "Baghdad");
    }
}
