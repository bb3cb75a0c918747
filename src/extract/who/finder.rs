//! Mentions in the order of their heads: names as the core sees them, countries and bodies by table, nouns that stand for people
//! or bodies, pronouns, and whatever words are credited with a statement.

use std::collections::HashSet;

use crate::extract::lexicon::{Lexicon, PlaceForm, Sex, Words};
use crate::finding::MentionForm;
use crate::text::{Deprel, EntityKind, EventSpanKind, Role, SentenceKind, TokenRange, Tree, Upos};

use super::lexical::{Mention as LexicalMention, Mentions, What};
use super::mention::{Anaphor, Determiner, Mention, Sort};
use super::nouns::{NounKind, Nouns};

/// What the finder looks at.
pub(super) struct Finder<'a, 'd> {
    pub(super) words: &'a Words<'d>,
    pub(super) tree: &'a Tree<'d>,
    pub(super) lexicon: &'a Lexicon,
    pub(super) nouns: &'a Nouns,
    pub(super) lexical: &'a Mentions,
    /// The last words of the persons' names that the core sees anywhere.
    pub(super) surnames: HashSet<&'d str>,
    /// Names of several words that a table has under a state, ascending.
    pub(super) listed: Vec<TokenRange>,
}

/// The last words of the persons' names that the core sees.
pub(super) fn surnames(doc: &crate::text::Document) -> HashSet<&str> {
    let persons = doc.entities.iter().filter(|name| name.kind == EntityKind::Person && name.tokens.len() > 1);
    persons.map(|name| doc.token_text(name.tokens.end as usize - 1)).filter(|word| word.chars().count() > 2).collect()
}

/// Prepositions before the name of a country that make it a place.
const LOCATIVE: [&str; 14] = [
    "in",
    "at",
    "inside",
    "near",
    "across",
    "throughout",
    "within",
    "outside",
    "around",
    "into",
    "through",
    "over",
    "off",
    "beyond",
];

impl Finder<'_, '_> {
    /// The mentions of the story, by their heads. `is_source` marks the heads of the words credited with a statement, `is_party` those of the parties that the
    /// core sees beside events: whatever they are, they are somebody.
    pub(super) fn find(&self, is_source: &[bool], is_party: &[bool]) -> Vec<Mention> {
        let doc = self.words.doc;
        let mut found = Vec::new();
        for (index, sentence) in doc.sentences.iter().enumerate() {
            if sentence.kind == SentenceKind::Boilerplate {
                continue;
            }
            for token in sentence.tokens.range() {
                let is_marked = |heads: &[bool]| heads.get(token).copied().unwrap_or(false);
                let is_source = is_marked(is_source) || is_marked(is_party);
                if let Some(mention) = self.mention(index, sentence.tokens, token, is_source) {
                    found.push(mention);
                }
            }
        }
        found
    }

    fn mention(&self, sentence: usize, range: TokenRange, token: usize, is_source: bool) -> Option<Mention> {
        if let Some(pronoun) = self.pronoun(sentence, token) {
            return Some(pronoun);
        }
        if !self.is_nominal(token) && !is_source && !self.is_surname(token) {
            return None;
        }
        if self.is_surname(token) {
            let name = TokenRange::new(token, token + 1);
            return Some(self.named(sentence, name, token, name, EntityKind::Person));
        }
        if let Some(name) = self.listed_around(token) {
            if self.top_of(name) != token {
                return None;
            }
            let phrase = if self.tree.is_part(token) && !is_source { name } else { self.tree.phrase(token, range) };
            return Some(self.named(sentence, phrase, token, name, EntityKind::Organization));
        }
        // "US" of "US troops" is a country, whatever the core takes it for; "Air France" is none.
        let place = self.place_headed_by(token);
        let own_name = self.name_headed_by(token).filter(|_| place.is_none());
        if self.tree.is_part(token) && !is_source {
            // "the | State Department spokesman": a body within a phrase is a mention of its own, a person's title is not.
            let (name, kind) = own_name?;
            if self.joins_person(token, kind) {
                return None;
            }
            return Some(self.named(sentence, name, token, name, kind));
        }
        if let Some((entity, form)) = place
            && let Some(mention) = self.place(sentence, range, token, entity, form)
        {
            return Some(mention);
        }
        let phrase = self.tree.phrase(token, range);
        let name = own_name.or_else(|| self.name_within(token, phrase));
        if let Some((name, kind)) = name {
            return Some(self.named(sentence, phrase, token, name, kind));
        }
        if place.is_some() && !is_source {
            return None;
        }
        if let Some((name, kind)) = self.overlooked_name(token, is_source) {
            return Some(self.named(sentence, phrase, token, name, kind));
        }
        self.description(sentence, phrase, token, is_source)
    }

