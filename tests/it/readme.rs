//! What the README shows of the demo is what the demo prints: the excerpt is made again from its output and compared. The records that it shows
//! are those of the same article in `tests/data/golden`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it demo`, and `readme`, write them anew. How long the demo took is left as it stands, for that is
//! another figure on each machine and in each build.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The article that the README shows.
const SHOWN: &str = "sample-wire-expulsion · ";
const STATEMENT: &str = "  ❝ ";
const EVENT: &str = "  ▸ ";
const LEFT_OUT: &str = "[…]";

/// Fails where the README shows anything else than this output of the demo, or puts it right.
pub(crate) fn assert_shows(demo: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let shown = block(&readme);
    let seconds = shown.trim_end().rsplit_once("; ").expect("the excerpt ends with the sums").1;
    let expected = excerpt(demo, seconds);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, readme.replacen(shown, &expected, 1)).unwrap();
        return;
    }
    assert!(
        shown == expected,
        "the README shows\n{shown}\nand the demo prints\n{expected}\nUPDATE_GOLDEN=1 cargo test --test it demo puts it right"
    );
}

#[test]
fn the_readme_shows_a_statement_and_an_event_as_they_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("README.md");
    let golden = fs::read_to_string(root.join("tests/data/golden/wire-expulsion.json.jsonl")).unwrap();
    let records: Vec<Value> = golden.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let spoken = records.iter().find(|record| record["speaker"]["name"] == "Aino Vesterlund");
    let done = records.iter().find(|record| record["cameo"] == "161");
    let mut readme = fs::read_to_string(&path).unwrap();
    for (record, place) in [(spoken, 0), (done, 1)] {
        let record = record.expect("the golden files have such a record");
        let shown =
            readme.split("```json\n").nth(place + 1).and_then(|rest| rest.split("```").next()).unwrap().to_owned();
        let told: Value = serde_json::from_str(&shown).unwrap();
        if told != *record && std::env::var_os("UPDATE_GOLDEN").is_some() {
            readme = readme.replacen(&shown, &lines(record), 1);
            fs::write(&path, &readme).unwrap();
        } else {
            assert_eq!(&told, record, "UPDATE_GOLDEN=1 cargo test --test it readme puts it right");
        }
    }
}

/// A record with each of its fields on a line.
fn lines(record: &Value) -> String {
    let fields = record.as_object().unwrap().iter();
    let fields: Vec<String> = fields.map(|(name, value)| format!("  {name:?}: {}", spaced(value))).collect();
    format!("{{\n{}\n}}\n", fields.join(",\n"))
}

/// A value on one line, with spaces where people write them.
fn spaced(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name:?}: {}", spaced(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// The README's first block of plain text.
fn block(readme: &str) -> &str {
    let (_, rest) = readme.split_once("```text\n").expect("the README shows the demo's output");
    rest.split_once("```").expect("the block ends").0
}

/// The greeting, the beginning of one article, some of its statements and events, the sums.
fn excerpt(demo: &str, seconds: &str) -> String {
    let paragraphs: Vec<&str> = demo.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')).collect();
    let place = paragraphs.iter().position(|paragraph| paragraph.contains(SHOWN)).expect("the article is shown");
    let is_finding = |paragraph: &&str| paragraph.starts_with(STATEMENT) || paragraph.starts_with(EVENT);
    let findings: Vec<&str> = paragraphs[place + 1..].iter().copied().take_while(is_finding).collect();
    let statements = first_of_each(&findings, STATEMENT, |text| text.rsplit(" · ").nth(1)).join("\n\n");
    let events = first_of_each(&findings, EVENT, |text| text.split(' ').nth(3));
    let events = events[..2.min(events.len())].join("\n\n");
    let greeting = demo.lines().next().expect("the demo prints");
    let sums = demo.lines().find(|line| line.contains(" analyzed, ")).and_then(|line| line.rsplit_once("; "));
    let sums = sums.expect("the demo ends with the sums").0;
    let headline = paragraphs[place];
    format!(
        "{greeting}\n{LEFT_OUT}\n{headline}\n\n{statements}\n{LEFT_OUT}\n\n{events}\n{LEFT_OUT}\n{sums}; {seconds}\n"
    )
}

/// The first finding of each sort: statements direct, indirect and mixed, events by who acts.
fn first_of_each<'d>(findings: &[&'d str], mark: &str, sort: impl Fn(&'d str) -> Option<&'d str>) -> Vec<&'d str> {
    let mut sorts = Vec::new();
    let mut firsts = Vec::new();
    for text in findings.iter().copied().filter(|text| text.starts_with(mark)) {
        if !sorts.contains(&sort(text)) {
            sorts.push(sort(text));
            firsts.push(text);
        }
    }
    assert!(firsts.len() > 1, "the article that the README shows has too little to show with {mark}");
    firsts
}
