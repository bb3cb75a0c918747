//! Web and mail addresses: one token each.

use super::chars::{Class, class_at};
use super::scan::Scan;
use crate::nlp::word_lists::ADDRESS_ENDINGS;

impl Scan<'_> {
    /// A web address that begins here: up to white space or a quotation mark, without the punctuation at its end.
    pub(super) fn web_address(&mut self, start: usize) -> usize {
        let mut at = start;
        let mut open = 0usize;
        while at < self.bytes.len() {
            let (class, len) = class_at(self.text, at);
            match self.bytes[at] {
                b'<' | b'>' | b'"' => break,
                b'(' => open += 1,
                b')' if open == 0 => break,
                b')' => open -= 1,
                _ if class == Class::Space => break,
                byte if byte >= 128 && class != Class::Letter && class != Class::Digit => break,
                _ => {}
            }
            at += len;
        }
        let trailing = |byte: &&u8| matches!(byte, b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b']' | b'*');
        let end = at - self.bytes[start..at].iter().rev().take_while(trailing).count();
        let end = end.max(start + 1);
        self.push(start, end);
        end
    }

    /// Whether a word is a host's name, by its ending.
    pub(super) fn is_host(&self, start: usize, end: usize) -> bool {
        let word = &self.text[start..end];
        word.rsplit_once('.').is_some_and(|(_, ending)| ADDRESS_ENDINGS.contains(ending))
    }

    /// "name@host": the tokens of the name are taken back and the whole is one. A lone "@name" is one token as well.
    pub(super) fn at_sign(&mut self, at: usize) -> usize {
        if !self.is_word(at + 1) {
            self.push(at, at + 1);
            return at + 1;
        }
        let mut start = at;
        while let Some(last) = self.tokens.last()
            && last.end as usize == start
            && self.bytes[last.range()].iter().all(|byte| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte))
        {
            start = last.start as usize;
            self.tokens.pop();
        }
        let host = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let end = at + 1 + self.bytes[at + 1..].iter().take_while(host).count();
        let end = end - self.bytes[at + 1..end].iter().rev().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
        let end = end.max(at + 1);
        self.push(start, end);
        end
    }
}
