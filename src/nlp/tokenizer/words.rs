//! Words, numbers, contractions and compounds.

use super::chars::{Class, class_at};
use super::scan::Scan;
use crate::nlp::word_lists::{CONTRACTIONS, PREFIXES, UNITS};

/// Longest word looked up in a list, in bytes; every entry is shorter.
const LONGEST_LISTED: usize = 16;

/// Endings that are cut from a word at their apostrophe; "n't" is cut before its n.
const CLITICS: [&str; 7] = ["s", "t", "m", "re", "ve", "ll", "d"];

/// Whether a token is a clitic of the word that it touches.
pub(super) fn is_clitic_after(word: &str, token: &str) -> bool {
    let Some(last) = word.chars().last().filter(|last| last.is_alphanumeric() || *last == '.') else { return false };
    let lower = token.to_lowercase();
    let mut rest = lower.chars();
    let ending = match rest.next() {
        Some('\'' | '’' | '`' | '‘') => rest.as_str(),
        Some('n') if matches!(rest.next(), Some('\'' | '’')) => return rest.as_str() == "t",
        _ => return CONTRACTIONS.get(&format!("{}{lower}", word.to_lowercase())) == Some(&word.len()),
    };
    // A lone apostrophe is a possessive after s, else a quotation mark.
    if ending.is_empty() { matches!(last, 's' | 'S') } else { CLITICS.contains(&ending) }
}

