//! A gold text as the measures ask for it: visible characters, words, head words, what stands in quotation marks.

use super::Spans;
pub(super) use crate::score::excerpt::Ends;

/// Ascending numbers without repeats: code points or words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Set(Vec<usize>);

impl Set {
    pub(super) fn from_iter(numbers: impl IntoIterator<Item = usize>) -> Self {
        let mut numbers: Vec<usize> = numbers.into_iter().collect();
        numbers.sort_unstable();
        numbers.dedup();
        Self(numbers)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0.binary_search(&number).is_ok()
    }

    /// How many numbers both hold.
    pub(super) fn common(&self, other: &Self) -> usize {
        let (few, many) = if self.len() < other.len() { (self, other) } else { (other, self) };
        few.0.iter().filter(|&&number| many.contains(number)).count()
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        let (few, many) = if self.len() < other.len() { (self, other) } else { (other, self) };
        few.0.iter().any(|&number| many.contains(number))
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|&number| other.contains(number))
    }

    pub(super) fn union<'a>(sets: impl Iterator<Item = &'a Self>) -> Self {
        Self::from_iter(sets.flat_map(|set| set.0.iter().copied()))
    }
}

/// A text with what is asked of it for every statement.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) text: Vec<char>,
    pub(super) words: Vec<Ends>,
    inside: Vec<bool>,
}

impl Page {
    pub(super) fn new(text: &str) -> Self {
        let text: Vec<char> = text.chars().collect();
        let words = words(&text, 0, text.len());
        let inside = super::marks::quoted(&text);
        Self { text, words, inside }
    }

    /// Spans without white space at their ends, in order; empty ones left out.
    pub(super) fn spans(&self, spans: Option<&Spans>) -> Vec<Ends> {
        let mut kept = Vec::new();
        for (mut start, mut end) in spans.map(Spans::pairs).unwrap_or_default() {
            while start < end && self.text[start].is_whitespace() {
                start += 1;
            }
            while end > start && self.text[end - 1].is_whitespace() {
                end -= 1;
            }
            if start < end {
                kept.push((start, end));
            }
        }
        kept.sort_unstable();
        kept
    }

    pub(super) fn visible(&self, spans: &[Ends]) -> Set {
        let all = spans.iter().flat_map(|&(start, end)| start..end);
        Set::from_iter(all.filter(|&at| !self.text[at].is_whitespace()))
    }

    /// The spans with punctuation cut from both ends of each.
    pub(super) fn core(&self, spans: &[Ends]) -> Vec<Ends> {
        let cut = |&(start, end): &Ends| {
            let first = (start..end).find(|&at| self.text[at].is_alphanumeric())?;
            let last = (start..end).rfind(|&at| self.text[at].is_alphanumeric())?;
            Some((first, last + 1))
        };
        spans.iter().filter_map(cut).collect()
    }

    /// The head word of a source: the last word before the first comma, bracket, preposition or relative pronoun.
    pub(super) fn head(&self, spans: &[Ends]) -> Option<Ends> {
        let &(start, end) = spans.first()?;
        let words = words(&self.text, start, end);
        let first = words.first()?;
        let limit = self.head_stop(first.1, end).unwrap_or(end);
        let &(start, end) = words.iter().rfind(|word| word.1 <= limit).unwrap_or(first);
        let tail = &self.text[start..end];
        let is_possessive = matches!(tail, [.., '\'' | '’', 's' | 'S']);
        Some((start, if is_possessive { end - 2 } else { end }))
    }

    fn head_stop(&self, from: usize, end: usize) -> Option<usize> {
        let is_word = |at: usize| self.text[at].is_alphanumeric() || self.text[at] == '_';
        let mut at = from;
        while at < end {
            if ",;:([—–".contains(self.text[at]) {
                return Some(at);
            }
            if is_word(at) && (at == 0 || !is_word(at - 1)) {
                let stop = (at..end).find(|&next| !is_word(next)).unwrap_or(end);
                let word: String = self.text[at..stop].iter().flat_map(|c| c.to_lowercase()).collect();
                if HEAD_STOPS.contains(&word.as_str()) {
                    return Some(at);
                }
                at = stop;
            } else {
                at += 1;
            }
        }
        None
    }

    pub(super) fn kind(&self, content: &[Ends]) -> Kind {
        let (mut quoted, mut plain) = (false, false);
        for at in content.iter().flat_map(|&(start, end)| start..end) {
            if self.text[at].is_alphanumeric() {
                quoted |= self.inside[at];
                plain |= !self.inside[at];
            }
        }
        match (quoted, plain) {
            (true, false) => Kind::Direct,
            (true, true) => Kind::Mixed,
            (false, _) => Kind::Indirect,
        }
    }
}

const HEAD_STOPS: [&str; 19] = [
    "of", "for", "from", "at", "in", "on", "with", "by", "to", "near", "who", "whom", "whose", "which", "that", "as",
    "after", "before", "during",
];

/// Runs of letters and digits, joined by single apostrophes, stops, ampersands or hyphens.
fn words(text: &[char], start: usize, end: usize) -> Vec<Ends> {
    let mut found = Vec::new();
    let mut at = start;
    while at < end {
        if !text[at].is_alphanumeric() {
            at += 1;
            continue;
        }
        let begin = at;
        loop {
            while at < end && text[at].is_alphanumeric() {
                at += 1;
            }
            let joins = at + 1 < end && "'’.&-".contains(text[at]) && text[at + 1].is_alphanumeric();
            if !joins {
                break;
            }
            at += 1;
        }
        found.push((begin, at));
    }
    found
}

/// How a content is quoted, by the marks in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Direct,
    Indirect,
    Mixed,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Direct, Self::Indirect, Self::Mixed];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Indirect => "indirect",
            Self::Mixed => "mixed",
        }
    }
}
