//! What a record's finding is, in closed sets. It travels beside the record, so that the loop can count findings by type
//! and status and still know nothing of linguistics.

use super::{AttitudeRecord, EventRecord, EventStatusRecord, StatementRecord};
use crate::finding::EventType;

/// What a finding is counted as. Every part is of a closed set: a metric has a series for each, 87 in all, whatever articles say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingClass {
    /// A statement, by what its source does with the content.
    Statement(AttitudeRecord),
    /// An event, by its PLOVER type and whether it happened.
    Event(EventType, EventStatusRecord),
}

impl FindingClass {
    /// The class of a statement.
    pub const fn of_statement(found: &StatementRecord) -> Self {
        Self::Statement(found.attitude)
    }

    /// The class of an event; none of one whose type is no PLOVER type, as only a record that others wrote can have.
    pub fn of_event(found: &EventRecord) -> Option<Self> {
        let event_type = found.plover.event_type.parse().ok()?;
        Some(Self::Event(event_type, found.status))
    }

    /// Every class there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_type = |event_type: &EventType| {
            let event_type = *event_type;
            EventStatusRecord::ALL.into_iter().map(move |status| Self::Event(event_type, status))
        };
        let events = EventType::ALL.iter().flat_map(of_type);
        AttitudeRecord::ALL.into_iter().map(Self::Statement).chain(events)
    }

    /// Attitude of a statement, PLOVER type of an event, as they are written in the record.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Statement(attitude) => attitude.as_str(),
            Self::Event(event_type, _) => event_type.name(),
        }
    }

    /// Status of an event, as it is written in the record; a statement has none.
    pub const fn status_name(self) -> Option<&'static str> {
        match self {
            Self::Statement(_) => None,
            Self::Event(_, status) => Some(status.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_the_words_of_the_record() {
        for attitude in AttitudeRecord::ALL {
            assert_eq!(serde_json::to_value(attitude).unwrap(), FindingClass::Statement(attitude).type_name());
        }
        for status in EventStatusRecord::ALL {
            let class = FindingClass::Event(EventType::Consult, status);
            assert_eq!(class.type_name(), "CONSULT");
            assert_eq!(Some(serde_json::to_value(status).unwrap().as_str().unwrap()), class.status_name());
        }
    }

    #[test]
    fn the_classes_are_seven_attitudes_and_sixteen_types_of_five_statuses() {
        let mut classes: Vec<FindingClass> = FindingClass::all().collect();
        classes.sort_unstable();
        classes.dedup();
        assert_eq!(classes.len(), 7 + 16 * 5);
    }
}
