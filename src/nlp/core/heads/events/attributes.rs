//! What a trigger says of its event: code, mode, status, background, contexts; and what a party's words say of its sector.
//!
//! Codes and modes are chosen among those of the trigger's type: which code belongs to which type is known from `data/ontology`.

use std::ops::Range;

use super::facts::Facts;
use crate::nlp::core::decode::argmax;
use crate::nlp::core::encoder::elementwise::exp;
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::core::heads::sparse::Listed;
use crate::nlp::model_file::{ModelError, ModelFile, vector};
use crate::nlp::ontology::Ontology;
use crate::text::{Context, Contexts, EventMention, EventStatus, EventType, Mode, Sector};

/// Label for "no mode" and "no sector".
const NONE: &str = "";

/// The attributes and where their scores stand.
#[derive(Debug)]
pub(super) struct Attributes {
    linear: Linear,
    /// Of each type: its codes with their columns, and the code for an event of which no listed one is known.
    codes: Vec<(Vec<(usize, &'static str)>, &'static str)>,
    /// Of each type: its modes with their columns, none of them among them.
    modes: Vec<Vec<(usize, Option<Mode>)>>,
    statuses: Vec<EventStatus>,
    /// Where the statuses stand.
    status_columns: Range<usize>,
    historical: usize,
    contexts: Vec<Context>,
    /// What sparse features over the tree say besides.
    listed: Option<Listed>,
    /// What the layers' scores weigh beside these, by column.
    share: Vec<f32>,
}

/// What a trigger says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) cameo: &'static str,
    pub(super) mode: Option<Mode>,
    pub(super) status: EventStatus,
    pub(super) status_probability: f32,
    pub(super) historical: bool,
    pub(super) contexts: Contexts,
}

impl Attributes {
    /// Reads `event.attribute` and the labels of its columns; `inputs` numbers are said of a trigger.
    pub(super) fn read(file: &ModelFile, inputs: usize) -> Result<Self, ModelError> {
        let linear = Linear::read(file, "event.attribute", inputs)?;
        let section = file.required("event.attribute.weight")?;
        let labels = |name: &str| file.labels(name);
        let (cameo, mode) = (labels("cameo")?, labels("mode")?);
        let statuses = parsed::<EventStatus>(labels("status")?)?;
        let contexts = parsed::<Context>(labels("context")?)?;
        let first_mode = cameo.len();
        let first_status = first_mode + mode.len();
        let historical = first_status + statuses.len();
        let n_columns = historical + 1 + contexts.len();
        if linear.outputs() != n_columns || statuses.is_empty() {
            let problem = format!("{n_columns} rows expected by its labels, {} found", linear.outputs());
            return Err(section.wrong(problem));
        }
        let ontology = Ontology::embedded();
        let mut codes = Vec::new();
        let mut modes = Vec::new();
        for &event_type in EventType::ALL {
            codes.push((Vec::new(), ontology.root_of(event_type)));
            modes.push(Vec::new());
        }
        for (column, label) in cameo.iter().enumerate() {
            // `TYPE/CODE` where a code goes with a type that is not its own by the table.
            let (event_type, code) =
                label.split_once('/').map_or((None, label.as_str()), |(of, code)| (Some(of), code));
            let (code, entry) =
                ontology.entry(code).ok_or_else(|| section.wrong(format!("no CAMEO code is {label:?}")))?;
            let event_type = event_type.map(str::parse).transpose()?.or(entry.plover_type);
            if let Some(event_type) = event_type {
                codes[event_type as usize].0.push((column, code));
            }
        }
        for (column, label) in (first_mode..).zip(mode) {
            if label == NONE {
                modes.iter_mut().for_each(|modes| modes.push((column, None)));
                continue;
            }
            let unknown = || section.wrong(format!("no type has a mode {label:?}"));
            let (event_type, mode) = label.split_once('/').ok_or_else(unknown)?;
            let (event_type, mode) = (event_type.parse::<EventType>()?, mode.parse::<Mode>()?);
            if !ontology.has_mode(event_type, mode) {
                return Err(unknown());
            }
            modes[event_type as usize].push((column, Some(mode)));
        }
        let status_columns = first_status..historical;
        let listed = Listed::read(file, "event.attribute.signs", n_columns)?;
        let share = if listed.is_some() { vector(file, "event.attribute.share", n_columns)? } else { Vec::new() };
        Ok(Self { linear, codes, modes, statuses, status_columns, historical, contexts, listed, share })
    }

