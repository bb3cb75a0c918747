//! Who held which office when, from `data/lexicon/officeholders.tsv`.

use std::collections::HashMap;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::latin::in_ascii;
use super::sorted::SortedRows;
use crate::extract::codebook::Codebook;

/// One person in one office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    /// Wikidata item, where the source has it.
    pub(crate) wikidata: Option<&'static str>,
    /// ISO 3166-1 alpha-3; none for offices of international bodies.
    pub(crate) country: Option<&'static str>,
    /// CAMEO role.
    pub(crate) sector: Option<&'static str>,
    pub(crate) office: &'static str,
    /// First and last day, as exact as the source has them.
    from: &'static str,
    to: &'static str,
}

/// Years for which an office is believed to be held of which no last day is known.
const OPEN_YEARS: i16 = 20;

/// Years before and after a term in which its holder may well be an official of the same country.
const CAREER_YEARS: i16 = 15;

impl Term {
    /// Whether the office was held on a day.
    pub(crate) fn covers(&self, day: Date) -> bool {
        self.is_within(day, 0)
    }

    /// Whether whoever held the office may have held another one of that country on a day.
    pub(crate) fn is_in_career(&self, day: Date) -> bool {
        self.is_within(day, CAREER_YEARS)
    }

    fn is_within(&self, day: Date, years: i16) -> bool {
        let Some(from) = bound(self.from, 1, 1) else { return false };
        let to = bound(self.to, 12, 31).unwrap_or_else(|| later(from, OPEN_YEARS));
        later(from, -years) <= day && day <= later(to, years)
    }
}

/// A day of a cell "YYYY", "YYYY-MM" or "YYYY-MM-DD"; what the cell leaves out is this month and day, or the month's last.
fn bound(cell: &str, month: i8, day: i8) -> Option<Date> {
    let mut parts = cell.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next().map_or(Some(month), |part| part.parse().ok())?;
    let first = Date::new(year, month, 1).ok()?;
    let day = parts.next().map_or(Some(day), |part| part.parse().ok())?;
    Date::new(year, month, day.min(first.days_in_month())).ok()
}

fn later(day: Date, years: i16) -> Date {
    let year = day.year().saturating_add(years);
    // 29 February becomes the 28th.
    Date::new(year, day.month(), day.day()).or_else(|_| Date::new(year, day.month(), 28)).unwrap_or(day)
}

/// The table, and terms of the user's own by key.
#[derive(Debug)]
pub(crate) struct Officeholders(SortedRows, HashMap<String, Vec<Term>>);

impl Officeholders {
    pub(super) fn load(codebook: &Codebook) -> Self {
        let mut own: HashMap<String, Vec<Term>> = HashMap::new();
        let optional = |cell: &'static str| Some(cell).filter(|cell| !cell.is_empty());
        for row in &codebook.rows.offices {
            let term = Term {
                wikidata: optional(row.wikidata),
                country: optional(row.country),
                sector: optional(row.sector),
                office: row.office,
                from: row.from,
                to: row.to,
            };
            if let Some(key) = key(row.name) {
                own.entry(key).or_default().push(term);
            }
        }
        Self(SortedRows::embedded("lexicon/officeholders.tsv"), own)
    }

    /// All terms of those who bear a full name, the user's own first, then in the order of the table. None for a single word: too many bear it.
    pub(crate) fn terms_of(&self, name: &str) -> Vec<Term> {
        let Some(key) = key(name) else { return Vec::new() };
        let mut terms = self.1.get(&key).cloned().unwrap_or_default();
        terms.extend(self.0.cells_of(&key).map(term));
        terms
    }

    /// The country of each term.
    #[cfg(test)]
    pub(super) fn countries(&self) -> impl Iterator<Item = &'static str> {
        self.0.0.lines().filter_map(|row| term(row.split_once('\t')?.1).country)
    }
}

