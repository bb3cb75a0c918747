//! Errors shown in the text, for people who look for classes of them: the gold event in its sentence above the answer in its own.

use std::fmt::Write as _;

use super::answered::{self, Answered};
use super::judged::{Right, nearest, overlap, pairs};
use super::{Gold, Mention, clusters};
use crate::score::analyses::{Found, System};
use crate::score::excerpt::{Ends, Marked, within};

/// What went wrong, gravest first; an event is listed under its gravest fault alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Missed,
    Invented,
    Type,
    /// The countries of a side.
    Countries,
    /// The first three digits of the CAMEO code.
    Code,
    Status,
    Mode,
    Sector,
    /// Gold has a date or place that the answer has not, or another one.
    When,
    Where,
}

impl Fault {
    const ALL: [Self; 10] = [
        Self::Missed,
        Self::Invented,
        Self::Type,
        Self::Countries,
        Self::Code,
        Self::Status,
        Self::Mode,
        Self::Sector,
        Self::When,
        Self::Where,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Invented => "invented",
            Self::Type => "wrong type",
            Self::Countries => "wrong countries",
            Self::Code => "wrong code",
            Self::Status => "wrong status",
            Self::Mode => "wrong mode",
            Self::Sector => "wrong sector",
            Self::When => "wrong date",
            Self::Where => "wrong place",
        }
    }

    /// The gravest fault of an event with the right type.
    fn of(right: &Right) -> Option<Self> {
        let is_wrong = |told: Option<bool>| told == Some(false);
        [
            (!right.countries, Self::Countries),
            (!right.cameo3, Self::Code),
            (!right.status, Self::Status),
            (is_wrong(right.mode), Self::Mode),
            (right.sectors.contains(&false), Self::Sector),
            (is_wrong(right.date), Self::When),
            (is_wrong(right.place), Self::Where),
        ]
        .into_iter()
        .find_map(|(is_so, fault)| is_so.then_some(fault))
    }
}

/// A fault and where it is.
struct Finding<'a> {
    fault: Fault,
    gold: Option<&'a Mention>,
    /// How many mentions the gold event has.
    n_mentions: usize,
    system: Option<&'a Answered<'a>>,
}

/// Shows the errors of the `n` articles with the lowest F1 of events with the right type and countries, of equals those with more faults, after a line
/// of counts over all articles. In a sentence: `<trigger>`, `{actor}`, `[recipient]`.
pub fn errors(gold: &[Gold], system: &System, n: usize) -> String {
    let nothing = Found::default();
    let mut pages = Vec::new();
    let mut counts = [0; Fault::ALL.len()];
    for article in gold {
        let answers = answered::all(system.get(&article.id).unwrap_or(&nothing));
        let clusters = clusters(&article.events);
        let (found, right) = findings(&clusters, &answers);
        for finding in &found {
            counts[finding.fault as usize] += 1;
        }
        let all = clusters.len() + answers.len();
        if !found.is_empty() {
            let title = format!(
                "{}: gold {}, system {}, {right} with the right type and countries",
                article.id,
                clusters.len(),
                answers.len()
            );
            pages.push((2 * right, all, found.len(), title + "\n" + &show(article, &found)));
        }
    }
    // The fraction, compared without dividing.
    pages.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)).then(b.2.cmp(&a.2)));
    let counts: Vec<String> =
        Fault::ALL.iter().zip(counts).map(|(fault, count)| format!("{} {count}", fault.name())).collect();
    let mut out = format!("faults: {}\n", counts.join(", "));
    for (.., page) in pages.iter().take(n) {
        let _ = write!(out, "\n{page}");
    }
    out
}

/// The faults of an article in order, and how many events have the right type and countries.
fn findings<'a>(clusters: &[Vec<&'a Mention>], answers: &'a [Answered<'a>]) -> (Vec<Finding<'a>>, usize) {
    let pairs = pairs(clusters, answers);
    let mut n_right = 0;
    let mut found = Vec::new();
    for pair in &pairs {
        let (cluster, answer) = (&clusters[pair.gold], &answers[pair.system]);
        let right = pair.is_same_type.then(|| Right::new(cluster, answer));
        n_right += usize::from(right.as_ref().is_some_and(|right| right.countries));
        if let Some(fault) = right.as_ref().map_or(Some(Fault::Type), Fault::of) {
            let gold = Some(nearest(cluster, answer));
            found.push(Finding { fault, gold, n_mentions: cluster.len(), system: Some(answer) });
        }
    }
    for (_, cluster) in clusters.iter().enumerate().filter(|(at, _)| !pairs.iter().any(|pair| pair.gold == *at)) {
        found.push(Finding {
            fault: Fault::Missed,
            gold: cluster.first().copied(),
            n_mentions: cluster.len(),
            system: None,
        });
    }
    for (_, answer) in answers.iter().enumerate().filter(|(at, _)| !pairs.iter().any(|pair| pair.system == *at)) {
        found.push(Finding { fault: Fault::Invented, gold: None, n_mentions: 0, system: Some(answer) });
    }
    let place =
        |finding: &Finding<'_>| finding.gold.map(|gold| gold.trigger).or(finding.system.map(|system| system.spans[0]));
    found.sort_by_key(|finding| (finding.fault, place(finding)));
    (found, n_right)
}

