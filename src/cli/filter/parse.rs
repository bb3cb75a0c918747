//! Reads a condition: tokens with their places, then one function a rule of the grammar.

use serde_json::Value;

use super::fields::{self, RecordKind};
use super::{Comparison, Condition, Operand};

/// Most conditions within one another: each takes a part of the stack.
const MAX_DEPTH: usize = 50;

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// Byte at which it stands.
    at: usize,
    what: String,
}

impl Slip {
    fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }

    /// For a person: the place counts characters, from 1.
    pub(super) fn told(&self, text: &str) -> String {
        let place = 1 + text[..self.at].chars().count();
        format!("at character {place}: {}", self.what)
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(f64),
    Mark(&'static str),
}

const MARKS: [&str; 14] = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ","];

/// Reads a whole condition.
pub(super) fn condition(text: &str) -> Result<Condition, Slip> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, next: 0, end: text.len(), depth: 0 };
    let read = reader.any()?;
    match reader.tokens.get(reader.next) {
        None => Ok(read),
        Some((at, _)) => Err(Slip::new(*at, "expected && or ||, or the end")),
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Slip> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if let Some(mark) = MARKS.into_iter().find(|mark| rest.starts_with(mark)) {
            tokens.push((at, Token::Mark(mark)));
            mark.len()
        } else if first == '\'' || first == '"' {
            let Some(end) = rest[1..].find(first) else { return Err(Slip::new(at, format!("no closing {first}"))) };
            tokens.push((at, Token::Text(rest[1..=end].to_owned())));
            end + 2
        } else if first.is_ascii_digit() || first == '-' {
            let length = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-')).unwrap_or(rest.len());
            let number = rest[..length].parse().map_err(|_| {
                Slip::new(at, format!("{} is no number; a text stands in quotation marks", &rest[..length]))
            })?;
            tokens.push((at, Token::Number(number)));
            length
        } else if first.is_alphabetic() || first == '_' {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            tokens.push((at, Token::Word(rest[..length].to_owned())));
            length
        } else {
            let hint = if matches!(first, '=' | '&' | '|') { format!("; write {first}{first}") } else { String::new() };
            return Err(Slip::new(at, format!("{first} means nothing here{hint}")));
        };
        at += length;
    }
    Ok(tokens)
}

struct Reader<'t> {
    tokens: &'t [(usize, Token)],
    next: usize,
    /// Where the text ends.
    end: usize,
    depth: usize,
}

impl Reader<'_> {
    fn any(&mut self) -> Result<Condition, Slip> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.takes("||") {
            parts.push(self.all()?);
        }
        Ok(joined(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, Slip> {
        let first = self.one()?;
        let mut parts = vec![first];
        while self.takes("&&") {
            parts.push(self.one()?);
        }
        Ok(joined(parts, Condition::All))
    }

    fn one(&mut self) -> Result<Condition, Slip> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Slip::new(self.here(), "too many conditions within one another"));
        }
        let read = if self.takes("!") {
            Condition::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let inside = self.any()?;
            self.expect(")")?;
            inside
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(read)
    }

    fn comparison(&mut self) -> Result<Condition, Slip> {
        let left = self.operand()?;
        if self.takes_word("in") {
            self.expect("[")?;
            let mut wanted = vec![self.operand()?];
            while self.takes(",") {
                wanted.push(self.operand()?);
            }
            self.expect("]")?;
            return Ok(Condition::OneOf(left, wanted));
        }
        let Some(comparison) = self.takes_comparison() else { return Ok(Condition::Holds(left)) };
        Ok(Condition::Compare(left, comparison, self.operand()?))
    }

    fn takes_comparison(&mut self) -> Option<Comparison> {
        let comparison = match &self.tokens.get(self.next)?.1 {
            Token::Mark("==") => Comparison::Equal,
            Token::Mark("!=") => Comparison::Unequal,
            Token::Mark("<") => Comparison::Less,
            Token::Mark("<=") => Comparison::AtMost,
            Token::Mark(">") => Comparison::Greater,
            Token::Mark(">=") => Comparison::AtLeast,
            Token::Word(word) if word == "contains" => Comparison::Contains,
            _ => return None,
        };
        self.next += 1;
        Some(comparison)
    }

    fn operand(&mut self) -> Result<Operand, Slip> {
        let at = self.here();
        let token = self.tokens.get(self.next).map(|(_, token)| token.clone());
        let operand = match token {
            Some(Token::Text(text)) => Operand::Value(Value::String(text)),
            Some(Token::Number(number)) => Operand::Value(Value::from(number)),
            Some(Token::Word(word)) => match word.as_str() {
                "true" => Operand::Value(Value::Bool(true)),
                "false" => Operand::Value(Value::Bool(false)),
                "null" => Operand::Value(Value::Null),
                _ => field(&word, at)?,
            },
            _ => return Err(Slip::new(at, "expected a field, a number or a text in quotation marks")),
        };
        self.next += 1;
        Ok(operand)
    }

    fn here(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn takes(&mut self, mark: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.next), Some((_, Token::Mark(next))) if *next == mark);
        self.next += usize::from(is_next);
        is_next
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.next), Some((_, Token::Word(next))) if next == word);
        self.next += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, mark: &str) -> Result<(), Slip> {
        let at = self.here();
        if self.takes(mark) { Ok(()) } else { Err(Slip::new(at, format!("expected {mark}"))) }
    }
}

fn joined(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

/// A field, which one of the kinds must have.
fn field(word: &str, at: usize) -> Result<Operand, Slip> {
    let mut names: Vec<String> = word.split('.').map(str::to_owned).collect();
    let kind = RecordKind::ALL.into_iter().find(|kind| names.len() > 1 && kind.as_str() == names[0]);
    if kind.is_some() {
        names.remove(0);
    }
    let kinds = kind.map_or(RecordKind::ALL.to_vec(), |kind| vec![kind]);
    fields::check(&kinds, &names).map_err(|unknown| {
        let before: usize =
            word.split('.').take(unknown.index + usize::from(kind.is_some())).map(|name| name.len() + 1).sum();
        let name = &names[unknown.index];
        let nearest = unknown.known.iter().map(|known| (strsim::jaro_winkler(name, known), known));
        let nearest = nearest.filter(|(alike, _)| *alike > 0.8).max_by(|one, other| one.0.total_cmp(&other.0));
        let hint = nearest.map_or_else(
            || "; docs/messages.md lists the fields".to_owned(),
            |(_, known)| format!("; did you mean {known}?"),
        );
        Slip::new(at + before, format!("no record has a field {}{hint}", quoted(word, before + name.len())))
    })?;
    Ok(Operand::Field { kind, names })
}

/// The field up to the name that is wrong.
fn quoted(word: &str, end: usize) -> String {
    format!("`{}`", word.get(..end).unwrap_or(word))
}
