//! Who a source is: the entity of the article graph that its words are about.

use crate::extract::lexicon::PlaceForm;
use crate::extract::reading::Reading;
use crate::finding::{Kind, MentionForm, Speaker, SpeakerForm};
use crate::text::TokenRange;

/// Who the words credited are.
pub(super) fn speaker(reading: &Reading<'_, '_>, source: TokenRange) -> Speaker {
    let Some((number, form)) = reading.who.of(reading.words.doc, source) else {
        return Speaker { form: SpeakerForm::Description, ..Speaker::default() };
    };
    let entity = &reading.who.entities[number];
    let body = match entity.kind {
        Kind::Body => entity.name.clone(),
        Kind::Person | Kind::Group => reading.who.body_of(reading.words.doc, number),
        Kind::State => None,
    };
    Speaker {
        entity: Some(number),
        // "the White House said": the words say more than the state's name.
        name: palace(reading, source).or_else(|| entity.name.clone()),
        role: entity.role.clone(),
        organization: body,
        country: entity.country.clone(),
        country_confidence: Some(entity.confidence),
        code: entity.actor_code(),
        wikidata: entity.wikidata.clone(),
        form: match form {
            MentionForm::Name => SpeakerForm::Name,
            MentionForm::Description => SpeakerForm::Description,
            MentionForm::Pronoun => SpeakerForm::Pronoun,
        },
    }
}

/// The palace or office that stands for a state in a source.
fn palace(reading: &Reading<'_, '_>, source: TokenRange) -> Option<String> {
    let inside = reading.mentions.within(source.start as usize, source.end as usize);
    let [only] = inside else { return None };
    let is_palace = matches!(only.place(), Some((_, PlaceForm::Metonym)));
    is_palace.then(|| reading.words.doc.range_text(only.tokens).to_owned())
}
