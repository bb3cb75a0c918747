//! Errors shown in the text, for people who look for classes of them: the gold attribution or mention in its sentence, and what was answered.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::judged::{Judged, Right, mentions_nearby, overlap, speakers};
use super::{Attribution, Entity, Gold};
use crate::score::analyses::{Found, FoundEntity, FoundSpeaker, System};
use crate::score::excerpt::{Ends, Marked, cut, within};

/// What went wrong, in the order in which it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    StatementMissed,
    SpeakerName,
    SpeakerCountry,
    MentionMissed,
    MentionCountry,
    MentionSector,
    /// The mentions of one gold entity are several of the system's.
    ChainSplit,
    /// One of the system's entities has mentions of several gold ones.
    ChainMerged,
}

impl Fault {
    const ALL: [Self; 8] = [
        Self::StatementMissed,
        Self::SpeakerName,
        Self::SpeakerCountry,
        Self::MentionMissed,
        Self::MentionCountry,
        Self::MentionSector,
        Self::ChainSplit,
        Self::ChainMerged,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::StatementMissed => "statement missed",
            Self::SpeakerName => "wrong speaker's name",
            Self::SpeakerCountry => "wrong speaker's country",
            Self::MentionMissed => "mention missed",
            Self::MentionCountry => "wrong country of a mention",
            Self::MentionSector => "wrong sector of a mention",
            Self::ChainSplit => "split entity",
            Self::ChainMerged => "merged entities",
        }
    }
}

/// An article's faults, each with its lines.
struct Page<'a> {
    gold: &'a Gold,
    found: &'a Found,
    text: Vec<char>,
    faults: Vec<(Fault, Vec<String>)>,
}

/// Shows the errors of the `n` articles with the lowest share of right attributions and mentions, of equals those with more faults, after a line of
/// counts over all articles. In a sentence: {mention of the gold speaker}, <cue>, [the answer's source].
pub fn errors(gold: &[Gold], system: &System, n: usize) -> String {
    let nothing = Found::default();
    let mut pages = Vec::new();
    let mut counts = [0; Fault::ALL.len()];
    for article in gold {
        let found = system.get(&article.id).unwrap_or(&nothing);
        let mut page = Page { gold: article, found, text: article.text.chars().collect(), faults: Vec::new() };
        let judged = Judged::new(article, &page.text, found);
        page.list_attributions(&judged);
        page.list_mentions(&judged);
        page.list_chains(&judged);
        page.faults.sort_by_key(|fault| fault.0);
        for (fault, _) in &page.faults {
            counts[*fault as usize] += 1;
        }
        let (right, all) = n_right(&judged);
        pages.push((right, all, page));
    }
    // The fraction, compared without dividing.
    pages.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)).then(b.2.faults.len().cmp(&a.2.faults.len())));
    let counts: Vec<String> =
        Fault::ALL.iter().zip(counts).map(|(fault, count)| format!("{} {count}", fault.name())).collect();
    let mut out = format!("faults: {}\n", counts.join(", "));
    for (right, all, page) in pages.iter().take(n) {
        let _ = writeln!(out, "\n{}: {right} of {all} attributions and mentions right", page.gold.id);
        page.show(&mut out);
    }
    out
}

/// Attributions with the right speaker and mentions with the right state, and how many of both there are.
fn n_right(judged: &Judged<'_>) -> (usize, usize) {
    let is_right = |right: &&Right| right.name && right.country;
    let attributions = judged.attributions.iter().flatten().filter(is_right).count();
    let mentions = judged.mentions.iter().filter(|mention| mention.owner.is_some() && mention.country).count();
    (attributions + mentions, judged.attributions.len() + judged.mentions.len())
}

