//! Items of a list that runs on in one line: "1) Withdraw the troops 2) Open the road", "a. … b. …", "• … • …".
//!
//! A sentence that begins with a label ends before the label that follows it in order; no sentence ends inside a label.
//! Lists with an item a line are the business of `lines`.

use super::gaps::Gap;
use super::marks::Mark;
use super::walk::{Label, Walk};

/// Signs of an item that are nothing else. A dash or an asterisk within a line mostly is.
const BULLETS: [&str; 5] = ["•", "▪", "◦", "‣", "⁃"];

impl Walk<'_> {
    /// The label that begins at a token, and the token after it.
    pub(super) fn label(&self, at: usize) -> Option<(Label, usize)> {
        let token = |at: usize| self.doc.tokens.get(at).map(|span| self.doc.slice(*span));
        let touches = |at: usize| self.gaps.get(at) == Some(&Gap::None);
        let sign = token(at)?;
        let bullet = BULLETS.into_iter().find(|bullet| *bullet == sign);
        let number_at = at + usize::from(bullet.is_some());
        let written = token(number_at)?;
        let stem = written.strip_suffix('.').unwrap_or(written);
        let value = match stem.as_bytes() {
            [letter @ b'a'..=b'z'] => Some(u32::from(letter - b'a')),
            digits if digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit) => stem.parse().ok(),
            _ => None,
        };
        let mut label = Label { bullet, value, is_letter: false, has_dot: false, has_bracket: false };
        let lone = (Label { value: None, ..label }, number_at);
        if value.is_none() {
            return bullet.map(|_| lone);
        }
        label.is_letter = !stem.as_bytes()[0].is_ascii_digit();
        label.has_dot = stem.len() < written.len();
        let mut end = number_at + 1;
        if !label.has_dot && touches(end) && self.marks[end] == Mark::FullStop {
            (label.has_dot, end) = (true, end + 1);
        }
        if touches(end) && token(end) == Some(")") {
            (label.has_bracket, end) = (true, end + 1);
        }
        let is_label = (label.has_dot || label.has_bracket) && self.gaps.get(end) == Some(&Gap::Space);
        if is_label { Some((label, end)) } else { bullet.map(|_| lone) }
    }

    /// What the list at hand says of the gap after a token.
    pub(super) fn vote_on_item(&self, token_idx: usize) -> Option<bool> {
        let (label, end) = self.item?;
        let next = token_idx + 1;
        if next <= end {
            return Some(false);
        }
        let follows = |(found, _): (Label, usize)| found.follows(label);
        (self.gaps[next] == Gap::Space && self.label(next).is_some_and(follows)).then_some(true)
    }
}
