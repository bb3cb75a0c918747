//! PLV's fifteen classes: roots of PLOVER by the conversion table of 2021, in which concessions and retreats are one, and a few codes belong elsewhere.

use crate::text::EventType;

/// The classes, most frequent ones of diplomatic news first: of equals the first is the answer.
pub(super) const CLASSES: [&str; 15] = [
    "ACCUSE",
    "CONSULT",
    "AGREE",
    "REQUEST",
    "SUPPORT",
    "REJECT",
    "ASSAULT",
    "COERCE",
    "YIELD",
    "THREATEN",
    "AID",
    "SANCTION",
    "COOPERATE",
    "PROTEST",
    "MOBILIZE",
];

/// Codes whose class is not that of their root.
const MOVED: [(&str, &str); 5] =
    [("163", "COERCE"), ("1712", "ASSAULT"), ("175", "ASSAULT"), ("191", "COERCE"), ("192", "COERCE")];

/// Roots with their classes.
const ROOTS: [(&str, &str); 18] = [
    ("03", "AGREE"),
    ("04", "CONSULT"),
    ("05", "SUPPORT"),
    ("06", "COOPERATE"),
    ("07", "AID"),
    ("08", "YIELD"),
    ("09", "ACCUSE"),
    ("10", "REQUEST"),
    ("11", "ACCUSE"),
    ("12", "REJECT"),
    ("13", "THREATEN"),
    ("14", "PROTEST"),
    ("15", "MOBILIZE"),
    ("16", "SANCTION"),
    ("17", "COERCE"),
    ("18", "ASSAULT"),
    ("19", "ASSAULT"),
    ("20", "ASSAULT"),
];

/// The class of a CAMEO code, by its place; none of a public statement or an appeal, which PLV leaves out.
pub(super) fn of_code(code: &str) -> Option<usize> {
    let begins =
        |list: &[(&str, &'static str)]| list.iter().find(|(known, _)| code.starts_with(known)).map(|(_, class)| *class);
    begins(&MOVED).or_else(|| begins(&ROOTS)).and_then(place)
}

/// The class of a PLOVER type, by its place.
pub(super) fn of_type(event_type: EventType) -> usize {
    let name = match event_type {
        EventType::Concede | EventType::Retreat => "YIELD",
        other => other.name(),
    };
    place(name).unwrap_or_default()
}

/// The place of a class among [`CLASSES`].
pub(super) fn place(name: &str) -> Option<usize> {
    CLASSES.iter().position(|class| *class == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_and_code_has_the_class_of_the_scorer() {
        for event_type in EventType::ALL {
            assert!(of_type(*event_type) > 0 || *event_type == EventType::Accuse, "{event_type} has no class");
        }
        let class = |code| of_code(code).map(|place| CLASSES[place]);
        assert_eq!(class("0871"), Some("YIELD"));
        assert_eq!(class("1631"), Some("COERCE"));
        assert_eq!(class("162"), Some("SANCTION"));
        assert_eq!(class("1712"), Some("ASSAULT"));
        assert_eq!((class("010"), class("0214")), (None, None));
    }
}
