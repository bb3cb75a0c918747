//! Styled text broken into lines of a terminal. Control characters never get through: an article must not be able to
//! write escape sequences to the reader's terminal.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthChar;

/// Text with styles that is still to be broken into lines.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    words: Vec<Word>,
    /// Whether the next piece continues the last word: `met` and `,` are pieces of different style and one word.
    is_glued: bool,
}

/// What is not broken: pieces of one style each.
#[derive(Debug, Default)]
struct Word {
    pieces: Vec<(String, Style)>,
    width: usize,
}

impl Paragraph {
    /// Appends text; white space of any kind separates words.
    pub(super) fn push(&mut self, text: &str, style: Style) -> &mut Self {
        self.is_glued &= !text.starts_with(char::is_whitespace);
        for part in text.split_whitespace() {
            let part: String = part.chars().filter(|c| !is_unprintable(*c)).collect();
            if part.is_empty() {
                continue;
            }
            if !self.is_glued {
                self.words.push(Word::default());
            }
            let word = self.words.last_mut().expect("a glued piece has a word before it");
            word.width += part.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
            word.pieces.push((part, style));
            self.is_glued = false;
        }
        self.is_glued = !self.words.is_empty() && !text.ends_with(char::is_whitespace);
        self
    }

    /// Makes the next piece begin a new word.
    pub(super) fn space(&mut self) -> &mut Self {
        self.is_glued = false;
        self
    }

    /// Writes the lines: the first behind `first`, the others behind `rest`, none wider than `width` unless one word is.
    pub(super) fn write(&self, out: &mut String, width: usize, first: &str, rest: &str) {
        let mut column = first.chars().count();
        let mut is_line_start = true;
        out.push_str(first);
        for word in &self.words {
            if !is_line_start && column + 1 + word.width > width {
                out.push('\n');
                out.push_str(rest);
                column = rest.chars().count();
                is_line_start = true;
            }
            if !is_line_start {
                out.push(' ');
                column += 1;
            }
            for (text, style) in &word.pieces {
                write!(out, "{style}{text}{style:#}").expect("writing to a string cannot fail");
            }
            column += word.width;
            is_line_start = false;
        }
        out.push('\n');
    }
}

/// Controls, and the marks that reorder what follows (Unicode's bidirectional embeddings, overrides and isolates).
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(paragraph: &Paragraph, width: usize) -> String {
        let mut out = String::new();
        paragraph.write(&mut out, width, "- ", "  ");
        out
    }

    #[test]
    fn lines_are_filled_and_indented() {
        let mut paragraph = Paragraph::default();
        paragraph.push("one two\n three", Style::new()).push(", four", Style::new());
        assert_eq!(lines(&paragraph, 9), "- one two\n  three,\n  four\n");
    }

    #[test]
    fn a_style_change_inside_a_word_does_not_break_it() {
        let mut paragraph = Paragraph::default();
        paragraph.push("they ", Style::new()).push("met", Style::new().bold()).push(".", Style::new());
        assert_eq!(lines(&paragraph, 80), "- they \u{1b}[1mmet\u{1b}[0m.\n");
    }

    #[test]
    fn escape_sequences_of_the_article_are_defused() {
        let mut paragraph = Paragraph::default();
        paragraph.push("a\u{1b}[2Jb \u{7}\u{202E}c\0", Style::new());
        assert_eq!(lines(&paragraph, 80), "- a[2Jb c\n");
    }
}
