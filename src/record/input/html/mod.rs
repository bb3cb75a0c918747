//! HTML: the main content of a page, or of a fragment, as paragraphs of plain text, and what the page says of itself.
//!
//! Readability's algorithm (`dom_smoothie`) finds the content. It works on a tree, and building one takes time and memory
//! that grow faster than the page where tags are nested without end; such a page, and one without recognizable content,
//! only loses its tags ([`strip`]). Where it takes something else for the story, the page's own word for it is taken
//! ([`story`]), or what all evidence together speaks for ([`evidence`]), and what came along from other elements and has none of the story's words is
//! left out ([`coherence`]). What comes out becomes the article's text, and offsets count in it.

mod budget;
mod coherence;
pub(super) mod content;
mod evidence;
mod foreign;
mod furniture;
mod head;
mod linked_data;
mod outline;
mod regions;
mod story;
mod strip;
mod summary;
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
    let head::Said { mut article, summaries } = head.said(found.title.take());
    let body = article.text.take();
    let title = article.title.as_deref().unwrap_or_default();
    let said = content::Said { title, summaries: &summaries, body: body.as_deref() };
    let text = parts.text(html, content, said);
    RawArticle { text, ..article.or(found) }
}
