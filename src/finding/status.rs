//! The one rule about claims: what one side tells of another is at most alleged.

use crate::text::EventStatus;

impl EventStatus {
    /// The status of an event that stands in somebody's words. What a speaker reports of his own side is taken as it is ("we have expelled
    /// two diplomats"); what he tells of others as having happened is his claim ("they have expelled ours").
    ///
    /// `speaks_for` is the speaker's country, `countries` are those of the event's actors. Where it is open whom he speaks for, nothing changes.
    #[must_use]
    pub fn as_told_by<'a>(
        self,
        speaks_for: Option<&str>,
        countries: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        let is_of_others = speaks_for
            .is_some_and(|own| countries.into_iter().all(|country| country.is_none_or(|country| country != own)));
        if self == Self::Occurred && is_of_others { Self::Alleged } else { self }
    }
}

#[cfg(test)]
mod tests {
    use crate::text::EventStatus::{Alleged, Negated, Occurred, Planned};

    #[test]
    fn what_one_side_tells_of_another_is_a_claim() {
        assert_eq!(Occurred.as_told_by(Some("NOR"), [Some("DNK")]), Alleged);
        assert_eq!(Occurred.as_told_by(Some("NOR"), [Some("DNK"), Some("NOR")]), Occurred, "his own side took part");
        assert_eq!(Occurred.as_told_by(None, [Some("DNK")]), Occurred, "nobody knows whom he speaks for");
        assert_eq!(Planned.as_told_by(Some("NOR"), [None]), Planned);
        assert_eq!(Negated.as_told_by(Some("NOR"), [Some("DNK")]), Negated);
    }
}
