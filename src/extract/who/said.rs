//! Who is credited with which words, as far as the core's roles tell: enough to know who "I" is, and who spoke last.

use crate::text::{Document, Role, TokenRange, Tree};

use super::finder::head_of;

/// One attribution: whose words, and where they stand.
#[derive(Debug)]
pub(super) struct Said {
    /// Head of the words credited.
    pub(super) source: usize,
    pub(super) cue: TokenRange,
    pub(super) contents: Vec<TokenRange>,
}

/// The attributions of a document, in the order of their cues.
#[derive(Debug, Default)]
pub(super) struct Attributions {
    all: Vec<Said>,
    /// By token: the attribution whose content holds it.
    holder: Vec<Option<u32>>,
}

impl Attributions {
    pub(super) fn find(doc: &Document, tree: &Tree<'_>) -> Self {
        let roles = doc.roles.as_deref().unwrap_or_default();
        let mut all = Vec::new();
        let mut by_cue = vec![None; roles.len()];
        for (index, cue) in roles.iter().enumerate().filter(|(_, span)| span.role == Role::Cue) {
            let Some(source) = cue.of else { continue };
            by_cue[index] = Some(all.len());
            let source = head_of(tree, roles[source as usize].tokens);
            all.push(Said { source, cue: cue.tokens, contents: Vec::new() });
        }
        let mut holder = vec![None; doc.tokens.len()];
        for content in roles.iter().filter(|span| span.role == Role::Content) {
            let Some(said) = content.of.and_then(|cue| by_cue[cue as usize]) else { continue };
            all[said].contents.push(content.tokens);
            holder[content.tokens.range()].fill(u32::try_from(said).ok());
        }
        Self { all, holder }
    }

    pub(super) fn all(&self) -> &[Said] {
        &self.all
    }

    /// The attribution whose content holds a token.
    pub(super) fn around(&self, token: usize) -> Option<&Said> {
        self.holder.get(token).copied().flatten().map(|said| &self.all[said as usize])
    }

    /// The attribution whose cue stands nearest before a token.
    pub(super) fn last_before(&self, token: usize) -> Option<&Said> {
        let after = self.all.partition_point(|said| (said.cue.start as usize) < token);
        after.checked_sub(1).map(|at| &self.all[at])
    }
}