    /// Whether a word that the core takes for no name is the surname of somebody named elsewhere.
    pub(super) fn is_surname(&self, token: usize) -> bool {
        let is_free = self
            .words
            .doc
            .entity_at(token)
            .is_none_or(|name| name.tokens.len() == 1 && name.kind != EntityKind::Person);
        let is_place = || self.lexical.around(token).is_some_and(|known| known.place().is_some());
        is_free && self.surnames.contains(self.words.text(token)) && !is_place()
    }

    fn is_nominal(&self, token: usize) -> bool {
        matches!(self.words.doc.upos.get(token), Some(Upos::Noun | Upos::Propn | Upos::Pron))
    }

    fn pronoun(&self, sentence: usize, token: usize) -> Option<Mention> {
        let lower = self.words.lower(token);
        let class = Anaphor::of_pronoun(lower)?;
        if class == Anaphor::Relative {
            // "who" and "which" of a relative clause alone.
            let is_relative = std::iter::successors(self.tree.head(token), |&at| self.tree.head(at))
                .take(4)
                .any(|at| self.tree.relation(at) == Deprel::AclRelcl);
            if !is_relative {
                return None;
            }
        }
        if lower == "us" && self.words.text(token) != "us" {
            return None;
        }
        let is_plural = matches!(class, Anaphor::They | Anaphor::We);
        let (sort, sex) = match class {
            Anaphor::He => (Sort::Person, Some(Sex::Male)),
            Anaphor::She => (Sort::Person, Some(Sex::Female)),
            Anaphor::I => (Sort::Person, None),
            _ => (Sort::Open, None),
        };
        Some(Mention {
            tokens: TokenRange::new(token, token + 1),
            head: token,
            sentence,
            form: MentionForm::Pronoun,
            sort,
            anaphor: Some(class),
            name: None,
            office: None,
            determiner: Determiner::Bare,
            is_plural,
            sex,
            quote: None,
        })
    }

    /// The word of a range that hangs on a word outside of it.
    pub(super) fn top_of(&self, range: TokenRange) -> usize {
        range
            .range()
            .find(|&token| self.tree.head(token).is_none_or(|head| !range.contains_token(head)))
            .unwrap_or(range.end as usize - 1)
    }

    pub(super) fn is_office(&self, token: usize) -> bool {
        self.lexical.around(token).is_some_and(|mention| matches!(mention.what, What::Role { .. }))
    }

    fn place_headed_by(&self, token: usize) -> Option<(usize, PlaceForm)> {
        let mention = self.lexical.around(token)?;
        let (entity, form) = mention.place()?;
        let named = self
            .words
            .doc
            .entity_at(token)
            .filter(|named| named.kind == EntityKind::Organization || named.kind == EntityKind::Person);
        // "the Commerce Department": a body, though the table has it for the state.
        let is_department =
            form == PlaceForm::Metonym && self.lexicon.bodies.head(self.words.lower(mention.end() - 1)).is_some();
        if is_department && named.is_some_and(|named| named.kind == EntityKind::Organization) {
            return None;
        }
        // "Air | France", "Jordan | Peters": part of another name; "the | UN" may be no part of one.
        if named.is_some_and(|named| {
            named.tokens.len() > mention.tokens.len() && !self.words.eq(named.tokens.start as usize, "the")
        }) {
            return None;
        }
        (self.top_of(mention.tokens) == token).then_some((entity, form))
    }

    /// A country, its people or an international body that acts; not where something is.
    fn place(
        &self,
        sentence: usize,
        range: TokenRange,
        token: usize,
        entity: usize,
        form: PlaceForm,
    ) -> Option<Mention> {
        let is_country = self.lexicon.entities[entity].is_country;
        let sort = match form {
            PlaceForm::Adjective => return None,
            PlaceForm::People => Sort::People(entity),
            _ if !is_country => Sort::International(entity),
            _ => Sort::State(entity),
        };
        if let Sort::State(_) = sort {
            let preposition = self.tree.preposition(token).map(|at| self.words.lower(at));
            if preposition.is_some_and(|word| LOCATIVE.contains(&word)) {
                return None;
            }
            // A capital or palace stands for its government where it acts or has something.
            let relation = self.tree.relation(self.tree.first_conjunct(token));
            let acts = relation.base() == "nsubj"
                || matches!(relation, Deprel::NmodPoss | Deprel::Obj | Deprel::OblAgent | Deprel::Root);
            let is_named_with = preposition.is_some_and(|word| matches!(word, "with" | "between" | "by" | "against"));
            if form == PlaceForm::Seat && !acts && !is_named_with {
                return None;
            }
        }
        let (form, anaphor, is_plural) = match sort {
            Sort::People(_) => (MentionForm::Description, Some(Anaphor::Group), true),
            _ => (MentionForm::Name, None, false),
        };
        let lexical = self.lexical.around(token)?.tokens;
        Some(Mention {
            tokens: self.tree.phrase(token, range),
            head: token,
            sentence,
            form,
            sort,
            anaphor,
            name: (anaphor.is_none()).then_some(lexical),
            office: None,
            determiner: self.determiner(token),
            is_plural,
            sex: None,
            quote: None,
        })
    }

