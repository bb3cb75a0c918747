//! Names that are one name: a surname and the full name before it, a body and its initials.

use std::collections::HashMap;

/// How many bearers of one surname are compared: a list of thousands of namesakes must not cost their square.
const NAMESAKES: usize = 16;

/// Letters of a name from which a letter more, less or other is a slip of the pen: short names differ by as little.
const LONG_NAME: usize = 6;

/// Persons before a name that are asked whether it is theirs misspelt.
const MISSPELT_REACH: usize = 128;

/// The persons named so far, each with the number of its chain.
#[derive(Debug, Default)]
pub(super) struct PersonNames {
    /// Fullest name and chain.
    persons: Vec<(String, usize)>,
    /// Last word of a name, in lower case, to its bearers in order of appearance.
    by_surname: HashMap<String, Vec<usize>>,
    /// Any word of a name, likewise.
    by_part: HashMap<String, Vec<usize>>,
}

impl PersonNames {
    /// The chain of whoever bears this name.
    pub(super) fn bearer(&self, name: &str) -> Option<usize> {
        self.index_of(name).map(|index| self.persons[index].1)
    }

    /// Notes a name of the person of a chain.
    pub(super) fn add(&mut self, name: &str, chain: usize) {
        let known = self.index_of(name).filter(|&index| self.persons[index].1 == chain);
        let index = known.unwrap_or_else(|| {
            self.persons.push((name.to_owned(), chain));
            self.persons.len() - 1
        });
        if name.len() > self.persons[index].0.len() {
            name.clone_into(&mut self.persons[index].0);
        }
        let surname = self.by_surname.entry(surname_of(name)).or_default();
        if surname.last() != Some(&index) {
            surname.push(index);
        }
        // Any part of a full name may stand for it later: "Wei" for Wei Shaoqing, "Ruiz" for Ana Ruiz Ortega.
        for part in name.split_whitespace().filter(|part| part.chars().count() > 1) {
            let bearers = self.by_part.entry(part.to_lowercase()).or_default();
            if bearers.last() != Some(&index) {
                bearers.push(index);
            }
        }
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        let n_words = name.split_whitespace().count();
        let first_of = |name: &str| name.split_whitespace().next().unwrap_or_default().to_lowercase();
        // Not a letter more: Martina is no slip for Martin.
        let has_first_of = |known: &str| {
            let (known, own) = (first_of(known), first_of(name));
            known.len() == own.len() && is_spelt_like(&known, &own)
        };
        let namesakes = self.by_surname.get(&surname_of(name)).map_or(&[][..], Vec::as_slice);
        let same_surname = namesakes.iter().rev().take(NAMESAKES).copied().find(|&index| {
            let known = &self.persons[index].0;
            n_words == 1 || !known.contains(char::is_whitespace) || has_first_of(known)
        });
        let by_part = || self.by_part.get(&name.to_lowercase())?.last().copied();
        same_surname.or_else(by_part).or_else(|| self.misspelt(name).filter(|_| n_words == 1))
    }

    /// The one person, of those who came last, whose surname this is but for a letter.
    fn misspelt(&self, surname: &str) -> Option<usize> {
        let surname = surname_of(surname);
        let first = self.persons.len().saturating_sub(MISSPELT_REACH);
        let mut alike = (first..self.persons.len()).filter(|&index| {
            let known = &self.persons[index].0;
            known.contains(char::is_whitespace) && is_spelt_like(&surname_of(known), &surname)
        });
        alike.next().filter(|_| alike.next().is_none())
    }
}

/// Whether two names in lower case are one, or are long and differ by one letter.
fn is_spelt_like(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (shorter, longer) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let begin = shorter.iter().zip(longer).take_while(|(one, other)| one == other).count();
    if begin == longer.len() {
        return true;
    }
    let end = shorter[begin..].iter().rev().zip(longer.iter().rev()).take_while(|(one, other)| one == other).count();
    longer.len() >= LONG_NAME && begin > 0 && begin + end + 1 >= longer.len()
}

fn surname_of(name: &str) -> String {
    let last = name.split_whitespace().last().unwrap_or_default();
    let lower = last.trim_end_matches(['.', ',']).to_lowercase();
    // "Nouri al-Maliki" is Maliki later.
    let bare = ["al-", "el-", "ul-"].iter().find_map(|article| lower.strip_prefix(article)).map(str::to_owned);
    bare.unwrap_or(lower)
}

/// The bodies named so far, each with the number of its chain.
#[derive(Debug, Default)]
pub(super) struct BodyNames {
    /// The name in lower case, its initials where it has several words, its last word.
    by_key: HashMap<String, usize>,
}

impl BodyNames {
    /// The chain of the body with this name.
    pub(super) fn bearer(&self, name: &str) -> Option<usize> {
        keys(name).into_iter().find_map(|key| self.by_key.get(&key).copied())
    }

    pub(super) fn add(&mut self, name: &str, chain: usize) {
        for key in keys(name) {
            self.by_key.entry(key).or_insert(chain);
        }
    }
}

/// What a body's name is looked up by: the name without "the", and its initials ("International Atomic Energy Agency", "IAEA").
fn keys(name: &str) -> Vec<String> {
    let bare = name.trim_start_matches("the ").trim_start_matches("The ").trim_end_matches("'s").trim_end_matches("’s");
    let lower = bare.to_lowercase();
    let capitals: String = bare
        .split([' ', '-'])
        .filter(|word| word.starts_with(char::is_uppercase))
        .filter_map(|word| word.chars().next())
        .collect();
    let is_acronym =
        bare.chars().filter(|c| c.is_alphabetic()).count() > 1 && bare.chars().all(|c| c.is_uppercase() || c == '.');
    let mut keys = vec![lower];
    if is_acronym {
        keys.push(format!("={}", bare.replace('.', "")));
    } else if capitals.chars().count() > 2 {
        keys.push(format!("={capitals}"));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_known_by_its_initials_and_the_other_way_round() {
        let mut bodies = BodyNames::default();
        bodies.add("North Sea Fishing Council", 3);
        assert_eq!(bodies.bearer("NSFC"), Some(3));
        assert_eq!(bodies.bearer("the North Sea Fishing Council"), Some(3));
        assert_eq!(bodies.bearer("the Council"), None);
    }

    #[test]
    fn a_surname_is_that_of_the_full_name_before_it() {
        let mut persons = PersonNames::default();
        persons.add("Anna Lindqvist", 0);
        persons.add("Per Holm", 1);
        assert_eq!(persons.bearer("Lindqvist"), Some(0));
        assert_eq!(persons.bearer("Lindkvist"), Some(0));
        assert_eq!(persons.bearer("Eva Holm"), None);
    }
}
