//! The figures over a corpus, line for line as the project's scorer prints them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::answered::{self, Answered};
use super::judged::{Right, Roles, pairs};
use super::{Gold, Mention, clusters};
use crate::score::Part;
use crate::score::analyses::{Found, System};

/// What figures are shown apart for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Each PLOVER type.
    Type,
    /// Each source of texts.
    Source,
}

/// The figures: over all articles, and for each group that was asked for.
#[derive(Debug)]
pub struct Score {
    all: Figures,
    groups: BTreeMap<String, Figures>,
}

/// Scores analyses; an article that they lack counts as one with nothing found.
pub fn score(gold: &[Gold], system: &System, by: Option<By>) -> Score {
    let nothing = Found::default();
    let mut score = Score { all: Figures::default(), groups: BTreeMap::new() };
    for article in gold {
        let answers = answered::all(system.get(&article.id).unwrap_or(&nothing));
        score.all.add(&article.events, &answers);
        match by {
            None => {}
            Some(By::Source) => {
                score.groups.entry(article.source.clone()).or_default().add(&article.events, &answers);
            }
            Some(By::Type) => score.add_types(article, answers),
        }
    }
    score
}

impl Score {
    fn add_types(&mut self, article: &Gold, answers: Vec<Answered<'_>>) {
        let mut by_type: BTreeMap<String, Vec<Answered<'_>>> = BTreeMap::new();
        for answer in answers {
            by_type.entry(answer.plover.to_owned()).or_default().push(answer);
        }
        let types: BTreeSet<&String> = article.events.iter().map(|event| &event.plover).chain(by_type.keys()).collect();
        for name in types {
            let answers = by_type.get(name).map_or(&[][..], Vec::as_slice);
            self.groups.entry(name.clone()).or_default().add(&of_type(&article.events, name), answers);
        }
    }
}

/// The mentions of one type, which refer to each other as before.
fn of_type(mentions: &[Mention], name: &str) -> Vec<Mention> {
    let kept: Vec<usize> = (0..mentions.len()).filter(|&at| mentions[at].plover == name).collect();
    let place = |same: usize| kept.iter().position(|&at| at == same);
    kept.iter().map(|&at| Mention { same: mentions[at].same.and_then(place), ..mentions[at].clone() }).collect()
}

/// Figures of some articles.
#[derive(Debug, Default)]
struct Figures {
    gold: usize,
    system: usize,
    trigger: usize,
    same_type: usize,
    countries: usize,
    codes: usize,
    root: Part,
    cameo3: Part,
    mode: Part,
    status: Part,
    sector: Part,
    date: Part,
    place: Part,
    date_extra: Part,
    place_extra: Part,
    roles: Roles,
}

impl Figures {
    fn add(&mut self, mentions: &[Mention], answers: &[Answered<'_>]) {
        let clusters = clusters(mentions);
        self.gold += clusters.len();
        self.system += answers.len();
        for pair in pairs(&clusters, answers) {
            self.trigger += 1;
            if pair.is_same_type {
                self.add_right(&Right::new(&clusters[pair.gold], &answers[pair.system]));
            }
        }
    }

    fn add_right(&mut self, right: &Right) {
        self.same_type += 1;
        self.countries += usize::from(right.countries);
        self.codes += usize::from(right.countries && right.cameo3);
        self.root.count(right.root);
        self.cameo3.count(right.cameo3);
        self.mode.count_told(right.mode);
        self.status.count(right.status);
        right.sectors.iter().for_each(|&is_right| self.sector.count(is_right));
        self.date.count_told(right.date);
        self.place.count_told(right.place);
        self.date_extra.count(right.date_extra);
        self.place_extra.count(right.place_extra);
        self.roles.gold += right.roles.gold;
        self.roles.system += right.roles.system;
        self.roles.both += right.roles.both;
    }

    fn write(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{name}: {} events, {} found", self.gold, self.system)?;
        for (name, both) in
            [("trigger", self.trigger), ("type", self.same_type), ("countries", self.countries), ("codes", self.codes)]
        {
            let parts = [(both, self.system), (both, self.gold), (2 * both, self.system + self.gold)];
            let [precision, recall, f1] = parts.map(|(right, of)| Part { of, right }.percent());
            writeln!(f, "  {name:10} P {precision:5.1}  R {recall:5.1}  F1 {f1:5.1}")?;
        }
        let of_parts = [
            ("root", self.root),
            ("cameo3", self.cameo3),
            ("mode", self.mode),
            ("status", self.status),
            ("sector", self.sector),
            ("date", self.date),
            ("place", self.place),
            ("date extra", self.date_extra),
            ("place extra", self.place_extra),
            ("roles", Part { of: self.roles.gold + self.roles.system, right: 2 * self.roles.both }),
        ];
        let shown = of_parts.map(|(name, part)| format!("{name} {:.1}", part.percent()));
        writeln!(f, "  of those with the right type: {}", shown.join("  "))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.write("all", f)?;
        self.groups.iter().try_for_each(|(name, figures)| figures.write(name, f))
    }
}