    /// "al-Qaida | in Iraq": the name that a table has, whatever the core sees there; not within the name of a person.
    fn listed_around(&self, token: usize) -> Option<TokenRange> {
        let place = self.listed.partition_point(|name| name.end as usize <= token);
        let name = self.listed.get(place).copied().filter(|name| name.contains_token(token))?;
        let of_core = self.words.doc.entity_at(token);
        let is_person = of_core.is_some_and(|named| named.kind == EntityKind::Person && named.tokens.len() > 1);
        (!is_person).then_some(name)
    }

    fn named(&self, sentence: usize, phrase: TokenRange, head: usize, name: TokenRange, kind: EntityKind) -> Mention {
        let kind = if self.is_called_like_a_person(name, kind) { EntityKind::Person } else { kind };
        let (title, name) = if kind == EntityKind::Person { self.without_title(name) } else { (None, name) };
        let international = self.lexical.around(self.top_of(name)).and_then(LexicalMention::place);
        // "al-Qaida in Iraq" is a body of Iraq, "al-Qaida" of no one state.
        let is_branch = self.listed_around(self.top_of(name)) == Some(name)
            && self.lexical.around(self.top_of(name)).is_some_and(|known| known.tokens.len() < name.len());
        let sort = match (kind, international) {
            (EntityKind::Person, _) => Sort::Person,
            _ if is_branch => Sort::Body,
            (_, Some((entity, _))) if !self.lexicon.entities[entity].is_country => Sort::International(entity),
            _ => Sort::Body,
        };
        let phrase = TokenRange { start: phrase.start.min(name.start), end: phrase.end.max(name.end) };
        Mention {
            tokens: phrase,
            head,
            sentence,
            form: MentionForm::Name,
            sort,
            anaphor: None,
            name: Some(name),
            office: title.or_else(|| self.office(phrase, head).filter(|office| !office.overlaps(name))),
            determiner: self.determiner(head),
            is_plural: false,
            sex: if sort == Sort::Person { self.sex(phrase, name) } else { None },
            quote: None,
        }
    }

    /// "the minister", "Danish officials": a noun for people or bodies; of a source any noun.
    fn description(&self, sentence: usize, phrase: TokenRange, head: usize, is_source: bool) -> Option<Mention> {
        let known = self.noun_kind(head);
        let of_role = self.lexical.around(head).filter(|mention| mention.end() == head + 1 || mention.is_role());
        let by_table = known.or_else(|| match of_role?.what {
            What::Role { .. } => Some(NounKind::Person),
            What::Body { .. } => Some(NounKind::Body),
            _ => None,
        });
        let kind = match by_table {
            Some(NounKind::Document | NounKind::Foreign) if !is_source => return None,
            Some(kind) => kind,
            None if is_source => NounKind::Open,
            None => return None,
        };
        let is_plural = self.is_plural(head);
        let (sort, anaphor) = match (kind, is_plural) {
            (NounKind::Person, false) => (Sort::Person, Anaphor::Person),
            (NounKind::Person | NounKind::Group, _) => (Sort::Group, Anaphor::Group),
            (NounKind::Body, false) => (Sort::Body, Anaphor::Body),
            (NounKind::Body, true) => (Sort::Group, Anaphor::Group),
            (NounKind::Document | NounKind::Foreign | NounKind::Open, _) => (Sort::Open, Anaphor::Body),
        };
        Some(Mention {
            tokens: phrase,
            head,
            sentence,
            form: MentionForm::Description,
            sort,
            anaphor: Some(anaphor),
            name: None,
            office: self.office(phrase, head).or_else(|| self.noun_chunk(head)),
            determiner: self.determiner(head),
            is_plural,
            sex: self.sex_of_office(phrase),
            quote: None,
        })
    }

