//! Which names say by themselves what a code stands for, so that the code need not stand behind them: "Finland", not
//! "Finland (FIN)". The terminal asks here; the page is given all of them, and asks likewise.
//!
//! By the tables that are built in. A name of the user's own codebook is printed with its code.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::nlp::tables;

/// Names of countries and bodies in lower case, with the codes of those that bear them.
static NAMES: LazyLock<HashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let tables = [
        ("data/lexicon/countries.tsv", "lexicon/countries.tsv", 7),
        ("data/lexicon/organizations.tsv", "lexicon/organizations.tsv", 3),
    ];
    let mut names: HashMap<String, Vec<&'static str>> = HashMap::new();
    for (file, name, n_columns) in tables {
        let rows = tables::read(file, tables::embedded(name), n_columns);
        for row in rows.expect("a table that is built in can be read") {
            // "the alliance" describes a body, and does not name it.
            let all = std::iter::once(row.cell(1)).chain(row.values(2)).filter(|name| !name.starts_with("the "));
            all.for_each(|name| names.entry(compared(name)).or_default().push(row.cell(0)));
        }
    }
    names
});

/// Whether a name is one of those of the country or body with this code.
pub(crate) fn says(name: &str, code: &str) -> bool {
    NAMES.get(&compared(name)).is_some_and(|codes| codes.contains(&code))
}

/// The names by their codes, each as it is compared: in lower case, with a straight apostrophe, without "the".
pub(crate) fn by_code() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, codes) in &*NAMES {
        codes.iter().for_each(|code| all.entry(*code).or_default().push(name));
    }
    all.values_mut().for_each(|names| {
        names.sort_unstable();
        names.dedup();
    });
    all
}

fn compared(name: &str) -> String {
    let lower = name.trim().to_lowercase().replace('’', "'");
    lower.strip_prefix("the ").map_or_else(|| lower.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_behind_the_name_that_it_stands_for_tells_nothing() {
        for (name, code) in [
            ("Finland", "FIN"),
            ("the United States", "USA"),
            ("UK", "GBR"),
            ("Côte d’Ivoire", "CIV"),
            ("NATO", "IGONAT"),
            ("UN", "IGOUNO"),
        ] {
            assert!(says(name, code), "{name} ({code})");
        }
    }

    #[test]
    fn whoever_looks_a_name_up_by_its_code_hears_the_same() {
        let by_code = by_code();
        for (code, names) in &by_code {
            assert!(names.iter().all(|name| says(name, code)), "{code}: {names:?}");
        }
        for (name, code) in [("united states", "USA"), ("cote d'ivoire", "CIV"), ("nato", "IGONAT")] {
            assert!(by_code[code].contains(&name), "{code}: {:?}", by_code[code]);
        }
    }

    #[test]
    fn a_code_that_says_whose_or_what_somebody_is_stands() {
        for (name, code) in
            [("Finland", "FINGOV"), ("Helsinki", "FINGOV"), ("Georgia", "USA"), ("the alliance", "IGONAT")]
        {
            assert!(!says(name, code), "{name} ({code})");
        }
    }
}
