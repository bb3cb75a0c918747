//! What speaks for a text of a page being its story, all evidence together, where the page does not say in so many words which text that is.
//!
//! Readability takes what is long, and a box about the paper, its readers' comments or its terms may be several times as long as the story. What
//! tells them apart is not in one sign: the story has the words of the headline, and early; it stands under the headline, behind who wrote it and
//! when; what the page gives as its summary is its beginning. A box stands under a heading of its own, is called like one, or speaks to whoever
//! reads it. Each counts some points, and so does length. What was found is asked first, and as long as it is about what the headline says and nothing speaks
//! against it, nothing is weighed.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::outline::{self, Outline, Over};
use super::story::{is_prose, n_box_words};
use super::summary::Stems;

/// Words by which a paragraph is known again, wherever it stands.
const KNOWN_BY: usize = 6;

/// Words of a text in which the headline's are looked for: the story has them early, and a long text has any word somewhere.
const LEAD_WORDS: usize = 150;

/// Content words of a headline from which it says what a story is about.
const MIN_HEADLINE: usize = 2;

/// Share of the headline's words from which a text is about what it says.
const ABOUT: f64 = 0.5;

/// Share of the headline's words that a story has early: of news articles three in four have more in a few paragraphs, and of texts about something else one in ten.
const STORY: f64 = 0.25;

/// Words and paragraphs of prose that make a story: fewer are a summary or a caption.
const MIN_WORDS: usize = 30;
const MIN_PASSAGES: usize = 2;

/// Share of a text's words in boxes, or spoken to its reader, from which the text is one.
const MOSTLY: f64 = 0.5;

// What each piece of evidence counts: set by hand on pages of our own, no real ones (of 500 that were generated, stories beside boxes, 4 lose their story with it and 58 without). A box of eight times the story's length is made good by what most pages show: some of the headline's words, and where the headline
// stands.
const HEADLINE_WORDS: f64 = 4.0;
const SUMMARY_WORDS: f64 = 2.0;
const UNDER_HEADLINE: f64 = 2.0;
const FIRST_UNDER_HEADLINE: f64 = 1.0;
const ABOVE_HEADLINE: f64 = -1.0;
const UNDER_A_BOXS_HEADING: f64 = -2.0;
const BEHIND_BYLINE: f64 = 1.0;
const BEHIND_DATELINE: f64 = 1.0;
const IN_THE_ONLY_PART: f64 = 2.0;
const IN_A_BOX: f64 = -2.0;
const TO_READER: f64 = -2.0;
const NOTHING_OF_THE_HEADLINE: f64 = -1.0;
const DOUBLE_LENGTH: f64 = 0.5;

/// By how much a text has to have the better of what Readability took.
const MARGIN: f64 = 1.0;

/// Longest dateline, in bytes: "PORT VALE, Federal Republic, May 3 (Example Wire) — ".
const DATELINE_BYTES: usize = 60;

/// A page that has a headline, and what its texts are weighed by.
pub(super) struct Page<'p> {
    pub(super) whole: &'p str,
    pub(super) outline: &'p Outline,
    pub(super) passages: Vec<Passage<'p>>,
    /// Which passage begins with these words.
    known: HashMap<String, usize>,
    boxes: Vec<Range<usize>>,
    only_parts: Vec<Range<usize>>,
    bylines: Vec<usize>,
    pub(super) headline: Stems,
    summary: Stems,
    /// Which of the headings is the headline.
    over_story: Option<usize>,
}

/// A paragraph of prose.
pub(super) struct Passage<'p> {
    pub(super) at: usize,
    pub(super) text: &'p str,
}

/// What speaks for a text.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) points: f64,
    n_passages: usize,
    pub(super) n_words: usize,
    /// Where in the page's text it begins.
    pub(super) at: Option<usize>,
    pub(super) is_above_headline: bool,
    /// Whether no prose stands between the headline and the text.
    is_first: bool,
    /// Whether a heading that is not the headline stands right before it, and what the last one stands over.
    pub(super) has_heading: bool,
    pub(super) over: Over,
    pub(super) is_in_boxes: bool,
    pub(super) is_to_reader: bool,
    pub(super) is_in_only_part: bool,
    /// Share of the headline's words, early and anywhere.
    lead: f64,
    pub(super) about: f64,
}

/// What the place of a text says.
#[derive(Debug, Default)]
struct Place {
    points: f64,
    is_above_headline: bool,
    is_first: bool,
    has_heading: bool,
    over: Over,
}

