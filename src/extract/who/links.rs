//! Evidence on whether a pronoun or description means somebody who was spoken of before.

use super::scorer::evidence;

evidence! {
    /// What speaks for or against a candidate. Examples name the candidate between bars.
    LinkEvidence {
        /// It stands in the same sentence.
        SameSentence = "same_sentence",
        /// Its last mention stands in the sentence before.
        SentenceBefore = "sentence_before",
        /// It stands two sentences before.
        TwoSentencesBefore = "two_sentences_before",
        /// Logarithm of the sentences between.
        Distance = "distance",
        /// Logarithm of the candidates that were spoken of since.
        Recency = "recency",
        /// Its last mention is a subject: "|Holm| met Berg. He …".
        Subject = "subject",
        /// Its last mention is an object.
        Object = "object",
        /// Its last mention owns something: "|Holm's| house".
        Possessor = "possessor",
        /// Its last mention is the first of its sentence.
        OpensSentence = "opens_sentence",
        /// Both are subjects.
        BothSubjects = "both_subjects",
        /// Both hang on one verb: "|Holm| met him".
        SameClause = "same_clause",
        /// "|Holm| sold his house".
        OwnSubject = "own_subject",
        /// The one is part of the other: "|his house|".
        Contains = "contains",
        /// "|Holm| and he".
        Coordinated = "coordinated",
        /// The words stand in what the candidate is credited with, outside quotation marks: "|Holm| said that he …".
        OwnWords = "own_words",
        /// The words stand in a quotation of the candidate.
        OwnQuotation = "own_quotation",
        /// It is the subject of the sentence before, which tells of nobody else's words: "Berg spoke. |Holm| was at the pier. He …".
        TopicBefore = "topic_before",
        /// The candidate spoke last before this sentence.
        SpokeLast = "spoke_last",
        /// The pronoun is credited with words, as the candidate was before.
        BothSpeak = "both_speak",
        /// A person.
        IsPerson = "is_person",
        /// A body.
        IsBody = "is_body",
        /// A state.
        IsState = "is_state",
        /// A group.
        IsGroup = "is_group",
        /// An international body.
        IsInternational = "is_international",
        /// Nothing tells what it is.
        IsOpen = "is_open",
        /// Known to be of the pronoun's sex.
        SexAgrees = "sex_agrees",
        /// Known to be of the other sex.
        SexDiffers = "sex_differs",
        /// Both are singular or both plural.
        NumberAgrees = "number_agrees",
        /// One is plural, the other is not.
        NumberDiffers = "number_differs",
        /// It has a name.
        Named = "named",
        /// It has an office.
        HasOffice = "has_office",
        /// Logarithm of its mentions so far.
        Mentions = "mentions",
        /// It is spoken of in the first sentence.
        Lead = "lead",
        /// Both have the same noun: "|the minister| … the minister".
        SameNoun = "same_noun",
        /// It has been described by other nouns alone.
        OtherNoun = "other_noun",
        /// The noun is part of the candidate's office or name: "|Foreign Minister Holm| … the minister".
        NounOfOffice = "noun_of_office",
        /// The same country stands beside both.
        SameCountry = "same_country",
        /// Another country stands beside the candidate.
        OtherCountry = "other_country",
        /// A country stands beside the description, and none beside the candidate.
        NewCountry = "new_country",
        /// "|Holm|, the minister".
        Apposed = "apposed",
        /// "|Holm| is the minister".
        Predicate = "predicate",
        /// "the country" of a state.
        CountryNoun = "country_noun",
        /// Nobody spoken of before; the following say more of the new one.
        New = "new",
        /// "a minister".
        NewIndefinite = "new_indefinite",
        /// "the minister".
        NewDefinite = "new_definite",
        /// "this minister".
        NewDemonstrative = "new_demonstrative",
        /// "its minister".
        NewPossessed = "new_possessed",
        /// "ministers".
        NewBare = "new_bare",
        /// "the minister of trade".
        NewWithComplement = "new_with_complement",
        /// A country stands beside it.
        NewWithCountry = "new_with_country",
        /// The noun was used before.
        NewNounSeen = "new_noun_seen",
        /// It stands in a quotation.
        NewInQuotation = "new_in_quotation",
        /// It is plural.
        NewPlural = "new_plural",
        /// A verb hangs on it as its subject; pronouns without one are often nobody's: "it rained".
        NewSubject = "new_subject",
    }
}
