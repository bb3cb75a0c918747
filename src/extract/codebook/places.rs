//! Countries, bodies and towns of a codebook, in the columns of the tables that are built in.

use super::reader::Reader;
use super::rows::{BodyRow, CountryRow, TownEntry};

pub(super) fn countries(reader: &mut Reader, path: &'static str, text: &'static str) {
    let columns = ["code", "name", "other_names", "adjectives", "people", "seats", "metonyms"];
    for row in reader.table(path, text, &columns) {
        let code = row.cell(0);
        if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            reader.at(&row, format!("expected a code of three capitals, found {code:?}"));
            continue;
        }
        if reader.countries.insert(code) && row.cell(1).is_empty() {
            reader.at(&row, format!("{code} is a new country and has no name"));
        }
        let values = |column: usize| row.values(column).collect::<Vec<_>>();
        reader.rows.countries.push(CountryRow {
            code,
            name: row.cell(1),
            other_names: values(2),
            adjectives: values(3),
            people: values(4),
            seats: values(5),
            metonyms: values(6),
        });
    }
}

pub(super) fn bodies(reader: &mut Reader, path: &'static str, text: &'static str) {
    for row in reader.table(path, text, &["code", "name", "other_names"]) {
        let code = row.cell(0);
        if code.len() < 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            reader.at(&row, format!("expected a CAMEO actor code such as IGOUNO, found {code:?}"));
        } else if row.cell(1).is_empty() {
            reader.at(&row, "a body needs a name");
        } else {
            let names = std::iter::once(row.cell(1)).chain(row.values(2)).collect();
            reader.rows.bodies.push(BodyRow { code, names });
        }
    }
}

pub(super) fn towns(reader: &mut Reader, path: &'static str, text: &'static str) {
    for row in reader.table(path, text, &["names", "country", "region", "geonameid", "latitude", "longitude"]) {
        let names: Vec<&str> = row.values(0).collect();
        if names.is_empty() {
            reader.at(&row, "a place needs a name");
        }
        if !reader.countries.contains(row.cell(1)) {
            reader.at(&row, format!("no country has the code {:?}", row.cell(1)));
            continue;
        }
        let given = (3..6).filter(|&column| row.optional(column).is_some()).count();
        let on_map = (|| Some((row.cell(3).parse().ok()?, row.cell(4).parse().ok()?, row.cell(5).parse().ok()?)))();
        if given > 0 && on_map.is_none() {
            reader.at(&row, "expected a GeoNames id, a latitude and a longitude in numbers, or none of them");
        }
        let (country, region) = (row.cell(1), row.cell(2));
        reader.rows.towns.push(TownEntry { names, country, region, on_map });
    }
}
