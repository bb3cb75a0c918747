//! The measures, article by article, and their sum over a corpus.
//!
//! Every measure gives each gold statement a recall share between 0 and 1 and each system statement a precision share; R and P
//! are their means over the corpus, F1 the harmonic mean. The names are those of the project's scorer:
//!
//! - `cue exact`, `content exact`, `content core` (edge punctuation cut), `full exact`: the same spans;
//! - `cue overlap`, `full overlap`: a visible character in common, each used once;
//! - `content partial`: the share of a content's words that lie in some content of the other side;
//! - `content easy`, `content hard`: GenderGapTracker's test, more than 0.3 (0.8) of the gold characters covered;
//! - `full strict`: half of the content's words both ways (Dice), the cues overlap, the heads of the sources agree;
//! - `speaker`, where gold has speakers: half of the content's words and one of the gold speaker's names;
//! - `span …`: unbroken stretches of each role by themselves, as sequence taggers are scored.

use std::collections::{BTreeMap, BTreeSet};

use super::compared::Compared;
use super::page::{Ends, Kind, Page, Set};
use super::{Gold, System};

/// Least Dice for two contents to be one statement.
pub(super) const SAME_CONTENT: f64 = 0.5;

pub(super) const SPANS: [[&str; 2]; 3] = [
    ["span source exact", "span source begin"],
    ["span cue exact", "span cue begin"],
    ["span content exact", "span content begin"],
];

/// Whose statements a share is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// Gold statements.
    Recall,
    /// System statements.
    Precision,
    /// Pairs of both.
    Pairs,
}