fn show(article: &Gold, found: &[Finding<'_>]) -> String {
    let text: Vec<char> = article.text.chars().collect();
    let mut out = String::new();
    for fault in Fault::ALL {
        let of_fault: Vec<_> = found.iter().filter(|finding| finding.fault == fault).collect();
        if of_fault.is_empty() {
            continue;
        }
        let _ = writeln!(out, "  {} ({})", fault.name(), of_fault.len());
        for finding in of_fault {
            if let Some(gold) = finding.gold {
                let again =
                    if finding.n_mentions > 1 { format!("  ({} mentions)", finding.n_mentions) } else { String::new() };
                let _ = writeln!(out, "    gold    {}{again}", gold_codes(gold));
                let parties = sides(gold.actors.iter().map(|x| x.span), gold.recipients.iter().map(|x| x.span));
                let _ = writeln!(out, "            {}", in_sentence(article, &text, gold.trigger, parties));
            }
            if let Some(system) = finding.system {
                let _ = writeln!(out, "    system  {}", system_codes(system));
                let at = finding.gold.map_or(system.spans[0], |gold| nearest_span(system, gold.trigger));
                let parties = sides(
                    system.actors.iter().filter_map(|party| party.0),
                    system.recipients.iter().filter_map(|party| party.0),
                );
                let _ = writeln!(out, "            {}", in_sentence(article, &text, at, parties));
            }
        }
    }
    out
}

/// The mention of an answer that is the gold one's.
fn nearest_span(answer: &Answered<'_>, trigger: Ends) -> Ends {
    answer.spans.iter().copied().rev().max_by_key(|&span| overlap(span, trigger)).unwrap_or(trigger)
}

fn sides(actors: impl Iterator<Item = Ends>, recipients: impl Iterator<Item = Ends>) -> Vec<Marked> {
    let actors = actors.map(|span| (span, '{', '}'));
    actors.chain(recipients.map(|span| (span, '[', ']'))).collect()
}

/// A trigger with the parties in its sentence.
fn in_sentence(article: &Gold, text: &[char], trigger: Ends, mut marks: Vec<Marked>) -> String {
    let sentence = article.sentences.iter().copied().find(|&sentence| overlap(sentence, trigger) > 0);
    let sentence = sentence.map_or(trigger, |(start, end)| (start.min(trigger.0), end.max(trigger.1)));
    marks.push((trigger, '<', '>'));
    within(text, sentence, marks)
}

fn gold_codes(gold: &Mention) -> String {
    let codes = |parties: &[super::Party]| codes(parties.iter().map(|party| party.code.as_str()));
    let what = what(&gold.plover, gold.mode(), &gold.cameo, Some(&gold.status));
    format!("{what}  {} -> {}{}", codes(&gold.actors), codes(&gold.recipients), told(gold.date, gold.place))
}

fn system_codes(answer: &Answered<'_>) -> String {
    let codes = |parties: &[(Option<Ends>, &str)]| codes(parties.iter().map(|party| party.1));
    let what = what(answer.plover, answer.mode, answer.cameo, answer.status);
    format!("{what}  {} -> {}{}", codes(&answer.actors), codes(&answer.recipients), told(answer.date, answer.place))
}

fn what(plover: &str, mode: Option<&str>, cameo: &str, status: Option<&str>) -> String {
    let parts = [Some(plover), mode, Some(cameo), status].into_iter().flatten();
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn codes<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    let codes = codes.map(|code| if code.is_empty() { "---" } else { code }).collect::<Vec<_>>().join(" ");
    if codes.is_empty() { "nobody".to_owned() } else { codes }
}

/// That there is a date or a place.
fn told(date: Option<Ends>, place: Option<Ends>) -> String {
    let told = [("date", date), ("place", place)]
        .map(|(name, span)| span.map_or_else(String::new, |(start, end)| format!("  {name} @{start}-{end}")));
    told.concat()
}
