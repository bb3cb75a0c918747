//! What stands between two tokens.

use crate::text::Document;

/// The white space before a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: the tokens touch.
    None,
    /// Blanks, but no end of a line.
    Space,
    /// One end of a line.
    Line,
    /// A blank line or more.
    Paragraph,
}

/// The gap before each token; before the first it is a paragraph.
pub(super) fn gaps(doc: &Document) -> impl Iterator<Item = Gap> {
    let text = doc.text().as_bytes();
    let mut end = 0;
    doc.tokens.iter().enumerate().map(move |(token_idx, token)| {
        let between = &text[end..token.start as usize];
        end = token.end as usize;
        if token_idx == 0 { Gap::Paragraph } else { gap_of(between) }
    })
}

fn gap_of(between: &[u8]) -> Gap {
    match between {
        [] => Gap::None,
        [byte] => {
            if is_newline(*byte) {
                Gap::Line
            } else {
                Gap::Space
            }
        }
        _ => {
            // "\r\n" is one end of a line; a lone "\r" is an old one.
            let ends = between.iter().filter(|&&byte| byte == b'\n').count();
            let returns = between.iter().filter(|&&byte| byte == b'\r').count();
            match ends.max(returns) {
                0 => Gap::Space,
                1 => Gap::Line,
                _ => Gap::Paragraph,
            }
        }
    }
}

fn is_newline(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}