impl<'p> Page<'p> {
    /// `None` where the headline says too little to weigh by.
    pub(super) fn new(
        whole: &'p str,
        outline: &'p Outline,
        only_parts: Vec<Range<usize>>,
        title: &str,
        summaries: &[String],
    ) -> Option<Self> {
        let headline = Stems::of(title);
        if headline.len() < MIN_HEADLINE {
            return None;
        }
        // Some templates give what the site is about as the summary of each page.
        let mut summaries = summaries.iter().map(|summary| Stems::of(summary));
        let summary = summaries.find(|summary| headline.n_in(summary) > 0).unwrap_or_default();
        let mut bylines = outline.bylines.clone();
        let (mut passages, mut known) = (Vec::new(), HashMap::new());
        for (at, text) in lines(whole) {
            if is_prose(text) {
                if let Some(beginning) = beginning(text) {
                    known.entry(beginning).or_insert(passages.len());
                }
                passages.push(Passage { at, text });
            } else if text.strip_prefix("By ").is_some_and(|name| name.starts_with(char::is_uppercase)) {
                bylines.push(at);
            }
        }
        bylines.sort_unstable();
        let (over_story, boxes) = (over_story(whole, outline, &headline), outline.boxes(whole));
        Some(Self { whole, outline, passages, known, boxes, only_parts, bylines, headline, summary, over_story })
    }

    /// Words of prose that are in none of these texts.
    fn n_words_beside(&self, texts: &[String]) -> usize {
        let taken: HashSet<usize> = texts.iter().flat_map(|text| self.places(text)).collect();
        let beside = self.passages.iter().enumerate().filter(|(number, _)| !taken.contains(number));
        beside.map(|(_, passage)| n_words(passage.text)).sum()
    }

    /// The passages of the page that a text has, in its order.
    pub(super) fn places(&self, text: &str) -> Vec<usize> {
        lines(text).filter_map(|(_, line)| self.known.get(&beginning(line)?).copied()).collect()
    }

    /// Whether one should look for another text than what was found, which is the first of these texts.
    pub(super) fn is_in_doubt(&self, found: &Evidence, texts: &[String]) -> bool {
        (found.is_box() || found.about < ABOUT) && self.n_words_beside(texts) >= MIN_WORDS
    }

    /// What speaks for a text.
    pub(super) fn weigh(&self, text: &str) -> Evidence {
        let passages: Vec<&str> = lines(text).map(|(_, line)| line).filter(|line| is_prose(line)).collect();
        let n_all: usize = passages.iter().map(|passage| n_words(passage)).sum();
        let words = || passages.iter().flat_map(|passage| passage.split_whitespace());
        let lead = self.headline.share_in(words().take(LEAD_WORDS));
        let about = self.headline.share_in(words());
        let to_reader = share(passages.iter().filter(|passage| is_to_reader(passage)).count(), passages.len());
        let places = self.places(text);
        let in_boxes = share(places.iter().filter(|number| self.is_in_a_box(**number)).count(), places.len());
        let first = places.iter().min().copied();
        let place = first.map_or_else(Place::default, |first| self.place(first));
        let at = first.map(|first| self.passages[first].at);
        let is_in_only_part = at.is_some_and(|at| self.only_parts.iter().any(|range| range.contains(&at)));
        let (is_in_boxes, is_to_reader) = (in_boxes > MOSTLY, to_reader > MOSTLY);
        let points = HEADLINE_WORDS * lead
            + SUMMARY_WORDS * self.summary.share_in(words().take(LEAD_WORDS))
            + place.points
            + if is_in_only_part { IN_THE_ONLY_PART } else { 0.0 }
            + if is_in_boxes { IN_A_BOX } else { 0.0 }
            + if passages.first().is_some_and(|first| has_dateline(first)) { BEHIND_DATELINE } else { 0.0 }
            + TO_READER * to_reader
            + if about == 0.0 { NOTHING_OF_THE_HEADLINE } else { 0.0 }
            + DOUBLE_LENGTH * doublings(n_all);
        Evidence {
            points,
            n_passages: passages.len(),
            n_words: n_all,
            at,
            is_above_headline: place.is_above_headline,
            is_first: place.is_first,
            has_heading: place.has_heading,
            over: place.over,
            is_in_boxes,
            is_to_reader,
            is_in_only_part,
            lead,
            about,
        }
    }

    /// What the place of a text counts that begins with this passage.
    fn place(&self, first: usize) -> Place {
        let at = self.passages[first].at;
        let before = first.checked_sub(1).map_or(0, |before| self.passages[before].at);
        let over = self.outline.headings.partition_point(|(range, _)| range.end <= at).checked_sub(1);
        let is_under_headline = over.is_some() && over == self.over_story;
        let other = over.filter(|_| !is_under_headline);
        let has_heading = other.is_some_and(|over| self.outline.headings[over].0.start > before || first == 0);
        let over = other.map_or(Over::Open, |over| outline::over(self.heading(over)));
        let mut points = 0.0;
        if over != Over::Open {
            points += UNDER_A_BOXS_HEADING;
        } else if is_under_headline {
            points += UNDER_HEADLINE;
        }
        let headline = self.over_story.map(|number| &self.outline.headings[number].0);
        let is_above_headline = headline.is_some_and(|headline| at < headline.start);
        let is_first = headline.is_some_and(|headline| !is_above_headline && (first == 0 || before < headline.end));
        if is_above_headline {
            points += ABOVE_HEADLINE;
        } else if is_first {
            points += FIRST_UNDER_HEADLINE;
        }
        let byline = self.bylines.partition_point(|byline| *byline <= at).checked_sub(1);
        if byline.is_some_and(|byline| self.bylines[byline] > before || first == 0) {
            points += BEHIND_BYLINE;
        }
        Place { points, is_above_headline, is_first, has_heading, over }
    }

