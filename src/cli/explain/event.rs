//! What made an event: trigger, parties, status, date and place as the head scores them, and the evidence on whose state the parties are of.

use serde::Serialize;

use super::Read;
use super::weights::{Confidence, Who, rounded, words};
use crate::finding::{Actor, Event};
use crate::record::EventRecord;
use crate::text::{EventLink, EventMention, EventMentions, LinkRole, TokenRange};

/// See the module.
#[derive(Debug, Serialize)]
pub(super) struct EventExplained {
    pub(super) id: String,
    pub(super) article: String,
    pub(super) summary: String,
    pub(super) sentence: String,
    /// The words that stand for the event first, then those that tell it again.
    pub(super) mentions: Vec<Mention>,
    pub(super) parties: Vec<Party>,
    pub(super) status: Status,
    pub(super) historical: bool,
    pub(super) date: Option<Circumstance>,
    pub(super) place: Option<Circumstance>,
    /// Id of the statement that it stands in.
    pub(super) statement: Option<String>,
    pub(super) confidence: Confidence,
}

/// Words that evoke the event.
#[derive(Debug, Serialize)]
pub(super) struct Mention {
    pub(super) words: String,
    #[serde(rename = "type")]
    pub(super) event_type: String,
    pub(super) cameo: String,
    pub(super) mode: Option<String>,
    /// What found it: "core" or "codebook".
    pub(super) found_by: &'static str,
    /// How sure the head is of a trigger of the type that it reads.
    pub(super) probability: Option<f64>,
    /// What the head reads, where the codebook says otherwise.
    pub(super) of_core: Option<String>,
    /// An earlier mention of the same event, and how sure the head is of that.
    pub(super) same_as: Option<String>,
    pub(super) same_probability: Option<f64>,
}

/// Somebody who takes part.
#[derive(Debug, Serialize)]
pub(super) struct Party {
    pub(super) side: &'static str,
    pub(super) words: String,
    pub(super) code: String,
    /// What gave it its part: "core", "tree" (the codebook, by grammar), or "mention" (another one of the same event).
    pub(super) found_by: &'static str,
    /// How sure the head is of the part.
    pub(super) link_probability: Option<f64>,
    /// The sector as the head reads the words, and how sure it is.
    pub(super) sector_of_core: Option<String>,
    pub(super) sector_probability: Option<f64>,
    /// Who it is; nothing where tables alone tell, or nobody.
    pub(super) entity: Option<Who>,
}

/// Whether it happened.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    pub(super) value: String,
    pub(super) of_core: Option<String>,
    pub(super) probability: Option<f64>,
    pub(super) why: &'static str,
}

/// A date or a place.
#[derive(Debug, Serialize)]
pub(super) struct Circumstance {
    pub(super) words: String,
    pub(super) link_probability: Option<f64>,
    /// What the words mean; nothing where that cannot be told.
    pub(super) means: Option<String>,
    pub(super) why: String,
}

/// See the module.
pub(super) fn explain(read: &Read, event: &Event, record: &EventRecord) -> EventExplained {
    let layer = read.analysis.document.events.as_ref();
    let number = layer.and_then(|layer| mention_at(layer, event.trigger));
    let links = layer.zip(number).map_or(&[][..], |(layer, number)| layer.links_of(number));
    let link = |tokens: TokenRange, roles: &[LinkRole]| {
        let span = |link: &EventLink| layer.map(|layer| layer.spans[link.span as usize]);
        links
            .iter()
            .find(|link| roles.contains(&link.role) && span(link).is_some_and(|span| span.tokens.overlaps(tokens)))
    };
    let told = layer.zip(number).map(|(layer, number)| layer.mentions[number]);
    let party = |side: &'static str, actor: &Actor| {
        let by_core = link(actor.tokens, &[LinkRole::Actor, LinkRole::Recipient]);
        let span = by_core.and_then(|link| Some(layer?.spans[link.span as usize]));
        let doc = &read.analysis.document;
        let is_beside = doc.sentence_of(actor.tokens.start as usize) == event.sentence;
        Party {
            side,
            words: words(read, actor.tokens),
            code: actor.code.clone(),
            found_by: match (by_core, is_beside) {
                (Some(_), _) => "core",
                (None, true) => "tree",
                (None, false) => "mention",
            },
            link_probability: by_core.map(|link| rounded(link.probability)),
            sector_of_core: span.and_then(|span| span.sector).map(|sector| sector.to_string()),
            sector_probability: span.map(|span| rounded(span.sector_probability)),
            entity: actor.entity.map(|number| Who::of(read, number)),
        }
    };
    let actors = event.actors.iter().map(|actor| party("actor", actor));
    let parties = actors.chain(event.recipients.iter().map(|actor| party("recipient", actor))).collect();
    let circumstance = |tokens: TokenRange, role: LinkRole, means: Option<String>, why: String| Circumstance {
        words: words(read, tokens),
        link_probability: link(tokens, &[role]).map(|link| rounded(link.probability)),
        means,
        why,
    };
    let mentions = std::iter::once(event.trigger).chain(event.mentions.iter().copied());
    EventExplained {
        id: record.id.to_string(),
        article: record.article.id.clone(),
        summary: summary(record),
        sentence: words(read, read.analysis.document.sentences[event.sentence].tokens),
        mentions: mentions.map(|tokens| mention(read, layer, event, tokens)).collect(),
        parties,
        status: status(event, told.as_ref()),
        historical: event.historical,
        date: record.date.as_ref().zip(event.date.as_ref()).map(|(date, found)| {
            let day = read.article.published_at.map(|at| at.strftime("%Y-%m-%d").to_string());
            let why = match (day, &date.value) {
                (Some(day), Some(_)) => format!("read beside the article's day ({day}, or that of its dateline)"),
                (Some(_), None) => "the words name no day, week, month or year".to_owned(),
                (None, _) => "the article has no day that it could be counted from".to_owned(),
            };
            let value = date
                .value
                .as_ref()
                .map(|value| date.until.as_ref().map_or_else(|| value.clone(), |until| format!("{value} to {until}")));
            circumstance(found.tokens, LinkRole::Date, value, why)
        }),
        place: record.location.as_ref().zip(event.location.as_ref()).map(|(place, found)| {
            let country = place.country.as_deref().unwrap_or("no country");
            let why = match place.geonames_id {
                Some(id) => format!("a town of the gazetteer, GeoNames {id}"),
                None => "a name of a country, a region or a place without a doubt-free town".to_owned(),
            };
            let means = Some(format!("{}, {country}", place.name));
            circumstance(found.tokens, LinkRole::Place, means, why)
        }),
        statement: record.statement.map(|id| id.to_string()),
        confidence: Confidence::of(event.confidence, &event.features, |name| read.models.weight_of_event(name)),
    }
}