    pub(super) fn noun_kind(&self, token: usize) -> Option<NounKind> {
        if self.words.doc.lemmas.is_empty() {
            return self.nouns.kind(self.words.lower(token));
        }
        let lemma = self.words.doc.lemmas.get(token);
        // "Minister", "Muslims": proper nouns stand in the table in lower case.
        self.nouns.kind(if lemma.contains(char::is_uppercase) { self.words.lower(token) } else { lemma })
    }

    /// The words before a noun that make one title with it, and the noun.
    fn noun_chunk(&self, head: usize) -> Option<TokenRange> {
        let first = self.tree.dependents(head).take_while(|&token| token < head).find(|&token| {
            self.tree.relation(token) == Deprel::Compound
                && (token + 1..head)
                    .all(|between| self.tree.head(between) == Some(head) || self.tree.head(between) == Some(token))
        });
        Some(TokenRange::new(first.unwrap_or(head), head + 1))
    }

    /// The office within a phrase, by the lexicon: the one that holds its head, else the first.
    fn office(&self, phrase: TokenRange, head: usize) -> Option<TokenRange> {
        let inside = self.lexical.within(phrase.start as usize, phrase.end as usize);
        let roles = || inside.iter().filter(|mention| mention.is_role());
        let around = roles().find(|mention| mention.tokens.contains_token(head));
        around.or_else(|| roles().find(|mention| mention.end() <= head + 1)).map(|mention| mention.tokens)
    }

    fn sex(&self, phrase: TokenRange, name: TokenRange) -> Option<Sex> {
        let by_title = self.sex_of_office(phrase);
        by_title.or_else(|| self.lexicon.given_names.sex_of(self.words.doc.range_text(name)))
    }

    fn sex_of_office(&self, phrase: TokenRange) -> Option<Sex> {
        let inside = self.lexical.within(phrase.start as usize, phrase.end as usize);
        let by_word = inside.iter().find_map(|mention| match mention.what {
            What::Role { sex, .. } | What::Person { sex } => sex,
            _ => None,
        });
        let by_honorific = || {
            phrase.range().find_map(|token| match self.words.lower(token).trim_end_matches('.') {
                "mr" | "sir" => Some(Sex::Male),
                "mrs" | "ms" | "miss" => Some(Sex::Female),
                _ => None,
            })
        };
        by_word.or_else(by_honorific)
    }

    pub(super) fn is_plural(&self, token: usize) -> bool {
        let xpos = self.words.doc.xpos.get(token);
        xpos.is_some_and(|tag| matches!(tag.name(), "NNS" | "NNPS"))
    }

    fn determiner(&self, head: usize) -> Determiner {
        let mut found = Determiner::Bare;
        for token in self.tree.dependents(head).take_while(|&token| token < head) {
            let lower = self.words.lower(token);
            match self.tree.relation(token) {
                Deprel::NmodPoss => return Determiner::Possessive,
                Deprel::Det | Deprel::DetPredet => {
                    found = match lower {
                        "the" => Determiner::Definite,
                        "this" | "that" | "these" | "those" => Determiner::Demonstrative,
                        _ => Determiner::Indefinite,
                    };
                }
                Deprel::Nummod if found == Determiner::Bare => found = Determiner::Indefinite,
                _ => {}
            }
        }
        found
    }
}

/// Marks the heads of the words that the core credits with statements.
pub(super) fn source_heads(tree: &Tree<'_>, doc: &crate::text::Document) -> Vec<bool> {
    let mut is_source = vec![false; doc.tokens.len()];
    for span in doc.roles.iter().flatten().filter(|span| span.role == Role::Source) {
        is_source[head_of(tree, span.tokens)] = true;
    }
    is_source
}

/// Marks the heads of the parties of events.
pub(super) fn party_heads(tree: &Tree<'_>, doc: &crate::text::Document) -> Vec<bool> {
    let Some(events) = &doc.events else { return Vec::new() };
    let mut is_party = vec![false; doc.tokens.len()];
    for span in events.spans.iter().filter(|span| span.kind == EventSpanKind::Party) {
        is_party[head_of(tree, span.tokens)] = true;
    }
    is_party
}

/// The word of a range on which the rest of it hangs: a noun or pronoun if there is one.
pub(super) fn head_of(tree: &Tree<'_>, range: TokenRange) -> usize {
    let is_top = |token: &usize| tree.head(*token).is_none_or(|head| !range.contains_token(head));
    let is_nominal = |token: &usize| matches!(tree.doc.upos.get(*token), Some(Upos::Noun | Upos::Propn | Upos::Pron));
    let tops = || range.range().filter(is_top);
    tops()
        .find(is_nominal)
        .or_else(|| range.range().find(is_nominal))
        .or_else(|| tops().next())
        .unwrap_or(range.start as usize)
}
