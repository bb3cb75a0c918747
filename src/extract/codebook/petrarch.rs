//! The dictionaries of PETRARCH-2: actors and verbs, as its documentation describes them (openeventdata/petrarch2, docs/source/dictionaries.rst).
//!
//! Read are names with their synonyms, codes and days; verbs with their forms and codes, synonym sets, and patterns as words that have to stand before or
//! behind the verb. Left out are transformations (`~`) and TABARI's tokens for gaps and roles, which a tree makes needless.

use std::collections::HashMap;

use jiff::civil::Date;

use super::actors::split;
use super::reader::{Reader, leaked};
use super::rows::{ActorRow, DatedCode, Need, Sense, Side, TriggerRow};
use super::triggers::by_code;
use crate::nlp::Ontology;

/// Codes that stand for none.
const NULL: [&str; 3] = ["---", "+++", "###"];

/// Two-digit years from this one on are of the twentieth century.
const FIRST_OF_CENTURY: i16 = 30;

/// Lines with something in them: number from 1, text without comments. A blank line is kept, for it ends a block.
fn lines(text: &'static str) -> Vec<(usize, String)> {
    let mut is_comment = false;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (mut kept, mut rest) = (String::new(), line);
        while !rest.is_empty() {
            let mark = if is_comment { "-->" } else { "<!--" };
            let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
            if !is_comment {
                kept.push_str(before);
            }
            is_comment ^= rest.contains(mark);
            rest = after;
        }
        let kept = kept.split(['#', ';']).next().unwrap_or_default().trim_end();
        // A line of nothing but a comment is none; one that was blank ends a block.
        if !kept.is_empty() || line.trim().is_empty() {
            lines.push((index + 1, kept.to_owned()));
        }
    }
    lines
}

/// What stands before a bracket and what in it; nothing in it where there is no bracket.
fn bracketed(line: &str) -> Result<(&str, Option<&str>), &'static str> {
    match (line.find('['), line.find(']')) {
        (None, None) => Ok((line.trim(), None)),
        (Some(open), Some(close)) if open < close => Ok((line[..open].trim(), Some(line[open + 1..close].trim()))),
        _ => Err("expected a code in brackets: [NORGOV]"),
    }
}

/// See the module.
pub(super) fn actors(reader: &mut Reader, path: &'static str, text: &'static str) {
    let mut all: Vec<ActorRow> = Vec::new();
    // The code without days that stands behind the name counts last.
    let mut default: Option<DatedCode> = None;
    let mut close = |all: &mut Vec<ActorRow>, next: Option<DatedCode>| {
        if let (Some(row), Some(code)) = (all.last_mut(), std::mem::replace(&mut default, next)) {
            row.codes.push(code);
        }
    };
    for (number, line) in lines(text) {
        if line.trim().is_empty() {
            continue;
        }
        let (phrase, code) = match bracketed(&line) {
            Ok(parts) => parts,
            Err(problem) => {
                reader.complain(path, number, problem);
                continue;
            }
        };
        let code = match code.map(|code| dated(code, reader)).transpose() {
            Ok(code) => code.flatten(),
            Err(problem) => {
                reader.complain(path, number, problem);
                continue;
            }
        };
        match (phrase.strip_prefix('+'), phrase.is_empty()) {
            (None, false) => {
                close(&mut all, code);
                all.push(ActorRow { names: vec![name(phrase)], codes: Vec::new(), wikidata: None });
            }
            (synonym, _) => match all.last_mut() {
                Some(row) => {
                    row.names.extend(synonym.map(name));
                    row.codes.extend(code);
                }
                None => reader.complain(path, number, "a synonym or a code before any name"),
            },
        }
    }
    close(&mut all, None);
    all.retain(|row| !row.codes.is_empty());
    reader.rows.actors.extend(all);
}

/// "USAGOV 450703-470121", "[HOB <950601]": nothing where the code stands for none.
fn dated(cell: &str, reader: &Reader) -> Result<Option<DatedCode>, String> {
    let (code, limits) = cell.split_once(char::is_whitespace).unwrap_or((cell, ""));
    let limits: String = limits.split_whitespace().collect();
    let expected = || format!("expected days such as 930120-20010120, <930120 or >930120, found {limits:?}");
    let day = |digits: &str| day(digits).ok_or_else(expected);
    let (from, to) = match limits.as_bytes().first() {
        None => (None, None),
        Some(b'<') => (None, Some(day(&limits[1..])?)),
        Some(b'>') => (Some(day(&limits[1..])?), None),
        Some(_) => {
            let (from, to) = limits.split_once('-').ok_or_else(expected)?;
            (Some(day(from)?), Some(day(to)?))
        }
    };
    if NULL.contains(&code) {
        return Ok(None);
    }
    // Several codes with strokes: the first stands for all.
    let code = code.split('/').next().unwrap_or(code).to_uppercase();
    if code.len() < 3 || !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(format!("{code:?} is no CAMEO actor code"));
    }
    Ok(Some(DatedCode { from, to, ..split(leaked(code), &reader.countries) }))
}