/// A sum of shares and how many they are; `None` for all kinds together.
pub(super) type Table = BTreeMap<(&'static str, Side, Option<Kind>), (f64, f64)>;

/// The figures over a corpus, printed as the project's scorer prints them.
#[derive(Debug)]
pub struct Score(pub(super) Table);

/// Scores a system's answer; an article that it lacks counts as one with nothing found.
pub fn score(gold: &[Gold], system: &System) -> Score {
    let mut total = Table::new();
    for article in gold {
        let page = Page::new(&article.text);
        let (golds, systems) = sides(article, system, &page);
        for (key, (sum, n)) in tally(&golds, &systems) {
            add(&mut total, key, sum, n);
        }
    }
    Score(total)
}

/// Both sides of an article, ready for comparison: gold in the order of the text, the system's outside discarded stretches.
pub(super) fn sides(article: &Gold, system: &System, page: &Page) -> (Vec<Compared>, Vec<Compared>) {
    let mut golds: Vec<Compared> = article.statements.iter().map(|row| Compared::new(row, page)).collect();
    golds.sort_by_key(|statement| statement.content.first().or(statement.cue.first()).copied().unwrap_or_default());
    let dead = page.visible(&page.spans(article.discard.as_ref()));
    let rows = system.get(&article.id).map_or(&[][..], Vec::as_slice);
    let mut systems: Vec<Compared> = rows.iter().map(|row| Compared::new(row, page)).collect();
    systems.retain(|found| found.content_set.is_empty() || !found.content_set.is_within(&dead));
    (golds, systems)
}

fn add(table: &mut Table, key: (&'static str, Side, Option<Kind>), sum: f64, n: f64) {
    let cell = table.entry(key).or_default();
    cell.0 += sum;
    cell.1 += n;
}

/// Pairs one to one, heaviest first; pairs of weight 0 stay apart.
pub(super) fn pair_up(
    golds: &[&Compared],
    systems: &[&Compared],
    weight: impl Fn(&Compared, &Compared) -> f64,
) -> Vec<(usize, usize)> {
    let mut ranked = Vec::new();
    for (g, gold) in golds.iter().enumerate() {
        for (s, system) in systems.iter().enumerate() {
            let weight = weight(gold, system);
            if weight > 0.0 {
                ranked.push((weight, g, s));
            }
        }
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut used_golds, mut used_systems) = (vec![false; golds.len()], vec![false; systems.len()]);
    let mut pairs = Vec::new();
    for (_, g, s) in ranked {
        if !used_golds[g] && !used_systems[s] {
            used_golds[g] = true;
            used_systems[s] = true;
            pairs.push((g, s));
        }
    }
    pairs
}

/// How near two statements are: contents first, then cues, then sources.
pub(super) fn nearness(gold: &Compared, system: &Compared) -> f64 {
    let bonus = |meets: bool, weight: f64| if meets { weight } else { 0.0 };
    gold.dice(system)
        + bonus(gold.cue_set.meets(&system.cue_set), 0.5)
        + bonus(gold.source_set.meets(&system.source_set), 0.25)
        + 1e-6
}

/// Whether two sets meet, or neither holds anything.
pub(super) fn meet_or_both_empty(one: &Set, other: &Set) -> bool {
    one.meets(other) || one.is_empty() && other.is_empty()
}

/// Whether a system statement counts as the gold one by the strict measure.
pub(super) fn is_strict(gold: &Compared, system: &Compared) -> bool {
    gold.dice(system) >= SAME_CONTENT && meet_or_both_empty(&gold.cue_set, &system.cue_set) && gold.same_head(system)
}

fn tally(golds: &[Compared], systems: &[Compared]) -> Table {
    let mut article = Tally { golds: golds.iter().collect(), systems: systems.iter().collect(), table: Table::new() };
    article.statements();
    article.speakers();
    article.pairs_of_content();
    article.spans();
    article.table
}

struct Tally<'s> {
    golds: Vec<&'s Compared>,
    systems: Vec<&'s Compared>,
    table: Table,
}

impl Tally<'_> {
    fn put(&mut self, measure: &'static str, recall: &[f64], precision: &[f64]) {
        for (shares, statements, side) in
            [(recall, &self.golds, Side::Recall), (precision, &self.systems, Side::Precision)]
        {
            for (&share, statement) in shares.iter().zip(statements) {
                add(&mut self.table, (measure, side, None), share, 1.0);
                add(&mut self.table, (measure, side, Some(statement.kind)), share, 1.0);
            }
        }
    }

    fn put_pairs(&mut self, measure: &'static str, pairs: &[(usize, usize)]) {
        let (mut recall, mut precision) = (vec![0.0; self.golds.len()], vec![0.0; self.systems.len()]);
        for &(g, s) in pairs {
            recall[g] = 1.0;
            precision[s] = 1.0;
        }
        self.put(measure, &recall, &precision);
    }

    fn put_test(&mut self, measure: &'static str, test: impl Fn(&Compared, &Compared) -> bool) {
        let weight = |gold: &Compared, system: &Compared| if test(gold, system) { nearness(gold, system) } else { 0.0 };
        let pairs = pair_up(&self.golds, &self.systems, weight);
        self.put_pairs(measure, &pairs);
    }

    fn statements(&mut self) {
        self.put_test("cue exact", |a, b| !a.cue.is_empty() && a.cue == b.cue);
        self.put_test("cue overlap", |a, b| a.cue_set.meets(&b.cue_set));
        self.put_test("content exact", |a, b| !a.content.is_empty() && a.content == b.content);
        self.put_test("content core", |a, b| !a.core.is_empty() && a.core == b.core);
        let (all_gold, all_system) =
            (Set::union(self.golds.iter().map(|g| &g.words)), Set::union(self.systems.iter().map(|s| &s.words)));
        let covered = |statements: &[&Compared], by: &Set| -> Vec<f64> {
            statements.iter().map(|one| quotient(one.words.common(by), one.words.len())).collect()
        };
        let (recall, precision) = (covered(&self.golds, &all_system), covered(&self.systems, &all_gold));
        self.put("content partial", &recall, &precision);
        self.tracker("content easy", "easy speaker", "easy verb", 0.3);
        self.tracker("content hard", "hard speaker", "hard verb", 0.8);
        self.put_test("full overlap", |a, b| {
            a.content_set.meets(&b.content_set)
                && meet_or_both_empty(&a.cue_set, &b.cue_set)
                && meet_or_both_empty(&a.source_set, &b.source_set)
        });
        self.put_test("full strict", is_strict);
        self.put_test("full exact", |a, b| {
            !a.content.is_empty() && a.content == b.content && a.cue == b.cue && a.source == b.source
        });
    }

    /// GenderGapTracker's matching: gold in order, each takes the unused system statement that covers most of it.
    fn tracker(&mut self, measure: &'static str, speaker: &'static str, verb: &'static str, threshold: f64) {
        let mut left: Vec<usize> = (0..self.systems.len()).collect();
        let mut pairs = Vec::new();
        for (g, gold) in self.golds.iter().enumerate() {
            let mut best: Option<(usize, f64)> = None;
            for (place, &s) in left.iter().enumerate() {
                let cover = quotient(gold.content_set.common(&self.systems[s].content_set), gold.content_set.len());
                if cover > threshold && best.is_none_or(|(_, most)| cover > most) {
                    best = Some((place, cover));
                }
            }
            if let Some((place, _)) = best {
                pairs.push((g, left.remove(place)));
            }
        }
        self.put_pairs(measure, &pairs);
        for (g, s) in pairs {
            let (gold, system) = (self.golds[g], self.systems[s]);
            let same_source = meet_or_both_empty(&gold.source_set, &system.source_set);
            add(&mut self.table, (speaker, Side::Pairs, None), truth(same_source), 1.0);
            add(&mut self.table, (verb, Side::Pairs, None), truth(gold.cue_text == system.cue_text), 1.0);
        }
    }

    fn speakers(&mut self) {
        if !self.golds.iter().any(|gold| gold.has_speaker) {
            return;
        }
        let same_content = |a: &Compared, b: &Compared| if a.dice(b) >= SAME_CONTENT { nearness(a, b) } else { 0.0 };
        let paired = pair_up(&self.golds, &self.systems, same_content);
        // Whether the system is right about somebody whom the article never names, gold cannot tell.
        let is_unjudged = |s: usize| paired.iter().any(|&(g, of)| of == s && !self.golds[g].is_named());
        let named: Vec<&Compared> = self.golds.iter().copied().filter(|gold| gold.is_named()).collect();
        let offered =
            self.systems.iter().copied().enumerate().filter(|(s, found)| found.is_named() && !is_unjudged(*s));
        let offered: Vec<&Compared> = offered.map(|(_, found)| found).collect();
        let right = pair_up(&named, &offered, |a, b| if a.same_speaker(b) { same_content(a, b) } else { 0.0 }).len();
        add(&mut self.table, ("speaker", Side::Recall, None), count(right), count(named.len()));
        add(&mut self.table, ("speaker", Side::Precision, None), count(right), count(offered.len()));
    }

    fn pairs_of_content(&mut self) {
        let weight = |a: &Compared, b: &Compared| if a.dice(b) >= SAME_CONTENT { nearness(a, b) } else { 0.0 };
        for (g, s) in pair_up(&self.golds, &self.systems, weight) {
            let (gold, system) = (self.golds[g], self.systems[s]);
            for kind in [None, Some(gold.kind)] {
                let mut put = |share, right| add(&mut self.table, (share, Side::Pairs, kind), truth(right), 1.0);
                put("source exact", gold.source == system.source);
                put("source head", gold.same_head(system));
                put("source overlap", meet_or_both_empty(&gold.source_set, &system.source_set));
                if let Some(said) = &system.said_kind {
                    put("kind accuracy", said == gold.kind.name());
                }
            }
        }
    }

    fn spans(&mut self) {
        let roles: [fn(&Compared) -> &[Ends]; 3] = [|one| &one.source, |one| &one.cue, |one| &one.content];
        for (role, [exact, begin]) in roles.into_iter().zip(SPANS) {
            let of =
                |side: &[&Compared]| -> BTreeSet<Ends> { side.iter().flat_map(|one| role(one)).copied().collect() };
            let (wanted, given) = (of(&self.golds), of(&self.systems));
            let starts = |spans: &BTreeSet<Ends>| -> BTreeSet<Ends> { spans.iter().map(|span| (span.0, 0)).collect() };
            for (name, wanted, given) in [(begin, starts(&wanted), starts(&given)), (exact, wanted, given)] {
                let both = count(wanted.intersection(&given).count());
                add(&mut self.table, (name, Side::Recall, None), both, count(wanted.len()));
                add(&mut self.table, (name, Side::Precision, None), both, count(given.len()));
            }
        }
    }
}

fn truth(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

#[expect(clippy::cast_precision_loss, reason = "counts of words and statements are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

/// A part of a whole; nothing of nothing is 0.
fn quotient(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { count(part) / count(whole) }
}