/// The cells of a row behind its key.
fn term(cells: &'static str) -> Term {
    let mut cells = cells.split('\t');
    let mut next = || cells.next().unwrap_or_default();
    let optional = |cell: &'static str| Some(cell).filter(|cell| !cell.is_empty());
    Term {
        wikidata: optional(next()),
        country: optional(next()),
        sector: optional(next()),
        office: next(),
        from: next(),
        to: next(),
    }
}

/// What the usual spellings of a name have in common: lower case without accents, points, initials and numbers of generations,
/// letters that transliterations exchange made one ("Sergey" and "Sergei", "Aleksey" and "Alexei"). The same as `key` in training/officeholders.py.
pub(super) fn key(name: &str) -> Option<String> {
    let mut plain = String::new();
    for c in name.to_lowercase().nfd().filter(|&c| !is_combining_mark(c)) {
        if let Some(letters) = in_ascii(c) {
            plain.push_str(letters);
            continue;
        }
        match c {
            'ə' => plain.push('a'),
            '-' | '.' => plain.push(' '),
            c if c.is_alphanumeric() || c.is_whitespace() => plain.push(c),
            _ => {}
        }
    }
    // "Jr", "II" and "III" are "ir" and "i" by now.
    let is_name = |word: &String| word.chars().nth(1).is_some() && !matches!(word.as_str(), "ir" | "sr" | "iv");
    let words: Vec<String> = plain.split_whitespace().map(folded).filter(is_name).collect();
    (words.len() > 1).then(|| words.join(" "))
}

fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let c = if matches!(c, 'y' | 'j') { 'i' } else { c };
        match (out.chars().next_back(), c) {
            (Some('k'), 's') => {
                out.pop();
                out.push('x');
            }
            (Some('e' | 'i'), 'i') => {
                out.pop();
                if !out.ends_with('i') {
                    out.push('i');
                }
            }
            (Some(last), c) if last == c => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ascends_by_keys_that_names_are_looked_up_by() {
        let table = Officeholders::load(&Codebook::default());
        let mut before = "";
        for row in table.0.0.lines() {
            let (own, cells) = row.split_once('\t').unwrap_or_default();
            assert!(before <= own, "{own:?} comes behind {before:?}");
            assert_eq!(key(own).as_deref(), Some(own), "nobody could look it up");
            assert_eq!(cells.matches('\t').count(), 5, "cells of {own:?}");
            let term = term(cells);
            for cell in [term.from, term.to].iter().filter(|cell| !cell.is_empty()) {
                assert!(bound(cell, 1, 1).is_some(), "{cell:?} of {own:?} is no day");
            }
            before = own;
        }
        assert!(!before.is_empty(), "no rows at all");
    }

    #[test]
    fn spellings_of_one_name_find_the_same_office() {
        let table = Officeholders::load(&Codebook::default());
        let offices = |name| table.terms_of(name).iter().map(|term| term.office).collect::<Vec<_>>();
        assert!(offices("Sergei Lavrov").contains(&"Minister of Foreign Affairs"));
        assert_eq!(offices("Sergei Lavrov"), offices("SERGEY V. LAVROV"));
        assert_eq!(offices("Lavrov"), [""; 0], "a surname alone");
        assert_eq!(offices("Aaaa Aaaa"), [""; 0], "before the first row");
        assert_eq!(offices("Zzzz Zzzz"), [""; 0], "behind the last row");
    }

    #[test]
    fn terms_hold_from_their_first_day_to_their_last() {
        let term = |from, to| Term { wikidata: None, country: None, sector: None, office: "", from, to };
        let day = |text: &str| bound(text, 1, 1).unwrap_or_default();
        let year = term("2012-02", "2013");
        assert!(!year.covers(day("2012-01-31")) && year.covers(day("2012-02-01")) && year.covers(day("2013-12-31")));
        assert!(
            !year.covers(day("2014-01-01"))
                && year.is_in_career(day("2028-12-31"))
                && !year.is_in_career(day("2029-01-01"))
        );
        let open = term("2004-02-29", "");
        assert!(open.covers(day("2024-02-28")) && !open.covers(day("2024-03-01")));
        assert!(!term("", "2010").covers(day("2009")), "no first day");
    }
}
