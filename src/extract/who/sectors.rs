//! Which sector an entity belongs to: the features of its words, which the network hears for its state, too.

use std::collections::BTreeSet;

use crate::extract::lexicon::name_key;

use super::chains::Chain;
use super::deeds::Deeds;
use super::mention::Sort;
use super::scene::Scene;

/// Mentions of one entity that are looked at.
const MENTIONS: usize = 12;

/// Words of a mention that are looked at.
const WORDS: usize = 16;

/// The features of an entity: nouns, words of its office and its name, what it belongs to, what it does and takes part in.
pub(super) fn features(
    scene: &Scene<'_, '_>,
    deeds: &Deeds,
    chains: &[Chain],
    chain: &Chain,
    owners: &[usize],
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let kind = match chain.sort {
        Sort::Person => "person",
        Sort::Body => "body",
        Sort::State(_) => "state",
        Sort::International(_) => "international",
        Sort::People(_) => "people",
        Sort::Group => "group",
        Sort::Open => "open",
    };
    found.insert("bias".to_owned());
    found.insert(format!("kind {kind}"));
    for mention in chain.mentions.iter().take(MENTIONS).map(|&index| &scene.mentions[index]) {
        found.extend(deeds.at(mention.head).iter().cloned());
        if mention.is_pronoun() {
            continue;
        }
        match mention.name {
            Some(name) => {
                let words = scene.words.doc.range_text(name);
                found.insert(format!("name {}", name_key(words)));
                let listed = &scene.lexicon.listed;
                let home = if chain.sort == Sort::Person { listed.person(words) } else { listed.body(words) };
                found.extend(home.and_then(|home| home.sector).map(|sector| format!("listed {sector}")));
                if chain.sort != Sort::Person {
                    found.extend(name.range().map(|token| format!("part {}", scene.words.lower(token))));
                }
            }
            None => _ = found.insert(format!("noun {}", scene.lemma(mention.head))),
        }
        for token in mention.office.into_iter().flat_map(|office| office.range()) {
            found.insert(format!("office {}", scene.lemma(token)));
        }
        for token in
            mention.tokens.range().take(WORDS).filter(|&token| token != mention.head && scene.words.is_word(token))
        {
            if !mention.name.is_some_and(|name| name.contains_token(token)) {
                let is_near = scene.tree.head(token) == Some(mention.head);
                found.insert(format!("{} {}", if is_near { "beside" } else { "within" }, scene.lemma(token)));
            }
        }
        let place = scene
            .lexical
            .around(mention.head)
            .or_else(|| mention.office.and_then(|office| scene.lexical.around(office.start as usize)));
        if let Some(sector) = place.and_then(super::lexical::Mention::sector) {
            found.insert(format!("lexicon {sector}"));
        }
        if let Some(verb) = scene.tree.governor(mention.head) {
            let relation = if scene.tree.is_subject(mention.head) { "does" } else { "undergoes" };
            found.insert(format!("{relation} {}", scene.lemma(verb)));
        }
    }
    for &owner in owners {
        for mention in chains[owner].mentions.iter().take(3).map(|&index| &scene.mentions[index]) {
            if !mention.is_pronoun() && !matches!(chains[owner].sort, Sort::State(_)) {
                found.insert(format!("of {}", scene.lemma(mention.head)));
            }
        }
    }
    found
}