    /// Scores what is said of some triggers.
    pub(super) fn score(&self, triggers: Matrix<'_>, scores: &mut Vec<f32>) {
        self.linear.apply(triggers, scores);
    }

    /// What a trigger says, by its place among those that were scored, and by the tree of its sentence.
    pub(super) fn of(&self, scores: &[f32], place: usize, mention: &EventMention, facts: Option<&Facts<'_>>) -> Said {
        let event_type = mention.event_type;
        let mut row = scores[place * self.linear.outputs()..][..self.linear.outputs()].to_vec();
        if let (Some(listed), Some(facts)) = (&self.listed, facts) {
            row.iter_mut().zip(&self.share).for_each(|(score, share)| *score *= share);
            let mut keys = Vec::new();
            facts.of_trigger(&facts.trigger(mention.tokens, event_type), &mut keys);
            listed.say(&keys, &mut row);
        }
        let row = &row[..];
        let (codes, root) = &self.codes[event_type as usize];
        let statuses = &row[self.status_columns.clone()];
        let best = argmax(statuses);
        let total: f32 = statuses.iter().map(|score| exp(score - statuses[best])).sum();
        let mut contexts = Contexts::default();
        for (context, score) in self.contexts.iter().zip(&row[self.historical + 1..]) {
            if *score > 0.0 {
                contexts.insert(*context);
            }
        }
        Said {
            cameo: best_of(codes, row).unwrap_or(root),
            mode: best_of(&self.modes[event_type as usize], row).flatten(),
            status: self.statuses[best],
            status_probability: 1.0 / total,
            historical: row[self.historical] > 0.0,
            contexts,
        }
    }
}

/// The label with the highest score among some columns, the first of equals.
fn best_of<L: Copy>(columns: &[(usize, L)], row: &[f32]) -> Option<L> {
    let best = columns.iter().copied().reduce(|best, next| if row[next.0] > row[best.0] { next } else { best });
    best.map(|(_, label)| label)
}

fn parsed<L: std::str::FromStr<Err = crate::text::UnknownLabel>>(labels: &[String]) -> Result<Vec<L>, ModelError> {
    Ok(labels.iter().map(|label| label.parse()).collect::<Result<_, _>>()?)
}

/// The sectors of parties.
#[derive(Debug)]
pub(super) struct Sectors {
    linear: Linear,
    labels: Vec<Option<Sector>>,
}

impl Sectors {
    /// Reads `event.sector`; `inputs` numbers are said of a party.
    pub(super) fn read(file: &ModelFile, inputs: usize) -> Result<Self, ModelError> {
        let linear = Linear::read(file, "event.sector", inputs)?;
        let label = |label: &String| if label == NONE { Ok(None) } else { label.parse().map(Some) };
        let labels = file.labels("sector")?.iter().map(label).collect::<Result<Vec<_>, _>>()?;
        if linear.outputs() != labels.len() || labels.is_empty() {
            let problem = format!("{} rows expected by its labels, {} found", labels.len(), linear.outputs());
            return Err(file.required("event.sector.weight")?.wrong(problem));
        }
        Ok(Self { linear, labels })
    }

    /// Scores what is said of some parties.
    pub(super) fn score(&self, parties: Matrix<'_>, scores: &mut Vec<f32>) {
        self.linear.apply(parties, scores);
    }

    /// The sector of a party, by its place among those that were scored, and how probable it is.
    pub(super) fn of(&self, scores: &[f32], party: usize) -> (Option<Sector>, f32) {
        let row = &scores[party * self.labels.len()..][..self.labels.len()];
        let best = argmax(row);
        let total: f32 = row.iter().map(|score| exp(score - row[best])).sum();
        (self.labels[best], 1.0 / total)
    }
}
