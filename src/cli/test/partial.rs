//! Whether a finding is what a case expects, as far as the case says.
//!
//! An object is met by one that has all its members; a list by one in which each of its items is met by an item of its own, an empty one by an empty one;
//! a word by the same word, and by an object that it names: its text, name, code, country, lemma, or value.

use serde_json::Value;

/// Members of an object that a word names it by.
const NAMED_BY: [&str; 7] = ["text", "name", "code", "country", "lemma", "value", "id"];

/// Short names of members of an event that stand deeper.
const SHORT: [(&str, &str); 3] = [("type", "plover"), ("mode", "plover"), ("contexts", "plover")];

/// Something expected that was not found, or found that was not expected.
#[derive(Debug)]
pub(super) struct Difference {
    /// The list of the analysis.
    pub(super) list: String,
    pub(super) expected: Option<Value>,
    /// What was found that is least unlike it; what was not expected.
    pub(super) nearest: Option<Value>,
    /// What differs between the two.
    pub(super) problems: Vec<String>,
}

/// Those expected that nothing found is, and those found that nothing expected is. Each finding is given to one that is expected.
pub(super) fn unmatched<'v>(expected: &'v [Value], found: &'v [Value]) -> (Vec<&'v Value>, Vec<&'v Value>) {
    let mut taken: Vec<Option<usize>> = vec![None; found.len()];
    let fits: Vec<Vec<usize>> = expected
        .iter()
        .map(|one| (0..found.len()).filter(|&at| problems(one, &found[at], "").is_empty()).collect())
        .collect();
    let mut missing = Vec::new();
    for (number, one) in expected.iter().enumerate() {
        if !give(number, &fits, &mut taken, &mut vec![false; found.len()]) {
            missing.push(one);
        }
    }
    let rest = found.iter().zip(&taken).filter(|(_, taken)| taken.is_none()).map(|(found, _)| found);
    (missing, rest.collect())
}

/// Gives one that is expected a finding that fits, if need be one of another that fits a further one, too.
fn give(number: usize, fits: &[Vec<usize>], taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for &at in &fits[number] {
        if std::mem::replace(&mut seen[at], true) {
            continue;
        }
        if taken[at].is_none_or(|other| give(other, fits, taken, seen)) {
            taken[at] = Some(number);
            return true;
        }
    }
    false
}

/// The finding in which least differs, with what does.
pub(super) fn nearest<'v>(expected: &Value, found: &[&'v Value]) -> (Option<&'v Value>, Vec<String>) {
    let told = found.iter().map(|&one| (Some(one), problems(expected, one, "")));
    told.min_by_key(|(_, problems)| problems.len()).unwrap_or_default()
}

/// What differs, each with the way to it.
fn problems(expected: &Value, found: &Value, way: &str) -> Vec<String> {
    let differs =
        || vec![format!("{}: expected {expected}, found {}", if way.is_empty() { "it" } else { way }, short(found))];
    match (expected, found) {
        (Value::Object(expected), Value::Object(members)) => expected
            .iter()
            .flat_map(|(name, expected)| {
                let way = if way.is_empty() { name.clone() } else { format!("{way}.{name}") };
                let deeper =
                    SHORT.iter().find(|(short, _)| short == name).and_then(|(_, of)| members.get(*of)?.get(name));
                match members.get(name).or(deeper) {
                    Some(found) => problems(expected, found, &way),
                    None if expected.is_null() => Vec::new(),
                    None => vec![format!("{way}: there is no such member")],
                }
            })
            .collect(),
        (Value::Array(expected), Value::Array(items)) => {
            if expected.is_empty() != items.is_empty() {
                return differs();
            }
            let (missing, _) = unmatched(expected, items);
            missing.iter().map(|one| format!("{way}: none is {one}; found {}", short(found))).collect()
        }
        (Value::String(word), Value::Object(members)) => {
            let is_named = NAMED_BY.iter().any(|name| members.get(*name).and_then(Value::as_str) == Some(word));
            if is_named { Vec::new() } else { differs() }
        }
        (Value::Number(one), Value::Number(other)) => {
            let near = one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| (one - other).abs() < 1e-6);
            if near { Vec::new() } else { differs() }
        }
        _ if expected == found => Vec::new(),
        _ => differs(),
    }
}

/// A value in a few words.
fn short(found: &Value) -> String {
    match found {
        Value::Object(members) => {
            let named = ["code", "text", "name"].iter().find_map(|name| members.get(*name).and_then(Value::as_str));
            named.map_or_else(|| found.to_string(), |named| format!("{named:?}"))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(short).collect::<Vec<_>>().join(", ")),
        _ => found.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_case_leaves_out_is_not_compared() {
        let found = json!({
            "trigger": {"text": "shunned", "lemma": "shun"}, "plover": {"type": "REJECT", "mode": null}, "cameo": "120", "confidence": 0.5,
            "actors": [{"text": "Norway", "code": "NOR", "country": "NOR"}, {"text": "Chad", "code": "TCD", "country": "TCD"}], "recipients": [],
        });
        for expected in [
            json!({"type": "REJECT", "mode": null, "trigger": "shun"}),
            json!({"plover": {"type": "REJECT"}, "actors": ["TCD", "Norway"], "recipients": []}),
            json!({"actors": [{"country": "TCD"}], "confidence": 0.5, "location": null}),
        ] {
            assert_eq!(problems(&expected, &found, ""), [""; 0], "{expected}");
        }
        for (expected, told) in [
            (json!({"type": "ACCUSE"}), "type: expected \"ACCUSE\", found \"REJECT\""),
            (json!({"actors": ["NOR", "NOR"]}), "actors: none is \"NOR\"; found [\"NOR\", \"TCD\"]"),
            (json!({"actors": []}), "actors: expected [], found [\"NOR\", \"TCD\"]"),
            (json!({"actor": "NOR"}), "actor: there is no such member"),
        ] {
            assert_eq!(problems(&expected, &found, ""), [told], "{expected}");
        }
    }

    #[test]
    fn each_finding_meets_one_expectation() {
        let found = [json!({"a": 1, "b": 2}), json!({"a": 1, "b": 3})];
        let expected = [json!({"a": 1}), json!({"b": 2})];
        assert!(unmatched(&expected, &found).0.is_empty(), "the first one takes what the second one needs");
        assert_eq!(unmatched(&[json!({"b": 2}), json!({"b": 2})], &found).0.len(), 1);
    }
}