/// YYYYMMDD or YYMMDD.
fn day(digits: &str) -> Option<Date> {
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let (year, at) = match digits.len() {
        8 => (number(0, 4)?, 4),
        6 => {
            let year = number(0, 2)?;
            (year + if year < FIRST_OF_CENTURY { 2000 } else { 1900 }, 2)
        }
        _ => return None,
    };
    Date::new(year, number(at, at + 2)?.try_into().ok()?, number(at + 2, at + 4)?.try_into().ok()?).ok()
}

/// A phrase as a name: blanks for `_`.
fn name(phrase: &str) -> &'static str {
    leaked(phrase.split([' ', '_']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// The verbs of a block, with the code of those that have none of their own.
#[derive(Default)]
struct Block {
    code: Option<Sense>,
    verbs: Vec<(Vec<String>, Vec<String>)>,
}

/// See the module.
pub(super) fn verbs(reader: &mut Reader, path: &'static str, text: &'static str) {
    let lines = lines(text);
    let sets = synonym_sets(&lines);
    let mut block = Block::default();
    let mut is_set = false;
    for (number, line) in &lines {
        let line = line.trim();
        match line.chars().next() {
            None => (block, is_set) = if block.verbs.is_empty() { (block, false) } else { (Block::default(), false) },
            Some('&') => (block, is_set) = (Block::default(), true),
            Some('+') if is_set => {}
            Some('~') => {}
            Some(_) => {
                is_set = false;
                if let Err(problem) = verb_line(reader, &mut block, &sets, line) {
                    reader.complain(path, *number, problem);
                }
            }
        }
    }
}

/// Words of each set, by its name.
fn synonym_sets(lines: &[(usize, String)]) -> HashMap<&str, Vec<Vec<String>>> {
    let mut sets: HashMap<&str, Vec<Vec<String>>> = HashMap::new();
    let mut open = None;
    for (_, line) in lines {
        let line = line.trim();
        match (line.chars().next(), open) {
            (Some('&'), _) => open = line[1..].split_whitespace().next().map(|name| name.trim_end_matches('_')),
            (Some('+'), Some(set)) => sets.entry(set).or_default().push(super::triggers::words(&line[1..])),
            _ => open = None,
        }
    }
    sets
}

/// The head of a block, a verb, or a pattern.
fn verb_line(
    reader: &mut Reader,
    block: &mut Block,
    sets: &HashMap<&str, Vec<Vec<String>>>,
    line: &str,
) -> Result<(), String> {
    if let Some(head) = line.strip_prefix("---") {
        let (_, code) = bracketed(head)?;
        *block = Block { code: code.map(sense).transpose()?.flatten(), verbs: Vec::new() };
        return Ok(());
    }
    if let Some(pattern) = line.strip_prefix('-') {
        let (pattern, code) = bracketed(pattern)?;
        let sense = sense(code.ok_or("expected a pattern with a code in brackets")?)?;
        let needs = needs(pattern, sets)?;
        let (Some(sense), false) = (sense, needs.is_empty()) else { return Ok(()) };
        let of_block = block.verbs.iter().map(|(words, forms)| TriggerRow {
            words: words.clone(),
            forms: forms.clone(),
            verbs_only: true,
            sense: Some(sense),
            needs: needs.clone(),
        });
        reader.rows.triggers.extend(of_block);
        return Ok(());
    }
    let (verb, code) = bracketed(line)?;
    let (verb, forms) = verb.split_once('{').unwrap_or((verb, ""));
    let words = verb_words(verb.trim());
    if words.is_empty() {
        return Err("expected a verb".to_owned());
    }
    let forms = forms.trim_end().trim_end_matches('}').split_whitespace();
    let forms: Vec<String> = forms.filter_map(|form| verb_words(form).into_iter().next()).collect();
    let is_first = block.verbs.is_empty() && block.code.is_none();
    let own = match code {
        Some(code) => sense(code)?,
        None => block.code,
    };
    if is_first {
        // "GRANT [070]" begins a block without a head: its code is that of the block.
        block.code = own;
    }
    if own.is_some() {
        let (words, forms) = (words.clone(), forms.clone());
        reader.rows.triggers.push(TriggerRow { words, forms, verbs_only: true, sense: own, needs: Vec::new() });
    }
    block.verbs.push((words, forms));
    Ok(())
}

/// "+CALL_OFF": the word with the plus is the verb; it comes first.
fn verb_words(phrase: &str) -> Vec<String> {
    let parts: Vec<&str> = phrase.split(['_', ' ']).filter(|part| !part.is_empty()).collect();
    let verb = parts.iter().position(|part| part.starts_with('+')).unwrap_or(0);
    let mut words: Vec<String> = parts.iter().map(|part| part.trim_start_matches('+').to_lowercase()).collect();
    if verb < words.len() {
        words[..=verb].rotate_right(1);
    }
    words
}

/// "[042:043]" is told by its first code, which is that of who stands first. None for "no event", and for public statements, which no PLOVER type is.
fn sense(code: &str) -> Result<Option<Sense>, String> {
    let code = code.split(':').next().unwrap_or(code).trim();
    if code.is_empty() || NULL.contains(&code) {
        return Ok(None);
    }
    // A code that is finer than the codebook's is told by the one above it; one that ends on 0 is the root.
    let shorter = (2..=code.len()).rev().filter_map(|length| code.get(..length));
    let found = shorter.into_iter().find_map(by_code).ok_or_else(|| format!("no CAMEO code is {code:?}"))?;
    let mode = Ontology::embedded().cameo(found.0).and_then(|entry| entry.mode);
    Ok(found.1.map(|event_type| Sense { event_type, cameo: Some(found.0), mode }))
}

/// What a pattern asks to stand before and behind its verb.
fn needs(pattern: &str, sets: &HashMap<&str, Vec<Vec<String>>>) -> Result<Vec<Need>, String> {
    let mut needs = Vec::new();
    let mut side = Side::Before;
    let mut braced: Option<Vec<String>> = None;
    let spread = pattern.replace(['(', ')'], " ").replace('{', " { ").replace('}', " } ");
    for word in spread.split_whitespace() {
        match (word, &mut braced) {
            ("*" | "**", _) => side = Side::After,
            ("+" | "$" | "%" | "^", _) => {}
            ("{", _) => braced = Some(Vec::new()),
            ("}", open) => {
                if let Some(words) = open.take().filter(|words| !words.is_empty()) {
                    needs.push(Need { side, alternatives: vec![words] });
                }
            }
            (word, open) => match (word.strip_prefix('&'), open) {
                (Some(set), _) => {
                    let alternatives = sets.get(set.trim_end_matches('_'));
                    let alternatives = alternatives.ok_or_else(|| format!("no synonym set is called &{set}"))?.clone();
                    needs.push(Need { side, alternatives });
                }
                (None, Some(words)) => words.extend(super::triggers::words(word)),
                (None, None) => needs.push(Need { side, alternatives: vec![super::triggers::words(word)] }),
            },
        }
    }
    if side == Side::Before { Err("a pattern needs a * where its verb stands".to_owned()) } else { Ok(needs) }
}

#[cfg(test)]
mod tests {
    use super::super::{Codebook, CodebookFile};
    use crate::text::EventType;

    fn read(name: &str, text: &str) -> Codebook {
        let file = CodebookFile { path: name.to_owned(), name: name.to_owned(), text: text.to_owned() };
        Codebook::parse(vec![file]).unwrap_or_else(|errors| panic!("{errors:?}"))
    }

    #[test]
    fn actors_have_synonyms_and_codes_of_their_days() {
        let text = "<!-- about\nmore -->\nADA_FINCH_  ; invented\n+MINISTER_FINCH_\n\t[NORGOV 200101-230630]\n\t[NOROPP >20230701]\n\n\
                    HOLLOW_BRIGADE_ [NORREBHLB] # invented\nNOBODY [---]\n";
        let book = read("mine.actors.txt", text);
        let [finch, brigade] = &book.rows.actors[..] else { panic!("{:?}", book.rows.actors) };
        assert_eq!(finch.names, ["ADA FINCH", "MINISTER FINCH"]);
        assert_eq!(finch.codes.len(), 2);
        assert_eq!(finch.codes[0].to.map(|day| day.to_string()).as_deref(), Some("2023-06-30"));
        assert_eq!(brigade.codes[0].whole, Some("NORREBHLB"));
    }

    #[test]
    fn verbs_have_blocks_sets_and_patterns() {
        let text = "&PARLEY\n+TALKS\n+PEACE_TALKS\n\n--- SPURN [120] ---\nSPURN {SPURNS SPURNED} # invented\n+TURN_DOWN\nMULL [---]\n\
                    - * &PARLEY (WITH {PEACE ENVOYS}) [125]\n- ARMY * [190:190]\n\nSCOLD [111]\n";
        let book = read("mine.verbs.txt", text);
        let told: Vec<(String, Option<EventType>, usize)> = book
            .rows
            .triggers
            .iter()
            .map(|row| (row.words.join(" "), row.sense.map(|sense| sense.event_type), row.needs.len()))
            .collect();
        let is_told = |words: &str, of_type: EventType, needs: usize| {
            assert!(told.contains(&(words.to_owned(), Some(of_type), needs)), "{words} of {of_type}: {told:?}");
        };
        is_told("spurn", EventType::Reject, 0);
        is_told("turn down", EventType::Reject, 0);
        is_told("mull", EventType::Reject, 3);
        is_told("spurn", EventType::Assault, 1);
        is_told("scold", EventType::Accuse, 0);
        assert!(!told.contains(&("mull".to_owned(), Some(EventType::Reject), 0)), "its own code is none");
    }
}
