//! What came along with a story and is none of it.
//!
//! Readability takes what stands beside the story and looks like prose, so that a box about the paper comes along. Parts of one story have words
//! in common, names above all, and texts about different things hardly do. That alone would cost some story its last part; so how little is too
//! little hangs on what else speaks for a box: an element apart, a heading of its own, its name, whom it speaks to.
//!
//! Of 800 news articles the later paragraphs have a likeness to the first ones ([`Stems::likeness`]) of 0.20 in the median, below 0.10 in 5 of a hundred and below 0.065
//! in one. An article of the same years about something else has 0.07 in the median, and a box 0.04, above 0.08 in ten of a hundred.

use std::collections::{HashMap, HashSet};

use super::evidence::{Evidence, Page, lines};
use super::outline::Over;
use super::summary::Stems;

/// Words from which a part is judged: fewer have too few words to have some in common.
const MIN_WORDS: usize = 40;

/// Words from which a part is the story that others are compared with.
const STORY_WORDS: usize = 60;

// Below which likeness a part is none of the story, as a sum of what speaks for a box: set by hand, on the same generated pages as what `evidence` counts.
const IN_ANOTHER_ELEMENT: f64 = 0.04;
const OF_ANOTHER_NAME: f64 = 0.02;
const WITHOUT_THE_HEADLINES_WORDS: f64 = 0.03;
const WITH_A_HEADING: f64 = 0.03;
const ABOVE_THE_HEADLINE: f64 = 0.03;
const TO_READER: f64 = 0.04;
const UNDER_A_BOXS_HEADING: f64 = 0.06;
const UNDER_A_SURE_HEADING: f64 = 0.5;
const IN_A_BOX: f64 = 0.08;
const IN_THE_ONLY_PART: f64 = -0.03;

/// Passages that belong together by where they stand.
struct Part {
    passages: Vec<usize>,
    /// The name of their element.
    name: String,
}

/// Whether a text and the story, which was found elsewhere on the page, are parts of one. A list of names is none, whoever is in it.
pub(super) fn belongs(text: &str, of_text: &Evidence, story: &str, of_story: &Evidence) -> bool {
    of_text.n_words > 0 && Stems::of(text).likeness(&Stems::of(story)) >= limit(of_text, of_story, true)
}

/// The text without such parts; `None` where it has none.
pub(super) fn without_boxes(page: &Page<'_>, text: &str) -> Option<String> {
    let places = page.places(text);
    let parts = parts(page, &places);
    if parts.len() < 2 {
        return None;
    }
    let texts: Vec<String> = parts.iter().map(|part| part.text(page)).collect();
    let evidence: Vec<Evidence> = texts.iter().map(|text| page.weigh(text)).collect();
    let weights = evidence.iter().enumerate().map(|(number, evidence)| (evidence.points, number));
    let (_, story) = weights.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    if !evidence[story].is_story() || evidence[story].n_words < STORY_WORDS {
        return None;
    }
    let mut stems = Stems::of(&texts[story]);
    let mut dropped: HashSet<usize> = HashSet::new();
    // Outwards from the story, so that what is further off is compared with all that has been found to be of it.
    for number in (story + 1..parts.len()).chain((0..story).rev()) {
        let own = Stems::of(&texts[number]);
        let of_part = &evidence[number];
        let is_judged = of_part.n_words >= MIN_WORDS;
        if is_judged && own.likeness(&stems) < limit(of_part, &evidence[story], parts[number].name != parts[story].name)
        {
            dropped.extend(&parts[number].passages);
        } else {
            stems.extend(own);
        }
    }
    (!dropped.is_empty()).then(|| remaining(page, text, &dropped))
}

/// The likeness below which a part is none of the story.
fn limit(part: &Evidence, story: &Evidence, is_of_another_name: bool) -> f64 {
    [
        (true, IN_ANOTHER_ELEMENT),
        (is_of_another_name, OF_ANOTHER_NAME),
        (part.about == 0.0, WITHOUT_THE_HEADLINES_WORDS),
        (part.has_heading, WITH_A_HEADING),
        (part.is_above_headline, ABOVE_THE_HEADLINE),
        (part.is_to_reader, TO_READER),
        (part.over == Over::Box, UNDER_A_BOXS_HEADING),
        (part.over == Over::SureBox, UNDER_A_SURE_HEADING),
        (part.is_in_boxes && !story.is_in_boxes, IN_A_BOX),
        (part.is_in_only_part && story.is_in_only_part, IN_THE_ONLY_PART),
    ]
    .into_iter()
    .filter_map(|(speaks, counts)| speaks.then_some(counts))
    .sum()
}

