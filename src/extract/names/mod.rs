//! Who is who: names in the text, and the persons of an article with what it says about them.
//!
//! One resolver, used by statements for speakers and by events for actors. Nothing is invented: what the article does not say
//! stays empty, unless a table of office holders knows it of exactly that name at that time.

pub(crate) mod homes;
mod known;
mod mentions;
mod people;

pub(crate) use homes::Homes;
pub(crate) use mentions::{Mention, Mentions, What};
pub(crate) use people::People;
