//! Which file uses which within a module: its inner layers, and no circle between its files.
//!
//! Every path in a file's code (`crate::…`, `super::…`, `self::…`, or from a module that the file declares) is followed to the
//! file that defines what it names, through re-exports. Tests within a file do not count: they may use whatever stands above.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, code_only, repository};

/// Modules without a circle between their files. A module is added here once it is free of them.
const CIRCLE_FREE: &[&str] = &[
    "article",
    "text",
    "finding",
    "nlp",
    "extract",
    "analyzer",
    "record",
    "score",
    "telemetry",
    "explorer",
    "kafka",
    "config",
];

/// The inner layers of a module, lowest first, as paths within it. A file uses what stands in earlier rows or under the same path.
type Layers = &'static [&'static [&'static str]];

/// The modules that have inner layers.
const INNER: &[(&str, Layers)] = &[
    (
        "nlp",
        &[
            &["annotate", "folding", "hashing", "tables", "word_lists"],
            &["model_file", "ontology"],
            &["tokenizer"],
            &["sentences"],
            &["density"],
            &["layout", "consistency", "dates"],
            &["core::stage", "core::segments", "core::pieces"],
            &["core::encoder"],
            &["core::decode"],
            &["core::heads"],
            &["core"],
        ],
    ),
    (
        "extract",
        &[
            &["families", "codebook"],
            &["lexicon"],
            &["quotes", "dates", "glued"],
            &["who"],
            &["reading"],
            &["places"],
            &["statements"],
            &["events"],
        ],
    ),
];

/// What a file says of others.
#[derive(Default)]
struct Uses {
    /// Absolute paths that it names.
    paths: Vec<Vec<String>>,
    /// Names that it hands on, with the absolute path of each.
    exports: BTreeMap<String, Vec<String>>,
}

/// The path of a file's module: `nlp`, `core` for `src/nlp/core/mod.rs`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').map(str::to_owned).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Places where a word stands by itself.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> {
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| !code[..*at].ends_with(is_word) && !code[at + word.len()..].starts_with(is_word))
}

/// The code without the modules that are compiled for tests alone.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        let (before, item) = rest.split_at(at);
        kept.push_str(before);
        let is_module = item["#[cfg(test)]".len()..].trim_start().starts_with("mod ");
        let end = item.find([';', '{']).filter(|_| is_module).map_or("#[cfg(test)]".len(), |open| {
            let mut depth = 0usize;
            let closes = item[open..].char_indices().find(|(_, c)| {
                depth = match c {
                    '{' => depth + 1,
                    '}' => depth - 1,
                    _ => depth,
                };
                depth == 0
            });
            closes.map_or(item.len(), |(length, _)| open + length + 1)
        });
        rest = &item[end..];
    }
    kept + rest
}

/// The code with every `pub(…)` a plain `pub`: how far a name reaches is no use of what it reaches.
fn without_reach(code: &str) -> String {
    let mut parts = code.split("pub(");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str("pub");
        kept.push_str(part.split_once(')').map_or("", |(_, rest)| rest));
    }
    kept
}

