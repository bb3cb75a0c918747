//! A case: an article, and what is expected of the analysis.

use serde_json::{Map, Value};

use super::partial::{Difference, nearest, unmatched};

/// Lists of an analysis in which something can be expected.
const LISTS: [&str; 3] = ["events", "statements", "entities"];

/// See the module.
#[derive(Debug)]
pub(super) struct Case {
    /// The article without the expectations.
    pub(super) article: Value,
    expected: Map<String, Value>,
    /// Lists that hold nothing but what is expected.
    exactly: Vec<String>,
}

impl Case {
    /// Reads a line.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(line).map_err(|error| format!("no JSON: {error}"))?;
        let Value::Object(mut article) = value else { return Err("expected an object".to_owned()) };
        let expected = match article.remove("expect") {
            Some(Value::Object(expected)) if !expected.is_empty() => expected,
            Some(_) => return Err(format!("\"expect\" has none of {}", LISTS.join(", "))),
            None => return Err("a case needs \"expect\"".to_owned()),
        };
        for (list, all) in &expected {
            if !LISTS.contains(&list.as_str()) || !all.is_array() {
                return Err(format!("\"expect\": {list:?}: expected a list under one of {}", LISTS.join(", ")));
            }
        }
        let exactly = match article.remove("exactly") {
            None => Vec::new(),
            Some(Value::Array(lists)) => lists.iter().filter_map(|list| list.as_str().map(str::to_owned)).collect(),
            Some(_) => return Err("\"exactly\": expected a list such as [\"events\"]".to_owned()),
        };
        if let Some(unknown) = exactly.iter().find(|list| !expected.contains_key(*list)) {
            return Err(format!("\"exactly\": nothing is expected of {unknown:?}"));
        }
        Ok(Self { article: Value::Object(article), expected, exactly })
    }

    /// Its id, else the beginning of its text.
    pub(super) fn name(&self) -> String {
        if let Some(id) = self.article["id"].as_str() {
            return id.to_owned();
        }
        let text = self.article["text"].as_str().unwrap_or_default();
        let beginning: String = text.chars().take(72).collect();
        if beginning.len() < text.len() { format!("{beginning}…") } else { beginning }
    }

    /// What differs between an analysis and what is expected. An empty list expects that there is nothing.
    pub(super) fn differences(&self, found: &Value) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (list, expected) in &self.expected {
            let expected = expected.as_array().map_or(&[][..], Vec::as_slice);
            let found = found[list].as_array().map_or(&[][..], Vec::as_slice);
            let (missing, rest) = unmatched(expected, found);
            for one in missing {
                let (nearest, problems) = nearest(one, &rest);
                let (expected, nearest) = (Some(one.clone()), nearest.cloned());
                differences.push(Difference { list: list.clone(), expected, nearest, problems });
            }
            if expected.is_empty() || self.exactly.contains(list) {
                differences.extend(rest.into_iter().map(|extra| Difference {
                    list: list.clone(),
                    expected: None,
                    nearest: Some(extra.clone()),
                    problems: Vec::new(),
                }));
            }
        }
        differences
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn case(text: &str) -> Result<Case, String> {
        Case::parse(text.as_bytes())
    }

    #[test]
    fn a_line_that_is_no_case_is_told_why() {
        for (line, why) in [
            (r#"{"text": "x"}"#, "needs \"expect\""),
            (r#"{"text": "x", "expect": {"event": []}}"#, "\"event\""),
            (r#"{"text": "x", "expect": {"events": {}}}"#, "expected a list"),
            (r#"{"text": "x", "expect": {"events": []}, "exactly": ["statements"]}"#, "nothing is expected"),
            ("[]", "expected an object"),
        ] {
            let told = case(line).unwrap_err();
            assert!(told.contains(why), "{line}: {told}");
        }
    }

    #[test]
    fn an_empty_list_expects_nothing() {
        let found = json!({"events": [{"cameo": "120"}]});
        let differences = |line: &str| case(line).unwrap().differences(&found).len();
        assert_eq!(differences(r#"{"text": "x", "expect": {"events": []}}"#), 1);
        assert_eq!(differences(r#"{"text": "x", "expect": {"events": [{"cameo": "120"}]}, "exactly": ["events"]}"#), 0);
        assert_eq!(differences(r#"{"text": "x", "expect": {"events": [{"cameo": "112"}]}, "exactly": ["events"]}"#), 2);
        assert_eq!(differences(r#"{"text": "x", "expect": {"events": [{"cameo": "112"}]}}"#), 1);
    }
}
