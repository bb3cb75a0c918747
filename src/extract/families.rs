//! The families of rules beside the core, as a closed set: each can be left out, so that its worth can be measured
//! (`evaluate statements GOLD --without FAMILY`; the table in `docs/accuracy.md`).

use crate::text::labels;

labels! {
    /// A family of rules that adds to what the trained core found, or mends it.
    pub enum Family {
        /// What a paragraph announces with a colon is all of the next one.
        Announced = "announced",
        /// The tree gives a cue the content that the core did not.
        TreeContent = "tree-content",
        /// The tree gives a cue the source that the core did not.
        TreeSource = "tree-source",
        /// "The paper said that X told Y that …": the outer content begins with X.
        OuterContent = "outer-content",
        /// "…, X said, according to the agency Y": Y relayed it.
        Relayed = "relayed",
        /// "The paper quoted X as saying …": these are X's words.
        QuotedAs = "quoted-as",
        /// What nobody says, though the core sees a cue: "the talks are seen as", "Asked if", "nobody fears", "seeking guarantees | that …", "recalled | its
        /// ambassador".
        Nobody = "nobody",
        /// What stands in a dateline is said by nobody.
        Dateline = "dateline",
        /// In a headline the core must be surer.
        HeadlineBar = "headline-bar",
        /// A quotation behind a new subject is that subject's.
        NewSubject = "new-subject",
        /// Listed cues that the core overlooked, outside of all contents.
        Overlooked = "overlooked",
        /// Listed cues inside the contents of others.
        Inner = "inner",
        /// Nouns of saying that the core overlooked: "Norwegian charges that …".
        Nominal = "nominal",
        /// “We are tired.” — Ana Ruiz
        Signed = "signed",
        /// Lines that begin with a name and a colon.
        Transcript = "transcript",
        /// “I think that …,” she said: her own thoughts in her own words.
        OwnWords = "own-words",
    }
}

/// Which families are left out; none where the service runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Without(u32);

impl Without {
    /// This set and one more.
    #[must_use]
    pub const fn and(self, family: Family) -> Self {
        Self(self.0 | 1 << family as u32)
    }

    /// Whether a family runs.
    pub(crate) const fn runs(self, family: Family) -> bool {
        self.0 & 1 << family as u32 == 0
    }
}
