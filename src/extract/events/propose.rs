//! From the head's triggers to events, each mention by itself: code, parties, date, place, status, and the statement it stands in.

use crate::extract::dates::{self, Tense};
use crate::extract::places;
use crate::extract::reading::Reading;
use crate::extract::statements::{Holders, datelines};
use crate::finding::{Actor, Event, EventDate, EventStatus, Precision, Statement};
use crate::nlp::Ontology;
use crate::text::{Deprel, EventLink, EventMention, EventMentions, EventType, LinkRole, Mode, TokenRange};

use super::confidence::Features;
use super::parties;
use super::unreal;

/// Days before the article beyond which a day or a month is background.
const LONG_AGO: i32 = 180;

/// CAMEO codes of CONSULT that have a side that acts: making a visit, hosting one, mediating.
const DIRECTED_TALKS: [&str; 3] = ["042", "043", "045"];

/// How sure the head must be of a status for the statement around not to count (measured on the event corpus's dev part: with the statement counting always
/// 92.2 of 100 are right, never 94.5).
const SURE: f32 = 0.7;

/// A mention of an event: the event as this mention alone tells it.
#[derive(Debug)]
pub(super) struct Told {
    /// Index in the layer.
    pub(super) mention: usize,
    pub(super) event: Event,
}

/// The events of the story, a mention each, in the order of the text.
pub(super) fn mentions(reading: &Reading<'_, '_>, layer: &EventMentions, statements: &[Statement]) -> Vec<Told> {
    let doc = reading.words.doc;
    let holders = Holders::of(doc.tokens.len(), statements);
    let datelines = datelines(reading);
    let each = layer.mentions.iter().enumerate().filter_map(|(number, mention)| {
        let sentence = doc.sentence_of(mention.tokens.start as usize);
        let is_none = is_called_off(reading, layer, mention) || unreal::is_considered(doc, mention);
        if !reading.is_story(sentence) || is_none {
            return None;
        }
        let links = layer.links_of(number);
        let side = |role| parties::of_role(reading, layer, &datelines, links, mention.tokens, role);
        let (mut actors, mut recipients) = (side(LinkRole::Actor), side(LinkRole::Recipient));
        let statement = holders.around(mention.tokens);
        // Who tells of the deeds of others has no part in them: "Denmark said that Norway had expelled …".
        let source = statement.and_then(|number| statements[number].source);
        let tells = |party: &Actor| source.is_some_and(|source| source.overlaps(party.tokens));
        if actors.iter().any(|party| !tells(party)) {
            actors.retain(|party| !tells(party));
        }
        if has_one_side(mention) {
            parties::add(&mut actors, std::mem::take(&mut recipients));
        }
        recipients.retain(|party| !actors.iter().any(|actor| parties::is_one(actor, party)));
        let code = Ontology::embedded().cameo(mention.cameo)?;
        let span = |role| linked(layer, links, role);
        let told_in = statement.map(|number| &statements[number]);
        let status =
            unreal::status(reading, mention, told_in).unwrap_or_else(|| status(mention, told_in, &actors, &recipients));
        let tense = Tense::of_event(&reading.words, mention.tokens, status);
        let date =
            span(LinkRole::Date).map(|tokens| dates::event_date(&reading.words, tokens, reading.reference, tense));
        let mut event = Event {
            sentence,
            trigger: mention.tokens,
            mentions: Vec::new(),
            lemma: lemma(reading, mention.tokens),
            cameo: mention.cameo.to_owned(),
            plover_score: Ontology::embedded().score(mention.event_type, mention.mode),
            plover_type: mention.event_type,
            quad_class: code.quad_class,
            goldstein: Some(code.goldstein),
            mode: mention.mode,
            contexts: mention.contexts.iter().collect(),
            historical: mention.historical || date.as_ref().is_some_and(|date| is_long_ago(reading, date)),
            status,
            actors,
            recipients,
            date,
            location: span(LinkRole::Place).map(|tokens| places::read(reading, tokens)),
            statement,
            confidence: 0.0,
            features: Vec::new(),
        };
        let features = Features::of(reading, mention, links, &event);
        event.confidence = features.probability(reading);
        event.features = features.into();
        Some(Told { mention: number, event })
    });
    each.collect()
}

/// Whether a meeting is what another trigger ends or refuses: "halted the talks" is one event.
fn is_called_off(reading: &Reading<'_, '_>, layer: &EventMentions, mention: &EventMention) -> bool {
    let doc = reading.words.doc;
    // Mentions stand in the order of the text and do not overlap.
    let is_ended_by = |head: usize| {
        let at = layer.mentions.partition_point(|other| other.tokens.end as usize <= head);
        layer.mentions.get(at).is_some_and(|other| {
            matches!(other.event_type, EventType::Reject | EventType::Sanction) && other.tokens.contains_token(head)
        })
    };
    mention.event_type == EventType::Consult
        && !doc.heads.is_empty()
        && mention.tokens.range().any(|token| {
            matches!(doc.deprels[token], Deprel::Obj | Deprel::NsubjPass) && doc.head(token).is_some_and(is_ended_by)
        })
}

/// Whether all who take part do the same: they meet, talk, negotiate. Who travels, receives or mediates does something to somebody.
fn has_one_side(mention: &EventMention) -> bool {
    let is_told_of_sides = DIRECTED_TALKS.iter().any(|code| mention.cameo.starts_with(code));
    mention.event_type == EventType::Consult && mention.mode != Some(Mode::Visit) && !is_told_of_sides
}

/// The status of a mention: as the head reads it, which hears the words around. What one side tells of the deeds of the other is no more than its claim; so is,
/// where the head is not sure, what anybody tells of another state. Asked of all, that would make a claim of what police or doctors tell of an attack.
fn status(mention: &EventMention, told_in: Option<&Statement>, actors: &[Actor], recipients: &[Actor]) -> EventStatus {
    let Some(own) = told_in.and_then(|statement| statement.speaker.as_ref()?.country.as_deref()) else {
        return mention.status;
    };
    let is_other_side = recipients.iter().any(|party| party.country.as_deref() == Some(own));
    let are_known = !actors.is_empty() && actors.iter().all(|actor| actor.country.is_some());
    if are_known && (is_other_side || mention.status_probability < SURE) {
        mention.status.as_told_by(Some(own), actors.iter().map(|actor| actor.country.as_deref()))
    } else {
        mention.status
    }
}

/// The words that play a role, where one stretch alone does.
fn linked(layer: &EventMentions, links: &[EventLink], role: LinkRole) -> Option<TokenRange> {
    let link = links.iter().find(|link| link.role == role)?;
    Some(layer.spans[link.span as usize].tokens)
}

/// Dictionary forms of a trigger's words.
fn lemma(reading: &Reading<'_, '_>, trigger: TokenRange) -> String {
    let lemmas = &reading.words.doc.lemmas;
    trigger.range().map(|token| lemmas.get(token)).collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a date lies well before the article: half a year for days, weeks and months, the year before for years.
fn is_long_ago(reading: &Reading<'_, '_>, date: &EventDate) -> bool {
    let (Some(published), Some(period)) = (reading.published, date.period) else { return false };
    match period.precision {
        Precision::Year => period.first.year() < published.year(),
        Precision::Day | Precision::Week | Precision::Month => {
            published.since(period.first).is_ok_and(|span| span.get_days() > LONG_AGO)
        }
    }
}
