//! The small network that says whose state an entity is of and which sector it belongs to, from `models/who.model` (`training/entities.py`; "Who is who"
//! in `docs/model-format.md`).
//!
//! Both questions hear the entity's words (`sectors`) as the sum of their features' vectors. A candidate country is heard by its evidence (`states`), beside the
//! strongest piece of each kind that any candidate has: what speaks for one speaks against the others.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr as _;

use crate::finding::Sector;
use crate::nlp::hashing::{EMPTY_HASH, fnv1a};
use crate::nlp::model_file::{Hashes, ModelBytes, ModelError, ModelFile, Rows, numbers, vector};

use super::class::Class;
use super::evidence::StateEvidence;
use super::scorer::{Evidence as _, Found};

/// The file that is built in.
pub(crate) static NETWORK: &[u8] = include_bytes!("../../../models/who.model");

/// The weights. Matrices have a row for each input: most inputs are nothing.
#[derive(Debug)]
pub(crate) struct Network {
    hashes: Hashes,
    /// By feature: its vector, and what it says of each sector by itself.
    features: Rows,
    bias: Vec<f32>,
    /// By class, what is added to the sum of the vectors.
    classes: Vec<Vec<f32>>,
    /// By class and evidence, what it says by itself.
    evidence: Vec<Vec<f32>>,
    /// By piece of evidence, its place among the inputs.
    inputs: Vec<usize>,
    n_inputs: usize,
    countries: HashMap<String, Vec<f32>>,
    state: Layer,
    state_out: Vec<f32>,
    sectors: Vec<Option<Sector>>,
    sector: Layer,
    sector_out: Layer,
}

/// A projection with a row for each input.
#[derive(Debug)]
struct Layer {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

/// The words of an entity.
#[derive(Debug)]
pub(super) struct Heard {
    sum: Vec<f32>,
    said: Vec<f32>,
}

/// A candidate country with all that speaks for it.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    /// Its code; nothing of no country.
    pub(super) code: Option<&'a str>,
    pub(super) evidence: Found<StateEvidence>,
}

impl Layer {
    fn read(file: &ModelFile, name: &str, n_inputs: usize) -> Result<Self, ModelError> {
        let bias = numbers(file, &format!("{name}.bias"))?;
        let weight = numbers(file, &format!("{name}.weight"))?;
        if weight.len() != n_inputs * bias.len() {
            let problem = format!("{n_inputs} rows of {} numbers expected", bias.len());
            return Err(file.required(&format!("{name}.weight"))?.wrong(problem));
        }
        Ok(Self { weight, bias })
    }

    fn row(&self, input: usize) -> &[f32] {
        &self.weight[input * self.bias.len()..][..self.bias.len()]
    }

    /// Adds inputs that stand side by side from one on.
    fn add(&self, from: usize, inputs: &[f32], sum: &mut [f32]) {
        for (place, &input) in inputs.iter().enumerate().filter(|(_, input)| **input != 0.0) {
            sum.iter_mut().zip(self.row(from + place)).for_each(|(sum, weight)| *sum += input * weight);
        }
    }
}

impl Network {
    /// The one that is built in.
    ///
    /// # Errors
    /// If it does not fit this program, which a test would show.
    pub(crate) fn load() -> Result<Self, ModelError> {
        let file = ModelFile::parse(ModelBytes::Embedded(NETWORK))?;
        let hashes = Hashes::read(&file, "who.features.hash")?;
        let features = Rows::read(&file, "who.features.weight")?;
        let bias = numbers(&file, "who.bias")?;
        let (kinds, names) = (file.labels("kind")?, file.labels("evidence")?);
        let place = |all: &[String], name: &str, what: &str| {
            let missing = || ModelError::Missing(format!("{what} {name}"));
            all.iter().position(|known| known == name).ok_or_else(missing)
        };
        let by_class = |name: &str, width: usize| -> Result<Vec<Vec<f32>>, ModelError> {
            let all = vector(&file, name, kinds.len() * width)?;
            let of = |class: &&str| Ok(all[place(kinds, class, "class")? * width..][..width].to_vec());
            Class::NAMES.iter().map(of).collect()
        };
        let inputs = StateEvidence::ALL.iter().map(|evidence| place(names, evidence.name(), "evidence"));
        let codes = file.labels("country")?;
        let of_countries = numbers(&file, "who.country")?;
        let width = of_countries.len() / codes.len().max(1);
        let countries = codes.iter().cloned().zip(of_countries.chunks_exact(width.max(1)).map(<[f32]>::to_vec));
        let state = Layer::read(&file, "who.state.hidden", 2 * names.len() + bias.len() + width)?;
        let sector_of = |name: &String| match name.as_str() {
            "-" => Ok(None),
            name => Sector::from_str(name).map(Some).map_err(|_| ModelError::Missing(format!("sector {name}"))),
        };
        let sectors = file.labels("sector")?.iter().map(sector_of).collect::<Result<Vec<_>, _>>()?;
        let sector = Layer::read(&file, "who.sector.hidden", bias.len())?;
        if features.width != bias.len() + sectors.len() || features.len() != hashes.len() || !features.is_i8() {
            let problem = format!("{} rows of {} numbers in i8 expected", hashes.len(), bias.len() + sectors.len());
            return Err(file.required("who.features.weight")?.wrong(problem));
        }
        Ok(Self {
            classes: by_class("who.kind", bias.len())?,
            evidence: by_class("who.evidence", names.len())?,
            inputs: inputs.collect::<Result<_, _>>()?,
            n_inputs: names.len(),
            countries: countries.collect(),
            state_out: vector(&file, "who.state.out", state.bias.len())?,
            sector_out: Layer::read(&file, "who.sector.out", sector.bias.len())?,
            hashes,
            features,
            bias,
            state,
            sectors,
            sector,
        })
    }

