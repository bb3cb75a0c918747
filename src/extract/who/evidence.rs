//! The closed list of evidence on whose state an entity belongs to. One function computes each group (`states.rs`).

use super::scorer::evidence;

evidence! {
    /// What speaks for or against a country, or for none. Examples name the entity between bars; the country is Norway.
    StateEvidence {
        /// "|Norwegians|".
        People = "people",
        /// "the Norwegian |minister|".
        Adjective = "adjective",
        /// "Norway's |minister|".
        Possessive = "possessive",
        /// "the Norway |director|".
        Compound = "compound",
        /// "the |minister| of Norway".
        Of = "of",
        /// "the |envoy| for Norway".
        For = "for",
        /// "the |ambassador| to Norway".
        To = "to",
        /// "|troops| in Norway".
        In = "in",
        /// "a |scientist| from Norway".
        From = "from",
        /// "|critics| against Norway".
        Other = "other",
        /// "|Bank of Norway|".
        Name = "name",
        /// "|Anna Lindqvist| (Norway)".
        Parenthesis = "parenthesis",
        /// "the |mayor| of Bergen".
        Town = "town",
        /// "|officials| in Bergen".
        TownIn = "town_in",
        /// The words of more than one mention give it.
        Repeated = "repeated",
        /// The first mention's words give it.
        AtFirst = "at_first",
        /// Probability that what the entity belongs to is of the country: "its |spokesman|".
        Owner = "owner",
        /// Another entity with the same office or noun is described as of the country.
        SameOffice = "same_office",
        /// The country of the dateline.
        Dateline = "dateline",
        /// A ministry or the like of the country publishes the article.
        Publisher = "publisher",
        /// It is named in the first sentence.
        Lead = "lead",
        /// It is the first country named.
        FirstNamed = "first_named",
        /// It is named most.
        MostNamed = "most_named",
        /// No other country is named.
        OnlyNamed = "only_named",
        /// Its share of all names of countries.
        Share = "share",
        /// It is the last country named before the entity's first mention.
        LastBefore = "last_before",
        /// It is the last one before that acts: "Norway protested. |Officials| said …".
        LastActed = "last_acted",
        /// Logarithm of the sentences to the nearest name of it before the first mention.
        Distance = "distance",
        /// It is named only after the first mention.
        OnlyAfter = "only_after",
        /// It is named in the sentence of the first mention.
        SameSentence = "same_sentence",
        /// It acts in the sentence of a mention.
        ActsInSentence = "acts_in_sentence",
        /// The sentence of a mention places something there: "in Norway".
        PlaceOfSentence = "place_of_sentence",
        /// The entity's own words speak of it by name: "|he| said Norway would …".
        InOwnWords = "in_own_words",
        /// The entity speaks to it: "|he| told Norway".
        OtherParty = "other_party",
        /// What the entity does reaches something of it: "|he| thanked the ministers of Norway".
        Reached = "reached",
        /// "|he| and Norway".
        Joined = "joined",
        /// The table of office holders has this name in office on the day.
        InOffice = "in_office",
        /// The table has this name within some years of the day.
        InCareer = "in_career",
        /// A table lists a person or body of this name under the country.
        Listed = "listed",
        /// The same of a person, in an article that does not speak of the country.
        ListedOnly = "listed_only",
        /// Share of the country among those whom news call by this name.
        KnownName = "known_name",
        /// Probability that who spoke before is of the country.
        SpokeBefore = "spoke_before",
        /// No country; the following say more of that.
        None = "none",
        /// None, and what the entity belongs to is an international body.
        NoneInternational = "none_international",
        /// None, and nothing in its words names a country.
        NoneUnmarked = "none_unmarked",
        /// None, of an entity that is several.
        NonePlural = "none_plural",
        /// None, of an entity with a name.
        NoneNamed = "none_named",
        /// None, of a person whom the article calls by surname alone: the readers are taken to know.
        NoneSurname = "none_surname",
        /// None, of "a" or "some".
        NoneIndefinite = "none_indefinite",
        /// None, of "foreign", "international", "Western" ones.
        NoneForeign = "none_foreign",
        /// None, of one spoken of by pronouns alone.
        NonePronoun = "none_pronoun",
        /// None, where the article names no country.
        NoneNamedNowhere = "none_named_nowhere",
        /// None, where the article names several.
        NoneOfSeveral = "none_of_several",
        /// None, of an entity that holds an office of state.
        NoneOfficial = "none_official",
        /// Share of no country among those whom news call by this name.
        NoneKnownName = "none_known_name",
    }
}