/// The parts that these passages make, in the order of the page: what stands in one element, and elements of one paragraph that are called the same and stand
/// beside each other.
fn parts(page: &Page<'_>, places: &[usize]) -> Vec<Part> {
    let mut places = places.to_vec();
    places.sort_unstable();
    places.dedup();
    let containers: Vec<Option<usize>> =
        places.iter().map(|place| page.outline.container_at(page.passages[*place].at)).collect();
    let mut n_in: HashMap<Option<usize>, usize> = HashMap::new();
    containers.iter().for_each(|container| *n_in.entry(*container).or_default() += 1);
    let mut parts: Vec<Part> = Vec::new();
    let mut by_container: HashMap<Option<usize>, usize> = HashMap::new();
    let mut by_name: HashMap<(Option<usize>, &str), usize> = HashMap::new();
    for (place, container) in places.into_iter().zip(containers) {
        let (outer, name) = container.map_or((None, ""), |number| {
            let container = page.outline.container(number);
            (container.outer, container.name.as_str())
        });
        let is_alone = n_in.get(&container) == Some(&1);
        let same = by_container.get(&container).or_else(|| by_name.get(&(outer, name)).filter(|_| is_alone)).copied();
        let number = match same {
            Some(number) if !page.is_under_heading_of_its_own(place, container) => {
                parts[number].passages.push(place);
                number
            }
            _ => {
                parts.push(Part { passages: vec![place], name: name.to_owned() });
                parts.len() - 1
            }
        };
        by_container.insert(container, number);
        if is_alone {
            by_name.insert((outer, name), number);
        }
    }
    parts
}

impl Part {
    fn text(&self, page: &Page<'_>) -> String {
        let passages: Vec<&str> = self.passages.iter().map(|place| page.passages[*place].text).collect();
        passages.join("\n")
    }
}

/// A text without these passages, and without the short lines that go with them: headings, captions, items.
fn remaining(page: &Page<'_>, text: &str, dropped: &HashSet<usize>) -> String {
    let containers = |at: usize| page.outline.container_at(at);
    let holders: HashSet<Option<usize>> = dropped.iter().map(|place| containers(page.passages[*place].at)).collect();
    let kept: HashSet<Option<usize>> = page
        .places(text)
        .iter()
        .filter(|place| !dropped.contains(place))
        .map(|place| containers(page.passages[*place].at))
        .collect();
    let short: HashMap<&str, usize> = lines(page.whole).map(|(at, line)| (line, at)).collect();
    let headings: HashSet<&str> =
        page.outline.headings.iter().filter_map(|(range, _)| page.whole.get(range.clone())).map(str::trim).collect();
    let goes_with = |paragraph: &str| {
        let holder = paragraph.lines().next().and_then(|line| short.get(line.trim())).and_then(|at| containers(*at));
        holder.is_some() && holders.contains(&holder) && !kept.contains(&holder)
    };
    let paragraphs: Vec<&str> = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).collect();
    let fates: Vec<Option<bool>> = paragraphs
        .iter()
        .map(|paragraph| page.places(paragraph).first().map(|place| dropped.contains(place)))
        .collect();
    let mut left = Vec::new();
    // From behind, since a heading goes with what comes after it.
    let mut is_next_dropped = false;
    for (paragraph, fate) in paragraphs.iter().zip(&fates).rev() {
        let is_dropped =
            fate.unwrap_or_else(|| goes_with(paragraph) || is_next_dropped && headings.contains(paragraph.trim()));
        if fate.is_some() {
            is_next_dropped = is_dropped;
        }
        if !is_dropped {
            left.push(*paragraph);
        }
    }
    left.reverse();
    left.join("\n\n")
}