    /// Hears the features of an entity's words.
    pub(super) fn hear(&self, features: &BTreeSet<String>) -> Heard {
        let mut row = self.bias.clone();
        row.resize(self.features.width, 0.0);
        let known = features.iter().filter_map(|feature| self.hashes.find(fnv1a(feature.as_bytes(), EMPTY_HASH)));
        known.for_each(|place| self.features.add(place, &mut row));
        let said = row.split_off(self.bias.len());
        Heard { sum: row, said }
    }

    /// The likeliest sector; none is an answer.
    pub(super) fn sector(&self, heard: &Heard) -> Option<Sector> {
        let words: Vec<f32> = heard.sum.iter().map(|sum| sum.max(0.0)).collect();
        let mut hidden = self.sector.bias.clone();
        self.sector.add(0, &words, &mut hidden);
        hidden.iter_mut().for_each(|hidden| *hidden = hidden.max(0.0));
        let mut scores = self.sector_out.bias.clone();
        self.sector_out.add(0, &hidden, &mut scores);
        scores.iter_mut().zip(&heard.said).for_each(|(score, said)| *score += said);
        // The first of equals.
        let best = (1..scores.len()).fold(0, |best, at| if scores[at] > scores[best] { at } else { best });
        self.sectors[best]
    }

    /// The score of each candidate.
    pub(super) fn states(&self, class: Class, heard: &Heard, asked: &[Asked<'_>]) -> Vec<f32> {
        let common = self.common(class, heard, asked);
        asked.iter().map(|candidate| self.hidden(class, &common, candidate).1).collect()
    }

    /// What each piece of a candidate's evidence adds to its score, the others given: how the score changes with its strength.
    pub(super) fn weights(&self, class: Class, heard: &Heard, asked: &[Asked<'_>], candidate: usize) -> Vec<f32> {
        let common = self.common(class, heard, asked);
        let (hidden, _) = self.hidden(class, &common, &asked[candidate]);
        let each = asked[candidate].evidence.iter().map(|&(evidence, strength)| {
            let input = self.inputs[evidence.index()];
            let row = self.state.row(input).iter().zip(&self.state_out).zip(&hidden);
            let through: f32 = row.filter(|(_, hidden)| **hidden > 0.0).map(|((weight, out), _)| weight * out).sum();
            strength * (self.evidence[class as usize][input] + through)
        });
        each.collect()
    }

    /// What the hidden layer hears for all candidates alike: the words, and the strongest evidence of each kind.
    fn common(&self, class: Class, heard: &Heard, asked: &[Asked<'_>]) -> Vec<f32> {
        let mut largest = vec![0.0_f32; self.n_inputs];
        for &(evidence, strength) in asked.iter().flat_map(|candidate| &candidate.evidence) {
            let largest = &mut largest[self.inputs[evidence.index()]];
            *largest = largest.max(strength);
        }
        let of_class = &self.classes[class as usize];
        let words: Vec<f32> = heard.sum.iter().zip(of_class).map(|(sum, class)| (sum + class).max(0.0)).collect();
        let mut sum = self.state.bias.clone();
        self.state.add(self.n_inputs, &largest, &mut sum);
        self.state.add(2 * self.n_inputs, &words, &mut sum);
        sum
    }

    /// The hidden layer of a candidate, and its score.
    fn hidden(&self, class: Class, common: &[f32], candidate: &Asked<'_>) -> (Vec<f32>, f32) {
        let mut hidden = common.to_vec();
        let mut score = 0.0;
        for &(evidence, strength) in &candidate.evidence {
            let input = self.inputs[evidence.index()];
            hidden.iter_mut().zip(self.state.row(input)).for_each(|(sum, weight)| *sum += strength * weight);
            score += strength * self.evidence[class as usize][input];
        }
        if let Some(country) = candidate.code.and_then(|code| self.countries.get(code)) {
            self.state.add(2 * self.n_inputs + self.bias.len(), country, &mut hidden);
        }
        hidden.iter_mut().for_each(|hidden| *hidden = hidden.max(0.0));
        score += hidden.iter().zip(&self.state_out).map(|(hidden, out)| hidden * out).sum::<f32>();
        (hidden, score)
    }
}
