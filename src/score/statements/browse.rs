//! Errors shown in the text, for people who develop: gold above the system's answer, sorted by what went wrong.
//!
//! A pair of statements is listed under its gravest fault alone. The worst articles come first.

use std::fmt::Write as _;

use super::compared::Compared;
use super::measures::{SAME_CONTENT, is_strict, meet_or_both_empty, nearness, pair_up, sides};
use super::page::Page;
use super::{Gold, System};
use crate::score::excerpt::{self, Marked};

/// What went wrong, gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Missed,
    Invented,
    /// Less than half of the content's words agree.
    Content,
    Source,
    Cue,
    /// The statement is right, the ends of its content are not.
    Boundary,
}

impl Fault {
    const ALL: [Self; 6] = [Self::Missed, Self::Invented, Self::Content, Self::Source, Self::Cue, Self::Boundary];

    fn name(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Invented => "invented",
            Self::Content => "wrong content",
            Self::Source => "wrong source",
            Self::Cue => "wrong cue",
            Self::Boundary => "content boundary",
        }
    }

    fn of(gold: &Compared, system: &Compared) -> Option<Self> {
        if gold.dice(system) < SAME_CONTENT {
            Some(Self::Content)
        } else if !gold.same_head(system) {
            Some(Self::Source)
        } else if !meet_or_both_empty(&gold.cue_set, &system.cue_set) {
            Some(Self::Cue)
        } else {
            (gold.core != system.core).then_some(Self::Boundary)
        }
    }
}

/// A fault and where it is: indices into the two sides.
#[derive(Debug)]
struct Finding {
    fault: Fault,
    gold: Option<usize>,
    system: Option<usize>,
}

/// Shows the errors of the `n` articles with the lowest strict F1, after a line of counts over all articles.
pub fn errors(gold: &[Gold], system: &System, n: usize) -> String {
    let mut pages = Vec::new();
    let mut counts = [0; Fault::ALL.len()];
    for article in gold {
        let page = Page::new(&article.text);
        let (golds, systems) = sides(article, system, &page);
        let found = findings(&golds, &systems);
        for finding in &found {
            counts[finding.fault as usize] += 1;
        }
        pages.push((strict_f1(&golds, &systems), show(article, &page, &golds, &systems, &found)));
    }
    pages.sort_by(|a, b| a.0.total_cmp(&b.0));
    let counts: Vec<String> =
        Fault::ALL.iter().zip(counts).map(|(fault, count)| format!("{} {count}", fault.name())).collect();
    let mut out = format!("faults: {}\n", counts.join(", "));
    for (_, page) in pages.iter().take(n) {
        out.push_str(page);
    }
    out
}

fn findings(golds: &[Compared], systems: &[Compared]) -> Vec<Finding> {
    let meet = |a: &Compared, b: &Compared| {
        let touches = a.content_set.meets(&b.content_set) || a.cue_set.meets(&b.cue_set);
        if touches { nearness(a, b) } else { 0.0 }
    };
    let pairs = pair_up(&golds.iter().collect::<Vec<_>>(), &systems.iter().collect::<Vec<_>>(), meet);
    let mut found: Vec<Finding> = pairs
        .iter()
        .filter_map(|&(g, s)| {
            let fault = Fault::of(&golds[g], &systems[s])?;
            Some(Finding { fault, gold: Some(g), system: Some(s) })
        })
        .collect();
    let missed = (0..golds.len()).filter(|g| !pairs.iter().any(|pair| pair.0 == *g));
    found.extend(missed.map(|g| Finding { fault: Fault::Missed, gold: Some(g), system: None }));
    let invented = (0..systems.len()).filter(|s| !pairs.iter().any(|pair| pair.1 == *s));
    found.extend(invented.map(|s| Finding { fault: Fault::Invented, gold: None, system: Some(s) }));
    found.sort_by_key(|finding| (finding.fault, finding.gold, finding.system));
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts of statements are far below 2^52")]
fn strict_f1(golds: &[Compared], systems: &[Compared]) -> f64 {
    let weight = |a: &Compared, b: &Compared| if is_strict(a, b) { nearness(a, b) } else { 0.0 };
    let right = pair_up(&golds.iter().collect::<Vec<_>>(), &systems.iter().collect::<Vec<_>>(), weight).len();
    // An article without statements in which nothing was found is right.
    let all = golds.len() + systems.len();
    if all == 0 { 1.0 } else { 2.0 * right as f64 / all as f64 }
}

fn show(article: &Gold, page: &Page, golds: &[Compared], systems: &[Compared], found: &[Finding]) -> String {
    let mut out = String::new();
    let f1 = 100.0 * strict_f1(golds, systems);
    let _ = writeln!(out, "\n{}: gold {}, system {}, strict F1 {f1:.1}", article.id, golds.len(), systems.len());
    for fault in Fault::ALL {
        let of_fault: Vec<&Finding> = found.iter().filter(|finding| finding.fault == fault).collect();
        if of_fault.is_empty() {
            continue;
        }
        let _ = writeln!(out, "  {} ({})", fault.name(), of_fault.len());
        for finding in of_fault {
            if let Some(g) = finding.gold {
                let _ = writeln!(out, "    gold    {}", in_text(page, &golds[g]));
            }
            if let Some(s) = finding.system {
                let _ = writeln!(out, "    system  {}", in_text(page, &systems[s]));
            }
        }
    }
    out
}

/// A statement in its text: `{source}`, `<cue>`, `[content]`.
fn in_text(page: &Page, statement: &Compared) -> String {
    let mut marked: Vec<Marked> = Vec::new();
    for (spans, open, close) in
        [(&statement.source, '{', '}'), (&statement.cue, '<', '>'), (&statement.content, '[', ']')]
    {
        marked.extend(spans.iter().map(|&span| (span, open, close)));
    }
    excerpt::in_text(&page.text, marked)
}
