//! Persons, groups and offices of a codebook: a name with the code that it has on a day.

use std::collections::HashSet;

use jiff::civil::Date;

use super::reader::Reader;
use super::rows::{ActorRow, DatedCode, OfficeRow};
use crate::finding::{Sector, actor_code};
use crate::nlp::tables::Row;

/// What stands before a sector where no country does.
const HEADS: [&str; 8] = ["---", "IGO", "NGO", "NGM", "MNC", "IMG", "INT", "UIS"];

/// A CAMEO actor code in its parts.
pub(super) fn split(code: &'static str, countries: &HashSet<&'static str>) -> DatedCode {
    let country = code.get(..3).filter(|head| countries.contains(head));
    let rest = code.get(3..).filter(|_| country.is_some() || code.starts_with("---"));
    let sector = rest.unwrap_or(code).get(..3).and_then(|sector| sector.parse().ok());
    let whole = Some(code).filter(|&code| actor_code(country, sector) != code);
    DatedCode { country, sector, whole, from: None, to: None }
}

pub(super) fn actors(reader: &mut Reader, path: &'static str, text: &'static str) {
    for row in reader.table(path, text, &["names", "code", "wikidata", "from", "to"]) {
        let names: Vec<&str> = row.values(0).collect();
        if names.is_empty() {
            reader.at(&row, "an actor needs a name");
        }
        let code = row.cell(1);
        let split = split(code, &reader.countries);
        let has_head = split.country.is_some() || HEADS.iter().any(|head| code.starts_with(head));
        let has_sector = code.len() <= 3 || split.sector.is_some() || split.country.is_none();
        if !has_head {
            reader.at(&row, format!("{code:?} begins with no country; expected a CAMEO actor code such as NORGOV"));
        } else if !has_sector {
            reader.at(&row, format!("no sector is {:?}", &code[3..]));
        }
        let from = day(reader, &row, 3, false);
        let to = day(reader, &row, 4, true);
        let codes = vec![DatedCode { from, to, ..split }];
        // More rows of a name are more codes of it.
        match reader.rows.actors.iter_mut().find(|known| known.names == names) {
            Some(known) => known.codes.extend(codes),
            None => reader.rows.actors.push(ActorRow { names, codes, wikidata: row.optional(2) }),
        }
    }
}

pub(super) fn offices(reader: &mut Reader, path: &'static str, text: &'static str) {
    let columns = ["name", "wikidata", "country", "sector", "office", "from", "to"];
    for row in reader.table(path, text, &columns) {
        if row.cell(0).split_whitespace().count() < 2 {
            reader.at(&row, "expected a full name: too many people share a single one");
        }
        if row.optional(2).is_some_and(|code| !reader.countries.contains(code)) {
            reader.at(&row, format!("no country has the code {:?}", row.cell(2)));
        }
        if row.optional(3).is_some_and(|sector| sector.parse::<Sector>().is_err()) {
            reader.at(&row, format!("no sector is {:?}", row.cell(3)));
        }
        if row.cell(5).is_empty() {
            reader.at(&row, "expected the first day in office");
        }
        day(reader, &row, 5, false);
        day(reader, &row, 6, true);
        reader.rows.offices.push(OfficeRow {
            name: row.cell(0),
            wikidata: row.cell(1),
            country: row.cell(2),
            sector: row.cell(3),
            office: row.cell(4),
            from: row.cell(5),
            to: row.cell(6),
        });
    }
}

/// A cell "2024", "2024-03" or "2024-03-14": its first day, or its last.
fn day(reader: &mut Reader, row: &Row, column: usize, last: bool) -> Option<Date> {
    let cell = row.optional(column)?;
    let parsed = parsed(cell, last);
    if parsed.is_none() {
        reader.at(row, format!("expected a day such as 2024-03-14, 2024-03 or 2024, found {cell:?}"));
    }
    parsed
}

fn parsed(cell: &str, last: bool) -> Option<Date> {
    let mut parts = cell.split('-');
    let year: i16 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month = parts.next().map_or(Some(if last { 12 } else { 1 }), |month| month.parse().ok())?;
    let first = Date::new(year, month, 1).ok()?;
    let day = parts.next().map_or(Some(if last { first.days_in_month() } else { 1 }), |day| day.parse().ok())?;
    if parts.next().is_some() { None } else { Date::new(year, month, day).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_hold_on_their_days() {
        let dated = |code: &'static str, from: &str, to: &str| DatedCode {
            from: parsed(from, false),
            to: parsed(to, true),
            ..split(code, &HashSet::from(["NOR", "PSE"]))
        };
        let codes = vec![dated("NORGOV", "2020", "2023-06"), dated("NOROPP", "", "2019"), dated("NORELI", "", "")];
        let row = ActorRow { names: Vec::new(), codes, wikidata: None };
        let sector = |day: &str| row.code_on(parsed(day, false)).and_then(|code| code.sector).map(Sector::name);
        assert_eq!(sector("2023-06-30"), Some("GOV"));
        assert_eq!(sector("2018-01-01"), Some("OPP"));
        assert_eq!(sector("2023-07-01"), Some("ELI"));
        assert_eq!(row.code_on(None).and_then(|code| code.sector), Some(Sector::Eli));
    }

    #[test]
    fn a_code_is_kept_whole_where_its_parts_say_less() {
        let countries = HashSet::from(["PSE"]);
        let parts = |code| {
            let split = split(code, &countries);
            (split.country, split.sector, split.whole)
        };
        assert_eq!(parts("PSEGOV"), (Some("PSE"), Some(Sector::Gov), None));
        assert_eq!(parts("PSEREBHMS"), (Some("PSE"), Some(Sector::Reb), Some("PSEREBHMS")));
        assert_eq!(parts("---REB"), (None, Some(Sector::Reb), None));
        assert_eq!(parts("GON"), (None, None, Some("GON")));
    }
}