/// A `use` tree, opened: the paths it names and the name that each is given.
fn opened(tree: &str, before: &[String], out: &mut Vec<(Vec<String>, String)>) {
    let tree = tree.trim();
    let (head, group) = tree.split_once('{').map_or((tree, None), |(head, group)| (head, group.strip_suffix('}')));
    let (head, alias) = head.split_once(" as ").map_or((head, None), |(head, alias)| (head, Some(alias.trim())));
    let mut path = before.to_vec();
    path.extend(head.split("::").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned));
    let Some(group) = group else {
        if path.last().is_some_and(|name| name == "self") {
            path.pop();
        }
        let name = alias.map(str::to_owned).or_else(|| path.last().cloned()).unwrap_or_default();
        out.push((path, name));
        return;
    };
    let (mut depth, mut start) = (0usize, 0);
    for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !group[start..at].trim().is_empty() {
                    opened(&group[start..at], &path, out);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// A path as written in a file, from the crate's root; nothing if it leads out of the crate.
fn absolute(path: &[String], own: &[String], children: &BTreeSet<String>) -> Option<Vec<String>> {
    let n_up = path.iter().take_while(|name| *name == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([own, &path[1..]].concat()),
        "super" => Some([own.get(..own.len().checked_sub(n_up)?)?, &path[n_up..]].concat()),
        first if children.contains(first) => Some([own, path].concat()),
        _ => None,
    }
}

impl Uses {
    fn of(file: &File) -> Self {
        let own = module_of(&file.path);
        let code = without_reach(&without_tests(&code_only(&file.text)));
        let children: BTreeSet<String> = words(&code, "mod")
            .filter_map(|at| code[at + 3..].split_once(';').map(|(name, _)| name.trim().to_owned()))
            .filter(|name| name.chars().all(is_word))
            .collect();
        let mut uses = Self::default();
        let mut rest = code.clone();
        let mut handed_on = Vec::new();
        for at in words(&code, "use") {
            let Some(length) = code[at..].find(';') else { continue };
            let mut found = Vec::new();
            opened(&code[at + 3..at + length], &[], &mut found);
            rest.replace_range(at..at + length, &" ".repeat(length));
            let is_public = code[..at].trim_end().ends_with("pub");
            for (path, name) in found {
                let Some(path) = absolute(&path, &own, &children) else { continue };
                if is_public {
                    handed_on.push((name, path));
                } else {
                    uses.paths.push(path);
                }
            }
        }
        for (name, path) in handed_on {
            // What is only handed on is not used here; a module of the same name is declared.
            if words(&rest, &name).any(|at| !rest[..at].trim_end().ends_with("mod")) {
                uses.paths.push(path.clone());
            }
            uses.exports.insert(name, path);
        }
        for (at, _) in rest.match_indices("::") {
            let start = rest[..at].rfind(|c| !is_word(c)).map_or(0, |before| before + 1);
            if start == at || rest[..start].ends_with("::") {
                continue;
            }
            let end = rest[start..].find(|c| !is_word(c) && c != ':').map_or(rest.len(), |length| start + length);
            let path: Vec<String> = rest[start..end].split("::").map(str::to_owned).collect();
            uses.paths.extend(absolute(&path, &own, &children));
        }
        uses
    }
}

/// Each file of a module with the files of the module that it uses.
fn graph(files: &[File], module: &str) -> BTreeMap<String, BTreeSet<String>> {
    let own: Vec<&File> = files.iter().filter(|file| file.is_rust() && file.layer() == Some(module)).collect();
    let by_module: BTreeMap<Vec<String>, &str> =
        own.iter().map(|file| (module_of(&file.path), file.path.as_str())).collect();
    let uses: BTreeMap<&str, Uses> = own.iter().map(|file| (file.path.as_str(), Uses::of(file))).collect();
    let resolve = |path: &[String]| -> Option<String> {
        let mut path = path.to_vec();
        // A re-export leads on; a chain of them is never long.
        for _ in 0..8 {
            let depth = (1..=path.len()).rev().find(|depth| by_module.contains_key(&path[..*depth]))?;
            let file = by_module[&path[..depth]];
            match path.get(depth).and_then(|name| uses[file].exports.get(name)) {
                Some(target) => path = [target.as_slice(), &path[depth + 1..]].concat(),
                None => return Some(file.to_owned()),
            }
        }
        None
    };
    let used_by = |file: &str| {
        let found = uses[file].paths.iter().filter_map(|path| resolve(path));
        found.filter(|other| other != file).collect::<BTreeSet<String>>()
    };
    own.iter().map(|file| (file.path.clone(), used_by(&file.path))).collect()
}

/// A circle through each file that stands in one, shortest first; files of a circle already told are left out.
fn circles(files: &[File], module: &str) -> Vec<String> {
    let graph = graph(files, module);
    let mut told: BTreeSet<&String> = BTreeSet::new();
    let mut complaints = Vec::new();
    for start in graph.keys() {
        // Breadth first, so that what is told is the shortest way round.
        let mut came_from: BTreeMap<&String, &String> = BTreeMap::new();
        let mut reached = vec![start];
        let mut at = 0;
        while at < reached.len() && !came_from.contains_key(start) {
            for next in &graph[reached[at]] {
                if !came_from.contains_key(next) {
                    came_from.insert(next, reached[at]);
                    reached.push(next);
                }
            }
            at += 1;
        }
        if told.contains(start) || !came_from.contains_key(start) {
            continue;
        }
        let mut way = vec![start];
        let mut file = came_from[start];
        while file != start {
            way.push(file);
            file = came_from[file];
        }
        way.push(start);
        told.extend(&way);
        way.reverse();
        let way: Vec<&str> = way.into_iter().map(String::as_str).collect();
        complaints.push(format!("a circle of files: {}", way.join(" uses ")));
    }
    complaints
}

/// What a file uses that does not stand below it within its module.
fn inner_layering(files: &[File], module: &str, layers: Layers) -> Vec<String> {
    // The row, and how much of the path is named there: of two that fit the longer one counts.
    let place = |path: &str| {
        let inside = module_of(path)[1..].join("::");
        let fits =
            |known: &str| inside == known || inside.strip_prefix(known).is_some_and(|rest| rest.starts_with("::"));
        let rows = layers.iter().enumerate().flat_map(|(row, known)| known.iter().map(move |known| (row, *known)));
        rows.filter(|(_, known)| fits(known)).max_by_key(|(_, known)| known.len())
    };
    let mut complaints = Vec::new();
    for (file, used) in graph(files, module) {
        if module_of(&file).len() == 1 {
            continue;
        }
        let Some((own_row, own)) = place(&file) else {
            complaints.push(format!("{file}: stands in no inner layer of `{module}`; add it to INNER"));
            continue;
        };
        for other in used {
            let below = place(&other).is_some_and(|(row, path)| row < own_row || path == own);
            if !below {
                complaints.push(format!("{file}: uses {other}, which does not stand below it in `{module}`"));
            }
        }
    }
    complaints
}

#[test]
fn files_do_not_use_each_other_in_circles() {
    let files = repository();
    let complaints: Vec<String> = CIRCLE_FREE.iter().flat_map(|module| circles(&files, module)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn files_use_only_what_stands_below_them_in_their_module() {
    let files = repository();
    let complaints: Vec<String> =
        INNER.iter().flat_map(|(module, layers)| inner_layering(&files, module, layers)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn planted_circles_are_found() {
    let n_circles = |planted: &[(&str, &str)]| {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        let files: Vec<File> = planted.iter().map(file).collect();
        circles(&files, "nlp").len()
    };
    let (a, b, mod_rs) = ("src/nlp/a.rs", "src/nlp/b.rs", "src/nlp/mod.rs");
    assert_eq!(n_circles(&[(a, "use super::b::B;"), (b, "use crate::nlp::a::A;")]), 1, "by use");
    assert_eq!(
        n_circles(&[(a, "fn f(x: super::b::B) {}"), (b, "use super::{c, a::{self, A}};")]),
        1,
        "by paths in code"
    );
    assert_eq!(n_circles(&[(a, "use super::b::B;"), (b, "use super::c::C;"), ("src/nlp/c.rs", "use super::a::A;")]), 1);
    assert_eq!(n_circles(&[(mod_rs, "mod a; pub struct M; use a::A;"), (a, "use super::M;")]), 1, "with its parent");
    let handed_on = (mod_rs, "mod a; mod b; pub(super) use a::A;");
    assert_eq!(n_circles(&[handed_on, (a, "struct A;"), (b, "use super::A;")]), 0, "handed on, not used");
    assert_eq!(n_circles(&[handed_on, (a, "use super::b::B;"), (b, "use super::A;")]), 1, "through what is handed on");
    let used = (mod_rs, "mod a; pub use a::A; fn f(a: A) {} pub struct M;");
    assert_eq!(n_circles(&[used, (a, "use super::M;")]), 1, "handed on and used");
    assert_eq!(n_circles(&[(a, "use super::b::B;"), (b, "#[cfg(test)]\nmod tests { use super::super::a::A; }")]), 0);
    assert_eq!(n_circles(&[(a, "use super::b::B;"), (b, "// crate::nlp::a\nuse crate::text::Span;")]), 0);
}

#[test]
fn planted_climbs_between_inner_layers_are_found() {
    let n_complaints = |planted: &[(&str, &str)]| {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        let files: Vec<File> = planted.iter().map(file).collect();
        inner_layering(&files, "nlp", &[&["low"], &["core::part"], &["core"]]).len()
    };
    let (low, part, core) = ("src/nlp/low.rs", "src/nlp/core/part.rs", "src/nlp/core/mod.rs");
    assert_eq!(n_complaints(&[(low, ""), (part, "use crate::nlp::low::L;"), (core, "mod part; use part::P;")]), 0);
    assert_eq!(n_complaints(&[(low, "use super::core::C;"), (core, "")]), 1);
    assert_eq!(n_complaints(&[(part, "use super::C;"), (core, "")]), 1);
    assert_eq!(n_complaints(&[("src/nlp/other.rs", "")]), 1, "a file in no layer");
}