    /// Whether a heading that is not the headline stands right before a passage, which is the first one in its element.
    pub(super) fn is_under_heading_of_its_own(&self, passage: usize, container: Option<usize>) -> bool {
        let before = passage.checked_sub(1).map(|before| self.outline.container_at(self.passages[before].at));
        before.is_none_or(|before| before != container) && self.place(passage).has_heading
    }

    fn heading(&self, number: usize) -> &'p str {
        self.whole.get(self.outline.headings[number].0.clone()).unwrap_or_default().trim()
    }

    fn is_in_a_box(&self, passage: usize) -> bool {
        let at = self.passages[passage].at;
        let behind = self.boxes.partition_point(|range| range.start <= at);
        self.boxes[..behind].last().is_some_and(|range| range.contains(&at))
    }
}

impl Evidence {
    /// Whether something says that it is a box.
    fn is_box(&self) -> bool {
        self.over != Over::Open || self.is_in_boxes || self.is_to_reader
    }

    /// Whether the text may be a story by itself, and that of the headline. Some headlines have none of their story's words.
    pub(super) fn is_story(&self) -> bool {
        self.n_passages >= MIN_PASSAGES && self.n_words >= MIN_WORDS && (self.lead >= STORY || self.is_first)
    }

    /// Whether another text has the better of this one, which was found.
    pub(super) fn yields_to(&self, other: &Self) -> bool {
        other.is_story() && other.points >= self.points + MARGIN
    }
}

/// Which heading is the headline: the one with most of its words, of several the highest, and then the first; else the only one of the
/// first level.
fn over_story(whole: &str, outline: &Outline, headline: &Stems) -> Option<usize> {
    let headings = || outline.headings.iter().enumerate();
    let text = |range: &Range<usize>| whole.get(range.clone()).unwrap_or_default();
    let n_shared = |range: &Range<usize>| headline.n_in(&Stems::of(text(range)));
    let shared = headings().map(|(number, (range, level))| (n_shared(range), u8::MAX - level, usize::MAX - number));
    let best = shared.max().filter(|(n_shared, ..)| 2 * n_shared >= headline.len());
    let only = || {
        let mut firsts = headings().filter(|(_, (_, level))| *level == 1);
        firsts.next().filter(|_| firsts.next().is_none()).map(|(number, _)| number)
    };
    best.map(|(.., number)| usize::MAX - number).or_else(only)
}

/// The lines of a text, trimmed, and where each begins.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split('\n').map(move |line| {
        let begin = at + line.len() - line.trim_start().len();
        at += line.len() + 1;
        (begin, line.trim())
    })
}

/// The words by which a paragraph is known again, wherever it stands; shorter ones are not.
pub(super) fn beginning(paragraph: &str) -> Option<String> {
    let words: Vec<&str> = paragraph.split_whitespace().take(KNOWN_BY).collect();
    (words.len() == KNOWN_BY).then(|| words.join(" "))
}

/// Whether a paragraph speaks to whoever reads it: by words of boxes, or outside of quotations.
fn is_to_reader(passage: &str) -> bool {
    let mut is_quoted = false;
    let outside = passage.split_inclusive(['“', '”', '"']).filter(|part| {
        let was_quoted = is_quoted;
        is_quoted = part.ends_with('“') || part.ends_with('"') && !was_quoted;
        !was_quoted
    });
    n_box_words(passage) > 0
        || outside
            .flat_map(|part| part.split(|c: char| !c.is_alphanumeric()))
            .any(|word| outline::is_to_reader(&word.to_lowercase()))
}

/// "PORT VALE, May 3 (Example Wire) — The envoy …", "NORTH QUAY - …".
fn has_dateline(passage: &str) -> bool {
    let begin = &passage[..passage.floor_char_boundary(DATELINE_BYTES)];
    let Some((place, _)) =
        ["—", "–", " - ", " -- "].iter().filter_map(|dash| begin.split_once(dash)).min_by_key(|(place, _)| place.len())
    else {
        return false;
    };
    let first = place.split([' ', ',']).next().unwrap_or_default();
    let is_in_capitals = first.chars().count() > 2 && first.chars().all(char::is_uppercase);
    is_in_capitals || place.trim_end().ends_with(')') && first.starts_with(char::is_uppercase)
}

fn n_words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// How often a text of one word has to be doubled for this length, none and one word alike.
fn doublings(n_words: usize) -> f64 {
    (n_words.max(1) as f64).log2()
}
