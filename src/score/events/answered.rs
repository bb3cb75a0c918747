//! A system's event as far as it stands in the text.

use crate::score::analyses::{self, Found, FoundEvent, FoundParty};
use crate::score::excerpt::Ends;

/// An event of the system.
#[derive(Debug)]
pub(super) struct Answered<'a> {
    /// Trigger and further mentions, at least one.
    pub(super) spans: Vec<Ends>,
    /// PLOVER type; "none" where the record has none.
    pub(super) plover: &'a str,
    pub(super) mode: Option<&'a str>,
    pub(super) cameo: &'a str,
    pub(super) status: Option<&'a str>,
    /// Parties with their codes; one in the title has no place.
    pub(super) actors: Vec<(Option<Ends>, &'a str)>,
    pub(super) recipients: Vec<(Option<Ends>, &'a str)>,
    pub(super) date: Option<Ends>,
    pub(super) place: Option<Ends>,
}

/// The events of an analysis that have a mention in the text.
pub(super) fn all(found: &Found) -> Vec<Answered<'_>> {
    found.events().iter().filter_map(Answered::new).collect()
}

impl<'a> Answered<'a> {
    pub(super) fn new(found: &'a FoundEvent) -> Option<Self> {
        let spans = found.spans();
        let plover = found.plover.as_ref();
        (!spans.is_empty()).then(|| Self {
            spans,
            plover: plover.and_then(|plover| given(plover.event_type.as_ref())).unwrap_or("none"),
            mode: plover.and_then(|plover| plover.mode.as_deref()),
            cameo: found.cameo.as_deref().unwrap_or_default(),
            status: found.status.as_deref(),
            actors: parties(found.actors.as_deref()),
            recipients: parties(found.recipients.as_deref()),
            date: analyses::ends(found.date.as_ref()),
            place: analyses::ends(found.location.as_ref()),
        })
    }

    /// All parties of both sides.
    pub(super) fn parties(&self) -> impl Iterator<Item = &(Option<Ends>, &'a str)> {
        self.actors.iter().chain(&self.recipients)
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

fn parties(found: Option<&[FoundParty]>) -> Vec<(Option<Ends>, &str)> {
    let code = |party| -> &str {
        let FoundParty { code, country, .. }: &FoundParty = party;
        given(code.as_ref()).or(given(country.as_ref())).unwrap_or_default()
    };
    found.unwrap_or_default().iter().map(|party| (party.place.ends(), code(party))).collect()
}