impl Scan<'_> {
    /// A word that begins with a letter.
    pub(super) fn word(&mut self, start: usize) -> usize {
        let (end, last_apostrophe) = self.word_end(start);
        if self.bytes[end..].starts_with(b"://") {
            return self.web_address(start);
        }
        if self.byte(end) == b'/' && self.is_host(start, end) || self.bytes[start..end].starts_with(b"www.") {
            return self.web_address(start);
        }
        if let Some(apostrophe) = last_apostrophe
            && let Some(cut) = self.clitic(start, apostrophe, end)
        {
            self.push(start, cut);
            self.push(cut, end);
            return end;
        }
        if let Some(cut) = self.contraction(start, end) {
            self.push(start, cut);
            self.push(cut, end);
            return end;
        }
        // "US$", "A$": the sign belongs to the country.
        if self.byte(end) == b'$' && end - start <= 3 && self.bytes[start..end].iter().all(u8::is_ascii_uppercase) {
            self.push(start, end + 1);
            return end + 1;
        }
        let end = if self.byte(end) == b'.' { self.with_full_stop(start, end) } else { end };
        self.push(start, end);
        end
    }

    /// Where the word that begins here ends, and its last apostrophe with its length, if it holds one.
    pub(super) fn word_end(&self, start: usize) -> (usize, Option<(usize, usize)>) {
        let mut at = start;
        let mut part = start;
        let mut apostrophe = None;
        while at < self.bytes.len() {
            let byte = self.bytes[at];
            if byte.is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let (class, len) = class_at(self.text, at);
            let joined = match class {
                Class::Letter | Class::Digit => true,
                Class::Space => false,
                _ if !self.is_word(at + len) => false,
                Class::Apostrophe => {
                    // A second apostrophe after a clitic is a quotation mark or noise.
                    apostrophe = Some((at, len));
                    true
                }
                Class::Mark => match byte {
                    b'.' => self.joins_dot(part, at),
                    b'-' => self.joins_hyphen(start, part, at),
                    b'&' => self.joins_ampersand(part, at),
                    b'_' => true,
                    b'/' => at == start + 1 && matches!(&self.bytes[start..at + 2], b"w/o" | b"W/o"),
                    _ => false,
                },
            };
            if !joined {
                break;
            }
            at += len;
            if class == Class::Mark {
                part = at;
            }
        }
        (at, apostrophe)
    }

    /// A full stop between two letters joins them ("U.S", "example.com") unless a space was lost ("report.The").
    fn joins_dot(&self, part: usize, dot: usize) -> bool {
        let next = self.byte(dot + 1);
        let begins_sentence = next.is_ascii_uppercase() && self.class(dot + 2) == Class::Letter;
        let short = dot - part <= 2 && self.bytes[part].is_ascii_uppercase();
        !begins_sentence || (short && self.byte(dot + 3) == b'.')
    }

    /// A hyphen joins after a prefix ("non-aligned", "e-mail"); other compounds are cut.
    fn joins_hyphen(&self, start: usize, part: usize, hyphen: usize) -> bool {
        if part != start || hyphen - start > LONGEST_LISTED {
            return false;
        }
        let prefix = self.text[start..hyphen].to_ascii_lowercase();
        PREFIXES.contains(prefix.as_str())
    }

    /// "AT&T", "R&D": an ampersand joins capitals.
    fn joins_ampersand(&self, part: usize, at: usize) -> bool {
        at - part <= 3
            && self.byte(at + 1).is_ascii_uppercase()
            && self.bytes[part..at].iter().all(u8::is_ascii_uppercase)
    }

    /// Where to cut "Putin's", "don't", "they're"; nothing for "O'Brien" and "o'clock".
    fn clitic(&self, start: usize, (apostrophe, len): (usize, usize), end: usize) -> Option<usize> {
        let ending = self.text[apostrophe + len..end].to_ascii_lowercase();
        if !CLITICS.contains(&ending.as_str()) {
            return None;
        }
        if ending != "t" {
            return (apostrophe > start).then_some(apostrophe);
        }
        let cut = apostrophe.checked_sub(1)?;
        (cut > start && matches!(self.bytes[cut], b'n' | b'N')).then_some(cut)
    }

    /// Where to cut "cannot", "gonna", "dont".
    fn contraction(&self, start: usize, end: usize) -> Option<usize> {
        // The list's entries have 2 to 8 letters and end in one of these.
        if end - start > 8 || !matches!(self.bytes[end - 1] | 0x20, b't' | b'a' | b'm' | b'e' | b's') {
            return None;
        }
        let word = self.text.get(start..end)?.to_ascii_lowercase();
        // "IM", "CANT" in capitals are more often names than slips.
        if self.byte(start + 1).is_ascii_uppercase() && word != "cannot" {
            return None;
        }
        CONTRACTIONS.get(word.as_str()).map(|cut| start + cut)
    }

    /// An apostrophe or single quotation mark that is not inside a word.
    pub(super) fn apostrophe(&mut self, start: usize, len: usize) -> usize {
        let next = start + len;
        let doubled = self.text[start..].chars().next() == self.text[next..].chars().next();
        if doubled {
            self.push(start, next + len);
            return next + len;
        }
        if !self.after_space(start) {
            if let Some(end) = self.lone_clitic(next) {
                self.push(start, end);
                return end;
            }
        } else if self.class(next) == Class::Digit {
            // "'60s", "’72"
            let end = next + self.bytes[next..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let end_s = if self.byte(end) == b's' { end + 1 } else { end };
            if end == next + 2 && !self.is_word(end_s) && self.class(end_s) != Class::Apostrophe {
                self.push(start, end_s);
                return end_s;
            }
        }
        self.push(start, next);
        next
    }

    /// The end of a clitic after what is no word: "U.S.|'s", "2001|'s".
    fn lone_clitic(&self, at: usize) -> Option<usize> {
        let end = at + self.bytes[at..].iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let ending = self.text[at..end].to_ascii_lowercase();
        (CLITICS.contains(&ending.as_str()) && ending != "t" && !self.is_word(end)).then_some(end)
    }

    /// A number.
    pub(super) fn number(&mut self, start: usize) -> usize {
        self.number_from(start, start)
    }

    /// A number whose digits begin at `digits`; what stands between `start` and there is its sign.
    pub(super) fn number_from(&mut self, start: usize, digits: usize) -> usize {
        let mut at = digits;
        let mut hyphens = 0;
        while at < self.bytes.len() {
            let (class, len) = class_at(self.text, at);
            match class {
                Class::Digit => at += len,
                Class::Mark
                    if len == 1 && self.class(at + 1) == Class::Digit && self.joins_digits(digits, hyphens, at) =>
                {
                    hyphens += usize::from(self.bytes[at] == b'-');
                    at += 1;
                }
                _ => break,
            }
        }
        if self.class(at) == Class::Letter {
            return self.number_with_letters(start, at);
        }
        let at = if self.byte(at) == b'.' && self.is_list_number(start, at) { at + 1 } else { at };
        self.push(start, at);
        at
    }

    /// "3.5", "1,200", "5:30", "9/11", "2-1" in telephone numbers and dates.
    fn joins_digits(&self, digits: usize, hyphens: usize, at: usize) -> bool {
        match self.bytes[at] {
            b'.' | b'/' => true,
            b',' => self.run(at + 1, |byte| byte.is_ascii_digit()) == at + 4,
            b':' => self.run(at + 1, |byte| byte.is_ascii_digit()) == at + 3,
            b'-' => {
                let before = at - digits;
                let after = self.run(at + 1, |byte| byte.is_ascii_digit()) - at - 1;
                let continued = self.byte(at + 1 + after) == b'-' && self.class(at + 2 + after) == Class::Digit;
                continued || hyphens > 0 || (before == 3 && after == 4) || (before == 5 && after == 4)
            }
            _ => false,
        }
    }

    /// "5pm", "3.7m" are cut; "15th", "1980s", "5G" are one.
    fn number_with_letters(&mut self, start: usize, letters: usize) -> usize {
        let (end, last_apostrophe) = self.word_end(letters);
        if last_apostrophe.is_none() && end - letters <= LONGEST_LISTED {
            let dotted = if self.byte(end) == b'.' { end + 1 } else { end };
            let unit_end = [dotted, end].into_iter().find(|&end| UNITS.contains(&self.text[letters..end]));
            if let Some(unit_end) = unit_end {
                self.push(start, letters);
                self.push(letters, unit_end);
                return unit_end;
            }
        }
        if let Some(apostrophe) = last_apostrophe
            && let Some(cut) = self.clitic(start, apostrophe, end)
        {
            self.push(start, cut);
            self.push(cut, end);
            return end;
        }
        self.push(start, end);
        end
    }

    /// "1." at the head of a line and before a word is one token.
    fn is_list_number(&self, start: usize, dot: usize) -> bool {
        if dot - start > 2 || self.class(dot + 1) != Class::Space {
            return false;
        }
        let line = self.bytes[..start].iter().rev().take(4).find(|&&byte| !matches!(byte, b' ' | b'\t'));
        line.is_none_or(|&byte| byte == b'\n')
    }
}
