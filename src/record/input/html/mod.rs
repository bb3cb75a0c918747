//! HTML: the main content of a page, or of a fragment, as paragraphs of plain text, and what the page says of itself.
//!
//! Readability's algorithm (`dom_smoothie`) finds the content. It works on a tree, and building one takes time and memory
//! that grow faster than the page where tags are nested without end; such a page, and one without recognizable content,
//! only loses its tags ([`strip`]). Where it takes something else for the story, the page's own word for it is taken
//! ([`story`]). What comes out becomes the article's text, and offsets count in it.

mod budget;
pub(super) mod content;
mod foreign;
mod furniture;
mod head;
mod linked_data;
mod story;
mod strip;
mod tokens;

use super::raw::RawArticle;
use content::Parts;
use head::Head;

/// Reads a page: its main content, and what it says of itself.
pub(super) fn parse(html: &str) -> RawArticle {
    let (mut head, mut parts) = (Head::default(), Parts::default());
    for piece in tokens::of(html) {
        head.take(&piece);
        parts.take(&piece);
    }
    let (mut found, content) = content::readable(html).unwrap_or_default();
    let mut said = head.said(found.title.take());
    let text = parts.text(content, said.text.take());
    RawArticle { text, ..said.or(found) }
}