impl Page<'_> {
    fn list_attributions(&mut self, judged: &Judged<'_>) {
        for (attribution, right) in self.gold.statements.iter().zip(&judged.attributions) {
            let said = right.as_ref().map(|right| &judged.said[right.answer]);
            let fault = match right {
                None => Fault::StatementMissed,
                Some(right) if !right.name => Fault::SpeakerName,
                Some(right) if !right.country => Fault::SpeakerCountry,
                Some(_) => continue,
            };
            let source = said.and_then(|said| said.source);
            let mut lines = vec![self.sentence_of(attribution, source)];
            let gold: Vec<String> = speakers(self.gold, attribution).into_iter().map(described).collect();
            lines.push(format!("  gold    {}", gold.join("; or ")));
            if let Some(said) = said {
                lines.push(format!("  system  {}", said.speaker.map_or_else(|| "nobody".to_owned(), answered)));
                // The source stands in another sentence, where the brackets do not show it.
                let (first, end) = self.gold.sentences[attribution.sentence];
                if let Some((from, to)) = source.filter(|source| source.0 < first || source.1 > end) {
                    lines.push(format!("  source  @{from} [{}]", cut(&self.text[from..to])));
                }
            }
            self.faults.push((fault, lines));
        }
    }

    fn list_mentions(&mut self, judged: &Judged<'_>) {
        for mention in &judged.mentions {
            let fault = match (mention.owner, mention.sector) {
                (None, _) => Fault::MentionMissed,
                (Some(_), _) if !mention.country => Fault::MentionCountry,
                (Some(_), Some(false)) => Fault::MentionSector,
                (Some(_), _) => continue,
            };
            let mut lines = vec![self.around(mention.ends)];
            lines.push(format!("  gold    {}", described(&self.gold.entities[mention.entity])));
            if let Some(owner) = mention.owner {
                lines.push(format!("  system  {}", found_described(&self.found.entities()[owner])));
            }
            self.faults.push((fault, lines));
        }
    }

    fn list_chains(&mut self, judged: &Judged<'_>) {
        let (mut owners, mut owned) = (BTreeMap::<usize, Vec<_>>::new(), BTreeMap::<usize, Vec<_>>::new());
        for mention in &judged.mentions {
            let Some(owner) = mention.owner else { continue };
            owners.entry(mention.entity).or_default().push((owner, mention.ends));
            owned.entry(owner).or_default().push((mention.entity, mention.ends));
        }
        for (entity, parts) in owners {
            let who = |owner: usize| found_described(&self.found.entities()[owner]);
            let title = format!("gold    {}", described(&self.gold.entities[entity]));
            if let Some(lines) = self.parts(title, "system", &parts, who) {
                self.faults.push((Fault::ChainSplit, lines));
            }
        }
        for (owner, parts) in owned {
            let who = |entity: usize| described(&self.gold.entities[entity]);
            let title = format!("system  {}", found_described(&self.found.entities()[owner]));
            if let Some(lines) = self.parts(title, "gold", &parts, who) {
                self.faults.push((Fault::ChainMerged, lines));
            }
        }
    }

    /// What a chain falls into on the other side, if it is more than one part: the mentions of each.
    fn parts(
        &self,
        title: String,
        side: &str,
        parts: &[(usize, Ends)],
        who: impl Fn(usize) -> String,
    ) -> Option<Vec<String>> {
        let mut by_part = BTreeMap::<usize, Vec<String>>::new();
        for &(part, (start, end)) in parts {
            by_part.entry(part).or_default().push(format!("@{start} {}", cut(&self.text[start..end])));
        }
        let lines =
            by_part.iter().map(|(&part, mentions)| format!("  {side:7} {}: {}", who(part), mentions.join(", ")));
        (by_part.len() > 1).then(|| std::iter::once(title).chain(lines).collect())
    }

    /// The sentence of an attribution.
    fn sentence_of(&self, attribution: &Attribution, source: Option<Ends>) -> String {
        let near = mentions_nearby(self.gold, attribution).into_iter().map(|mention| (mention, '{', '}'));
        let mut marks: Vec<Marked> = near.chain([(attribution.cue, '<', '>')]).collect();
        marks.extend(source.map(|source| (source, '[', ']')));
        within(&self.text, self.gold.sentences[attribution.sentence], marks)
    }

    /// A mention in its sentence.
    fn around(&self, mention: Ends) -> String {
        let sentence = self.gold.sentences.iter().copied().find(|&sentence| overlap(sentence, mention) > 0);
        within(&self.text, sentence.unwrap_or(mention), vec![(mention, '{', '}')])
    }

    fn show(&self, out: &mut String) {
        for fault in Fault::ALL {
            let of_fault: Vec<_> = self.faults.iter().filter(|listed| listed.0 == fault).collect();
            if of_fault.is_empty() {
                continue;
            }
            let _ = writeln!(out, "  {} ({})", fault.name(), of_fault.len());
            for line in of_fault.iter().flat_map(|listed| &listed.1) {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
}

/// A gold entity in a line: name, kind, state, sector, role.
fn described(entity: &Entity) -> String {
    let kind = Some(entity.kind.name());
    line([entity.name.as_deref(), kind, entity.country.as_deref(), entity.sector.as_deref(), entity.role.as_deref()])
}

/// A system's entity, likewise.
fn found_described(entity: &FoundEntity) -> String {
    let [name, kind] = [&entity.name, &entity.kind].map(Option::as_deref);
    line([name, kind, entity.country.as_deref(), entity.sector.as_deref(), None])
}

/// A system's speaker, likewise.
fn answered(speaker: &FoundSpeaker) -> String {
    line([speaker.name.as_deref(), None, speaker.country.as_deref(), None, speaker.role.as_deref()])
}

/// Name, kind, state and sector with a dash for what is absent; the role only where there is one.
fn line([name, kind, country, sector, role]: [Option<&str>; 5]) -> String {
    let parts = [name, kind, country, sector].map(|part| part.unwrap_or("-"));
    let role = role.map_or_else(String::new, |role| format!(", {role}"));
    format!("{}{role}", parts.join(" | "))
}
