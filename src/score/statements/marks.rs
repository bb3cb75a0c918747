//! Which code points stand in quotation marks, by rules that no system shares, so that its own labels cannot move a score.

/// Whether each code point is inside quotation marks.
///
/// Marks are paired line by line (a line is a paragraph). A paragraph that ends with a mark open is quoted to its end. A
/// straight mark opens after a gap and before none, closes in the opposite case, and does whichever is due otherwise. Single
/// marks count outside double ones alone, from a word's start to a word's end and round two words at least: no apostrophes.
pub(super) fn quoted(text: &[char]) -> Vec<bool> {
    let mut inside = vec![false; text.len()];
    let mut base = 0;
    for line in text.split_inclusive(|c| matches!(c, '\n' | '\r')) {
        let length = line.iter().take_while(|c| !matches!(c, '\n' | '\r')).count();
        double(&line[..length], &mut inside[base..base + length]);
        single(&line[..length], &mut inside[base..base + length]);
        base += line.len();
    }
    inside
}

fn neighbors(line: &[char], at: usize) -> (char, char) {
    let before = if at > 0 { line[at - 1] } else { ' ' };
    (before, line.get(at + 1).copied().unwrap_or(' '))
}

#[derive(Clone, Copy, PartialEq)]
enum Turn {
    Open,
    Close,
}

fn double(line: &[char], inside: &mut [bool]) {
    let mut opened: Option<usize> = None;
    let mut at = 0;
    while at < line.len() {
        let (before, after) = neighbors(line, at);
        let mut width = 1;
        let turn = match line[at] {
            mark @ ('`' | '\'') if after == mark => {
                width = 2;
                Some(if mark == '`' { Turn::Open } else { Turn::Close })
            }
            '\u{201c}' | '\u{201f}' | '«' => Some(Turn::Open),
            '\u{201d}' | '»' => Some(Turn::Close),
            '"' | '\u{ff02}' => {
                let gap_before = before.is_whitespace() || "([{—–-".contains(before);
                let gap_after = after.is_whitespace() || ".,;:!?)]}—–-".contains(after);
                Some(match (gap_before, gap_after) {
                    (true, false) => Turn::Open,
                    (false, true) => Turn::Close,
                    _ if opened.is_none() => Turn::Open,
                    _ => Turn::Close,
                })
            }
            _ => None,
        };
        match (turn, opened) {
            (Some(Turn::Open), None) => opened = Some(at),
            (Some(Turn::Close), Some(start)) => {
                let end = (at + width).min(line.len());
                inside[start..end].fill(true);
                opened = None;
            }
            _ => {}
        }
        at += width;
    }
    if let Some(start) = opened {
        inside[start..].fill(true);
    }
}

/// Code points within which a single mark must close.
const SINGLE_REACH: usize = 400;

fn single(line: &[char], inside: &mut [bool]) {
    for at in 0..line.len() {
        if !matches!(line[at], '\u{2018}' | '\'' | '`') || inside[at] {
            continue;
        }
        let (before, after) = neighbors(line, at);
        if !(before.is_whitespace() || "(—".contains(before)) || after.is_whitespace() {
            continue;
        }
        let closes = |end: usize| {
            matches!(line[end], '\u{2019}' | '\'')
                && !line[end - 1].is_whitespace()
                && line.get(end + 1).is_none_or(|next| !next.is_alphanumeric())
        };
        let last = line.len().min(at + SINGLE_REACH);
        if let Some(end) = (at + 2..last).find(|&end| closes(end))
            && line[at..end].contains(&' ')
        {
            inside[at..=end].fill(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    /// The text with every unquoted code point replaced.
    fn inside(text: &str) -> String {
        let text: Vec<char> = text.chars().collect();
        text.iter().zip(quoted(&text)).map(|(c, inside)| if inside { *c } else { '·' }).collect()
    }

    #[test]
    fn stretches_in_marks_are_quoted_and_apostrophes_are_not() {
        for (text, expected) in [
            ("He said “no”.", "········“no”·"),
            ("\"No,\" he said.", "\"No,\"·········"),
            ("“One.\n“Two.” Out", "“One.·“Two.”····"),
            ("the 'lost years' don't", "····'lost years'······"),
            ("the talks' end, 'twas", "·····················"),
            ("``Yes'' it is", "``Yes''······"),
        ] {
            assert_eq!(inside(text), expected, "{text}");
        }
    }
}
