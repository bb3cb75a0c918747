//! `--where`: a condition on a record, written as it is read: `event.quad_class == 4 && event.actors.country == 'RUS'`.
//!
//! ```text
//! condition  = and { "||" and }
//! and        = not { "&&" not }
//! not        = "!" not | "(" condition ")" | comparison
//! comparison = operand [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "contains") operand | "in" "[" operand { "," operand } "]" ]
//! operand    = field | number | 'text' | "text" | true | false | null
//! field      = kind "." name { "." name } | name { "." name }
//! ```
//!
//! A kind is `statement`, `event`, `analysis` or `letter` (a refused message). A field that names a kind holds for records of that
//! kind alone; another one is asked of any record. A name behind a list means each of its elements: a comparison holds if it
//! holds for one of them. What a record lacks equals `null`, and no other comparison with it holds. Fields are looked up
//! in the records' own schemas, so that a slip is told with its place before anything is read.

mod fields;
mod parse;

use serde_json::Value;

pub(super) use fields::RecordKind;

/// A condition that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter(Condition);

#[derive(Debug, Clone, PartialEq)]
enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// An operand by itself: whether there is anything in it.
    Holds(Operand),
    Compare(Operand, Comparison, Operand),
    OneOf(Operand, Vec<Operand>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Contains,
}

#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Value(Value),
    Field { kind: Option<RecordKind>, names: Vec<String> },
}

impl Filter {
    /// Reads a condition.
    ///
    /// # Errors
    /// What is wrong, and at which character.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        parse::condition(text).map(Self).map_err(|slip| slip.told(text))
    }

    /// Whether a record fulfills it.
    pub(super) fn accepts(&self, kind: RecordKind, record: &Value) -> bool {
        self.0.holds(kind, record)
    }
}

impl Condition {
    fn holds(&self, kind: RecordKind, record: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(kind, record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(kind, record)),
            Self::Not(part) => !part.holds(kind, record),
            Self::Holds(operand) => operand.values(kind, record).into_iter().flatten().any(is_something),
            Self::Compare(left, comparison, right) => compare(left, *comparison, right, kind, record),
            Self::OneOf(operand, wanted) => {
                wanted.iter().any(|one| compare(operand, Comparison::Equal, one, kind, record))
            }
        }
    }
}

impl Operand {
    /// The values that it stands for: none, one, or the elements of a list. Nothing where it names another kind of record.
    fn values<'r>(&'r self, kind: RecordKind, record: &'r Value) -> Option<Vec<&'r Value>> {
        match self {
            Self::Value(Value::Null) => Some(Vec::new()),
            Self::Value(value) => Some(vec![value]),
            Self::Field { kind: Some(wanted), .. } if *wanted != kind => None,
            Self::Field { names, .. } => {
                let mut found = elements(record);
                for name in names {
                    found = found.into_iter().filter_map(|value| value.get(name)).flat_map(elements).collect();
                }
                Some(found)
            }
        }
    }

    fn is_null(&self) -> bool {
        *self == Self::Value(Value::Null)
    }
}

fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().flat_map(elements).collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn compare(one: &Operand, comparison: Comparison, other: &Operand, kind: RecordKind, record: &Value) -> bool {
    let (Some(left), Some(right)) = (one.values(kind, record), other.values(kind, record)) else { return false };
    let any =
        |holds: &dyn Fn(&Value, &Value) -> bool| left.iter().any(|one| right.iter().any(|other| holds(one, other)));
    match comparison {
        Comparison::Equal if left.is_empty() || right.is_empty() => left.is_empty() && right.is_empty(),
        Comparison::Equal => any(&equal),
        // What is not there is not unequal either, but for `null`, which is what it equals.
        Comparison::Unequal if left.is_empty() => one.is_null() && !right.is_empty(),
        Comparison::Unequal if right.is_empty() => other.is_null(),
        Comparison::Unequal => !any(&equal),
        Comparison::Less => any(&|one, other| order(one, other).is_some_and(std::cmp::Ordering::is_lt)),
        Comparison::AtMost => any(&|one, other| order(one, other).is_some_and(std::cmp::Ordering::is_le)),
        Comparison::Greater => any(&|one, other| order(one, other).is_some_and(std::cmp::Ordering::is_gt)),
        Comparison::AtLeast => any(&|one, other| order(one, other).is_some_and(std::cmp::Ordering::is_ge)),
        Comparison::Contains => any(&|one, other| match (one.as_str(), other.as_str()) {
            (Some(text), Some(words)) => text.to_lowercase().contains(&words.to_lowercase()),
            _ => false,
        }),
    }
}

fn equal(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
        _ => one == other,
    }
}

/// Numbers by size; texts, and days among them, by letters.
fn order(one: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.partial_cmp(&other),
        _ => Some(one.as_str()?.cmp(other.as_str()?)),
    }
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of `tests/data/render/filter.tsv`: condition, kind, and what comes of it.
    fn check(condition: &str, kind: &str, expected: &str) -> Result<(), String> {
        let filter = match Filter::parse(condition) {
            Ok(filter) => filter,
            Err(told) => return if told == expected { Ok(()) } else { Err(format!("is told: {told}")) },
        };
        let record: Value =
            serde_json::from_str(include_str!("../../../tests/data/render/analysis.json")).expect("it is JSON");
        let kind = RecordKind::ALL.into_iter().find(|known| known.as_str() == kind).expect("a kind is named");
        let record = match kind {
            RecordKind::Statement => &record["statements"][0],
            RecordKind::Event => &record["events"][0],
            _ => &record,
        };
        let found = if filter.accepts(kind, record) { "yes" } else { "no" };
        if found == expected { Ok(()) } else { Err(format!("says {found}")) }
    }

    #[test]
    fn conditions_are_read_as_the_cases_say() {
        let cases = include_str!("../../../tests/data/render/filter.tsv");
        let rows = cases.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
        let mut wrong = Vec::new();
        for (number, line) in rows.skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [condition, kind, expected] = cells[..] else { panic!("line {}: three cells", number + 1) };
            if let Err(told) = check(condition, kind, expected) {
                wrong.push(format!("line {}: {condition} of a {kind} {told}, and not {expected}", number + 1));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
