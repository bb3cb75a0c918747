//! Who speaks in an article's first sentence and is named in the second: "A Mexican diplomat says he has met the rebels. | Mexico's Andres Vega told reporters …".
//! Agencies write so: in the newswire's training part the two were one for all of 35 persons of whom nothing tells different states, and for 2 of 4 others.

use crate::finding::MentionForm;
use crate::text::SentenceKind;

use super::mention::{Determiner, Mention, Sort};
use super::scene::Scene;

/// Headlines and other lines among which the first sentence of the text is looked for.
const REACH: usize = 16;

/// The mention in the first sentence whose name this one is, by number.
pub(super) fn described(scene: &Scene<'_, '_>, name: &Mention) -> Option<usize> {
    if name.form != MentionForm::Name || name.is_plural || !scene.is_source(name.head) {
        return None;
    }
    let sentences = &scene.words.doc.sentences;
    let first = sentences.iter().take(REACH).position(|sentence| sentence.kind == SentenceKind::Prose)?;
    if name.sentence != first + 1 {
        return None;
    }
    let from = scene.mentions.partition_point(|mention| mention.head < sentences[first].tokens.start as usize);
    let is_theirs = |mention: &Mention| {
        let is_one_sort = match (mention.sort, name.sort) {
            (Sort::Person, Sort::Person) => true,
            (Sort::Body, Sort::Body) => mention.determiner == Determiner::Indefinite,
            _ => false,
        };
        let countries = (scene.explicit_country(mention), scene.explicit_country(name));
        let differ = matches!(countries, (Some(one), Some(other)) if one != other);
        is_one_sort
            && mention.form == MentionForm::Description
            && !mention.is_plural
            && !differ
            && scene.is_source(mention.head)
    };
    let mut of_first =
        scene.mentions.iter().enumerate().skip(from).take_while(|(_, mention)| mention.sentence == first);
    of_first.find(|(_, mention)| is_theirs(mention)).map(|(index, _)| index)
}
