//! The fields of one object, under the first of its names that has a value of the right type.

use super::super::super::{Rejection, RejectionReason};
use super::super::fields::{FIELDS, FieldName};
use super::super::members::Members;
use super::super::raw::RawArticle;
use super::values::{self, Candidate, Read};

/// What an object says under the names of fields. References are resolved before they are read, and a value of the wrong type is
/// nobody's mistake.
pub(in super::super) fn lenient<'a>(object: &Members<'a>, resolve: &dyn Fn(&'a str) -> &'a str) -> RawArticle {
    let reader = Reader { object, resolve: Some(resolve) };
    reader.article().unwrap_or_default()
}

/// What an object says under the names of fields, without looking into what it wraps.
pub(super) fn strict(object: &Members<'_>) -> Result<RawArticle, Rejection> {
    Reader { object, resolve: None }.article()
}

/// Reads the fields of one object.
pub(super) struct Reader<'m, 'a> {
    pub(super) object: &'m Members<'a>,
    /// Resolves references, for objects that nobody wrote as an article to be analyzed.
    pub(super) resolve: Option<&'m dyn Fn(&'a str) -> &'a str>,
}

impl<'a> Reader<'_, 'a> {
    fn article(&self) -> Result<RawArticle, Rejection> {
        let found = RawArticle {
            text: self.pick(FieldName::Text, "a string", values::text)?,
            id: self.pick(FieldName::Id, "a string or an integer", values::id)?,
            url: self.pick(FieldName::Url, "a string", values::string_value)?,
            title: self.pick(FieldName::Title, "a string", values::headline)?,
            published_at: self.pick(FieldName::PublishedAt, "a string or a number", values::date)?,
            publisher: self.pick(FieldName::Publisher, "a string", values::name)?,
            language: self.pick(FieldName::Language, "a string", values::string_value)?,
            markup: None,
            authors: self
                .pick(FieldName::Authors, "a list of strings", |value| values::authors(value, self.resolve))?
                .unwrap_or_default(),
        };
        if found.text.is_some() {
            return Ok(found);
        }
        // ninjs 1.x allows a body under any name that begins so, and tells plain text from markup by the name or not at all.
        let body = self.object.first_beginning("body_").filter(|_| self.resolve.is_none());
        let body = body.and_then(|raw| values::text(&Candidate { raw, is_own_name: false }).found());
        if body.is_some() {
            return Ok(RawArticle { text: body, ..found });
        }
        let markup = self.pick(FieldName::Html, "a string", values::string_value)?;
        Ok(RawArticle { markup, ..found })
    }

    /// What stands for a text where there is none.
    pub(super) fn description(&self) -> Result<Option<String>, Rejection> {
        // Summaries come as markup under any name.
        self.pick(FieldName::Description, "a string", |value| values::text(&Candidate { is_own_name: false, ..*value }))
    }

    /// The field's value under the first of its names that has one.
    fn pick<T>(
        &self,
        field: FieldName,
        expected: &str,
        read: impl Fn(&Candidate<'a>) -> Read<T>,
    ) -> Result<Option<T>, Rejection> {
        let alias = FIELDS.iter().find(|alias| alias.field == field).expect("every field has an entry");
        let own = self.object.last_named(alias.name).map(|raw| (raw, true));
        let others = alias.others.iter().filter_map(|name| self.object.last_like(name)).map(|raw| (raw, false));
        for (raw, is_own_name) in own.into_iter().chain(others).filter(|(raw, _)| *raw != "null") {
            let raw = self.resolve.map_or(raw, |resolve| resolve(raw));
            match read(&Candidate { raw, is_own_name }) {
                Read::Found(value) => return Ok(Some(value)),
                Read::WrongType if is_own_name && self.resolve.is_none() && field != FieldName::Description => {
                    return Err(malformed(format!("field {:?} is not {expected}", alias.name)));
                }
                Read::Blank | Read::WrongType => {}
            }
        }
        Ok(None)
    }
}

pub(super) fn malformed(detail: String) -> Rejection {
    Rejection::new(RejectionReason::Malformed, detail)
}
