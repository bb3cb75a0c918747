//! Stretches of an article for people: one line, spans in brackets, long middles cut out.

/// A span in code points.
pub(super) type Ends = (usize, usize);

/// Code points of a stretch that are shown at each of its ends; what lies between is cut out.
const SHOWN: usize = 70;

/// A span with the brackets it is shown in.
pub(super) type Marked = (Ends, char, char);

/// From the first marked span to the end of the last, with what stands between.
pub(super) fn in_text(text: &[char], marked: Vec<Marked>) -> String {
    let first = marked.iter().map(|mark| mark.0.0).min().unwrap_or(0);
    let last = marked.iter().map(|mark| mark.0.1).max().unwrap_or(0);
    if marked.is_empty() { String::new() } else { within(text, (first, last), marked) }
}

/// A whole stretch, a sentence for instance, with the marked spans that lie in it. The same span in several brackets is shown once.
pub(super) fn within(text: &[char], (first, last): Ends, mut marked: Vec<Marked>) -> String {
    marked.retain(|mark| first <= mark.0.0 && mark.0.1 <= last);
    marked.sort_unstable();
    let mut shown = format!("@{first} ");
    let mut at = first;
    for same in marked.chunk_by(|a, b| a.0 == b.0) {
        let (start, end) = same[0].0;
        if start > at {
            shown.push_str(&cut(&text[at..start]));
        }
        shown.extend(same.iter().map(|mark| mark.1));
        shown.push_str(&cut(&text[start..end]));
        shown.extend(same.iter().rev().map(|mark| mark.2));
        at = at.max(end);
    }
    shown.push_str(&cut(&text[at..last.max(at)]));
    shown
}

/// A stretch on one line, its middle left out if it is long.
pub(super) fn cut(stretch: &[char]) -> String {
    let flat = |part: &[char]| -> String {
        part.iter().collect::<String>().split('\n').filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ¶ ")
    };
    if stretch.len() <= 2 * SHOWN {
        return flat(stretch);
    }
    format!("{} … {}", flat(&stretch[..SHOWN]), flat(&stretch[stretch.len() - SHOWN..]))
}
