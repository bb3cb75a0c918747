//! Stretches of a page's text that lie in elements of some kind, found as the page's tags are read: without a tree, and however its tags are
//! nested.

use std::ops::Range;

use super::furniture;
use super::strip::Writer;
use super::tokens::{Piece, Tag};

/// The elements of some kinds, in the order in which they begin.
#[derive(Debug)]
pub(super) struct Regions<K> {
    pub(super) all: Vec<Region<K>>,
    /// The open ones, innermost last.
    open: Vec<usize>,
}

/// An element, and where it stands in the page's text.
#[derive(Debug)]
pub(super) struct Region<K> {
    element: String,
    depth: usize,
    pub(super) kind: K,
    begin: usize,
    /// Absent where it is never closed.
    end: Option<usize>,
    /// Those in it.
    inner: Vec<usize>,
}

impl<K> Default for Regions<K> {
    fn default() -> Self {
        Self { all: Vec::new(), open: Vec::new() }
    }
}

impl<K> Regions<K> {
    /// Takes the next piece in, before the writer of the page's whole text has it.
    pub(super) fn take(&mut self, piece: &Piece, whole: &Writer, kind_of: impl Fn(&Tag) -> Option<K>) {
        if whole.is_skipping() {
            return;
        }
        match piece {
            Piece::Text(_) => {}
            // It is left out, and so is the tag that closes it.
            Piece::Open(tag) if furniture::is_opened(tag) => {}
            Piece::Open(tag) => {
                if let Some(kind) = kind_of(tag) {
                    let number = self.all.len();
                    if let Some(outer) = self.open.last() {
                        self.all[*outer].inner.push(number);
                    }
                    self.open.push(number);
                    let (begin, element) = (whole.text.len(), tag.name.clone());
                    self.all.push(Region { element, depth: 1, kind, begin, end: None, inner: Vec::new() });
                } else if let Some(region) = self.innermost()
                    && region.element == tag.name
                {
                    region.depth += 1;
                }
            }
            Piece::Close(name) => {
                let Some(region) = self.innermost() else { return };
                region.depth -= usize::from(region.element == *name);
                if region.depth == 0 {
                    region.end = Some(whole.text.len());
                    self.open.pop();
                }
            }
        }
    }

    fn innermost(&mut self) -> Option<&mut Region<K>> {
        self.open.last().map(|number| &mut self.all[*number])
    }

    /// Where the outermost elements stand, one behind the other.
    pub(super) fn outermost(&self, whole: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for region in &self.all {
            if found.last().is_none_or(|before| before.end <= region.begin) {
                found.push(region.range(whole));
            }
        }
        found
    }
}

impl<K> Region<K> {
    pub(super) fn range(&self, whole: &str) -> Range<usize> {
        self.begin..self.end.unwrap_or(whole.len()).max(self.begin)
    }

    /// The stretches of the page's text that are in this element and in none of those inside of it.
    pub(super) fn own<'w>(&'w self, whole: &'w str, regions: &'w Regions<K>) -> impl Iterator<Item = &'w str> {
        let inner = self.inner.iter().map(move |number| regions.all[*number].range(whole));
        let begins = std::iter::once(self.begin).chain(inner.clone().map(|inner| inner.end));
        let ends = inner.map(|inner| inner.start).chain(std::iter::once(self.range(whole).end));
        begins.zip(ends).filter_map(|(begin, end): (usize, usize)| whole.get(begin..end))
    }
}
