//! A statement made ready for comparison: its spans trimmed, its visible characters, words, head word and kind.

use std::collections::BTreeMap;

use super::Row;
use super::page::{Ends, Kind, Page, Set};

/// A statement of either side.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) source: Vec<Ends>,
    pub(super) cue: Vec<Ends>,
    pub(super) content: Vec<Ends>,
    pub(super) source_set: Set,
    pub(super) cue_set: Set,
    pub(super) content_set: Set,
    pub(super) words: Set,
    pub(super) core: Vec<Ends>,
    head: Option<Ends>,
    pub(super) cue_text: String,
    pub(super) kind: Kind,
    pub(super) said_kind: Option<String>,
    /// Named in the file, perhaps without a name.
    pub(super) has_speaker: bool,
    names: Vec<String>,
    is_named: bool,
    pub(super) confidence: Option<f64>,
    pub(super) features: BTreeMap<String, f64>,
}

impl Compared {
    pub(super) fn new(row: &Row, page: &Page) -> Self {
        let source = page.spans(row.source.as_ref());
        let cue = page.spans(row.cue.as_ref());
        let content = page.spans(row.content.as_ref());
        let content_set = page.visible(&content);
        let is_in = |&(start, end): &Ends| content_set.contains(start) && content_set.contains(end - 1);
        let words = (0..page.words.len()).filter(|&at| is_in(&page.words[at]));
        let words = Set::from_iter(words);
        let cue_words: Vec<String> = cue.iter().map(|&(start, end)| page.text[start..end].iter().collect()).collect();
        let speaker = row.speaker.clone().unwrap_or_default();
        let name = speaker.name.filter(|name| !name.is_empty());
        Self {
            source_set: page.visible(&source),
            cue_set: page.visible(&cue),
            core: page.core(&content),
            head: page.head(&source),
            cue_text: cue_words.join(" ").to_lowercase().trim().to_owned(),
            kind: page.kind(&content),
            said_kind: row.kind.clone().filter(|kind| !kind.is_empty()),
            has_speaker: row.speaker.is_some(),
            is_named: name.is_some(),
            confidence: row.confidence,
            features: row.features.clone().unwrap_or_default(),
            names: name.iter().chain(speaker.aliases.iter().flatten()).map(|name| plain_name(name)).collect(),
            source,
            cue,
            content,
            content_set,
            words,
        }
    }

    /// Whether the file names the speaker.
    pub(super) fn is_named(&self) -> bool {
        self.is_named
    }

    /// Whether the system's name (`other`) is one of this gold speaker's.
    pub(super) fn same_speaker(&self, other: &Self) -> bool {
        self.is_named && other.is_named && self.names.contains(&other.names[0])
    }

    /// How far two contents share their words, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
    pub(super) fn dice(&self, other: &Self) -> f64 {
        if self.words.is_empty() || other.words.is_empty() {
            return 0.0;
        }
        (2 * self.words.common(&other.words)) as f64 / (self.words.len() + other.words.len()) as f64
    }

    /// Whether each source holds the other's head word; two statements without a source agree as well.
    pub(super) fn same_head(&self, other: &Self) -> bool {
        match (self.head, other.head) {
            (Some((a, a_end)), Some((b, b_end))) => {
                (a..a_end).all(|at| other.source_set.contains(at)) && (b..b_end).all(|at| self.source_set.contains(at))
            }
            _ => self.source.is_empty() && other.source.is_empty(),
        }
    }
}

const TITLES: [&str; 24] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "sir",
    "dame",
    "lord",
    "lady",
    "president",
    "prime minister",
    "minister",
    "senator",
    "sen",
    "rep",
    "gov",
    "governor",
    "secretary",
    "king",
    "queen",
    "pope",
    "chancellor",
    "general",
    "gen",
];

/// A name without title, possessive, punctuation and capitals.
fn plain_name(name: &str) -> String {
    let name = name.trim();
    let mut name = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name);
    while let Some(rest) = without_title(name) {
        name = rest;
    }
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

fn without_title(name: &str) -> Option<&str> {
    TITLES.iter().find_map(|title| {
        let start = name.get(..title.len()).filter(|start| start.eq_ignore_ascii_case(title))?;
        let rest = &name[start.len()..];
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let bare = rest.trim_start();
        (bare.len() < rest.len()).then_some(bare)
    })
}
