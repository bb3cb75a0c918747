//! A mention: the words that stand for somebody, and what these words alone tell of whom they stand for.

use crate::extract::lexicon::Sex;
use crate::finding::MentionForm;
use crate::text::TokenRange;

/// What the words alone tell. Indices are those of the lexicon's entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// "Anna Lindqvist", "the minister", "he".
    Person,
    /// "the Foreign Ministry", "Xinhua".
    Body,
    /// "Norway", "Oslo" where it acts, "the Kremlin".
    State(usize),
    /// "the United Nations".
    International(usize),
    /// "Norwegians".
    People(usize),
    /// "officials", "protesters".
    Group,
    /// "it", "they".
    Open,
}

/// What stands before the noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Determiner {
    /// "the".
    Definite,
    /// "a", "some", "two".
    Indefinite,
    /// "this", "those".
    Demonstrative,
    /// "his", "Norway's".
    Possessive,
    /// Nothing.
    Bare,
}

/// Classes of pronouns that are resolved in different ways, and of descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Anaphor {
    /// "he", "him", "his".
    He,
    /// "she", "her".
    She,
    /// "it", "its".
    It,
    /// "they", "them", "their".
    They,
    /// "I", "my".
    I,
    /// "we", "our".
    We,
    /// "you", "your".
    You,
    /// "who", "which", in a relative clause.
    Relative,
    /// "the minister".
    Person,
    /// "the ministry".
    Body,
    /// "the officials".
    Group,
}

impl Anaphor {
    pub(crate) const ALL: [Self; 11] = [
        Self::He,
        Self::She,
        Self::It,
        Self::They,
        Self::I,
        Self::We,
        Self::You,
        Self::Relative,
        Self::Person,
        Self::Body,
        Self::Group,
    ];

    /// The name in the table of weights.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::He => "he",
            Self::She => "she",
            Self::It => "it",
            Self::They => "they",
            Self::I => "i",
            Self::We => "we",
            Self::You => "you",
            Self::Relative => "who",
            Self::Person => "person",
            Self::Body => "body",
            Self::Group => "group",
        }
    }

    /// The class of a pronoun in lower case.
    pub(crate) fn of_pronoun(lower: &str) -> Option<Self> {
        Some(match lower {
            "he" | "him" | "his" | "himself" => Self::He,
            "she" | "her" | "hers" | "herself" => Self::She,
            "it" | "its" | "itself" => Self::It,
            "they" | "them" | "their" | "theirs" | "themselves" => Self::They,
            "i" | "me" | "my" | "mine" | "myself" => Self::I,
            "we" | "us" | "our" | "ours" | "ourselves" => Self::We,
            "you" | "your" | "yours" | "yourself" | "yourselves" => Self::You,
            "who" | "whom" | "whose" | "which" => Self::Relative,
            _ => return None,
        })
    }

    /// Whether it speaks of those who speak or listen.
    pub(crate) fn is_first_or_second(self) -> bool {
        matches!(self, Self::I | Self::We | Self::You)
    }
}

/// A mention. Tokens are those of the noun phrase without relative clauses.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub(crate) tokens: TokenRange,
    /// The word on which the others of the phrase hang.
    pub(crate) head: usize,
    pub(crate) sentence: usize,
    pub(crate) form: MentionForm,
    pub(crate) sort: Sort,
    /// The pronoun or kind of description; nothing for names.
    pub(crate) anaphor: Option<Anaphor>,
    /// The name among the tokens.
    pub(crate) name: Option<TokenRange>,
    /// The office among the tokens: "Deputy Foreign Minister".
    pub(crate) office: Option<TokenRange>,
    pub(crate) determiner: Determiner,
    pub(crate) is_plural: bool,
    pub(crate) sex: Option<Sex>,
    /// The quotation around it.
    pub(crate) quote: Option<usize>,
}

impl Mention {
    pub(crate) fn start(&self) -> usize {
        self.tokens.start as usize
    }

    pub(crate) fn is_pronoun(&self) -> bool {
        self.form == MentionForm::Pronoun
    }
}
