//! Styled text broken into lines of a terminal. A style is begun once for all words in a row that have it, so that an underline
//! does not break at each space. Control characters never get through: an article must not be able to write escape sequences
//! to the reader's terminal.

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
            let part = printable(part);
            if part.is_empty() {
                continue;
            }
            if !self.is_glued {
                self.words.push(Word::default());
            }
            let word = self.words.last_mut().expect("a glued piece has a word before it");
            word.width += width(&part);
            word.pieces.push((part, style));
            self.is_glued = false;
        }
        self.is_glued = !self.words.is_empty() && !text.ends_with(char::is_whitespace);
        self
    }

    /// Appends words that stay on one line.
    pub(super) fn keep(&mut self, text: &str, style: Style) -> &mut Self {
        let words: Vec<String> = text.split_whitespace().map(printable).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return self;
        }
        if !self.is_glued {
            self.words.push(Word::default());
        }
        let piece = words.join(" ");
        let word = self.words.last_mut().expect("a glued piece has a word before it");
        word.width += width(&piece);
        word.pieces.push((piece, style));
        self.is_glued = true;
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
        let mut open = Style::new();
        out.push_str(first);
        for word in &self.words {
            let next = word.pieces.first().map_or(open, |(_, style)| *style);
            if !is_line_start && column + 1 + word.width > width {
                turn(out, &mut open, Style::new());
                out.push('\n');
                out.push_str(rest);
                column = rest.chars().count();
                is_line_start = true;
            }
            if !is_line_start {
                if open != next {
                    turn(out, &mut open, Style::new());
                }
                out.push(' ');
                column += 1;
            }
            for (text, style) in &word.pieces {
                turn(out, &mut open, *style);
                out.push_str(text);
            }
            column += word.width;
            is_line_start = false;
        }
        turn(out, &mut open, Style::new());
        out.push('\n');
    }
}

/// Ends the style that is open and begins another, where they differ.
fn turn(out: &mut String, open: &mut Style, to: Style) {
    if *open != to {
        write!(out, "{open:#}{to}").expect("writing to a string cannot fail");
        *open = to;
    }
}

/// Columns that a text takes.
fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !is_unprintable(*c)).collect()
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
    fn words_of_one_style_are_styled_once_a_line() {
        let mut paragraph = Paragraph::default();
        let bold = Style::new().bold();
        paragraph.push("one two three", bold).space().push("four", Style::new());
        assert_eq!(lines(&paragraph, 9), "- \u{1b}[1mone two\u{1b}[0m\n  \u{1b}[1mthree\u{1b}[0m\n  four\n");
    }

    #[test]
    fn what_is_kept_together_is_not_broken() {
        let mut paragraph = Paragraph::default();
        paragraph.push("one", Style::new()).space().keep("two three", Style::new());
        assert_eq!(lines(&paragraph, 9), "- one\n  two three\n");
    }

    #[test]
    fn escape_sequences_of_the_article_are_defused() {
        let mut paragraph = Paragraph::default();
        paragraph.push("a\u{1b}[2Jb \u{7}\u{202E}c\0", Style::new());
        assert_eq!(lines(&paragraph, 80), "- a[2Jb c\n");
    }
}