/// An event in a line.
pub(super) fn summary(record: &EventRecord) -> String {
    let codes = |parties: &[crate::record::ActorRecord]| {
        let codes: Vec<&str> = parties.iter().map(|party| party.code.as_str()).collect();
        if codes.is_empty() { "nobody named".to_owned() } else { codes.join(" ") }
    };
    let mode = record.plover.mode.as_ref().map_or_else(String::new, |mode| format!("/{mode}"));
    let (actors, recipients) = (codes(&record.actors), codes(&record.recipients));
    format!("{actors} → {}{mode} {} → {recipients}, {}", record.plover.event_type, record.cameo, record.status.as_str())
}

/// The head's trigger at some words.
pub(super) fn mention_at(layer: &EventMentions, tokens: TokenRange) -> Option<usize> {
    layer.mentions.iter().position(|mention| mention.tokens.overlaps(tokens))
}

fn mention(read: &Read, layer: Option<&EventMentions>, event: &Event, tokens: TokenRange) -> Mention {
    let number = layer.and_then(|layer| mention_at(layer, tokens));
    let said: Option<EventMention> = layer.zip(number).map(|(layer, number)| layer.mentions[number]);
    // Of a further mention the record keeps the words alone; type and code are those of the event.
    let is_own = tokens == event.trigger;
    let differs = said.is_some_and(|said| {
        said.event_type != event.plover_type || is_own && (said.cameo != event.cameo || said.mode != event.mode)
    });
    let same = said.and_then(|said| said.same).and_then(|earlier| Some(layer?.mentions[earlier as usize].tokens));
    Mention {
        words: words(read, tokens),
        event_type: event.plover_type.to_string(),
        cameo: if is_own {
            event.cameo.clone()
        } else {
            said.map_or_else(|| event.cameo.clone(), |said| said.cameo.to_owned())
        },
        mode: if is_own { event.mode } else { said.and_then(|said| said.mode) }.map(|mode| mode.to_string()),
        found_by: if said.is_some() && !differs { "core" } else { "codebook" },
        probability: said.map(|said| rounded(said.probability)),
        of_core: said.filter(|_| differs).map(|said| format!("{} {}", said.event_type, said.cameo)),
        same_as: same.map(|tokens| words(read, tokens)),
        same_probability: said.filter(|said| said.same.is_some()).map(|said| rounded(said.same_probability)),
    }
}

fn status(event: &Event, said: Option<&EventMention>) -> Status {
    let of_core = said.map(|said| said.status);
    let why = match of_core {
        None => "by the tense of the words: the codebook added the trigger",
        Some(status) if status == event.status => "as the core reads the sentence",
        Some(_) if event.status == crate::finding::EventStatus::Negated => "the words deny it",
        Some(_) if event.status == crate::finding::EventStatus::Conditional => "a threat with a condition beside it",
        Some(_) => "by the statement that it stands in: what one side tells of another is its claim",
    };
    Status {
        value: event.status.to_string(),
        of_core: of_core.map(|status| status.to_string()),
        probability: said.map(|said| rounded(said.status_probability)),
        why,
    }
}
