//! Layers of tokens that are not read: there, as those of all tokens are, and saying nothing.

use super::{Deprel, Document, EventMentions, Feats, Layer, Upos, Xpos};

impl Document {
    /// Fills a layer of a document, or of a part of one, that no core has read: words without a kind, all below
    /// the first one of their sentence, and no names, roles or events.
    pub fn leave_unread(&mut self, layer: Layer) {
        let n_tokens = self.tokens.len();
        match layer {
            Layer::Tokens | Layer::Sentences | Layer::SentenceKinds => {}
            Layer::Tags => {
                self.upos = vec![Upos::X; n_tokens];
                self.xpos = vec![Xpos::Nfp; n_tokens];
                self.feats = vec![Feats::default(); n_tokens];
            }
            Layer::Lemmas => {
                self.lemmas.clear();
                (0..n_tokens).for_each(|_| self.lemmas.push(""));
            }
            Layer::Tree => {
                self.heads.clear();
                self.deprels.clear();
                for sentence in &self.sentences {
                    self.heads.extend(sentence.tokens.range().map(|_| sentence.tokens.start));
                    let relations =
                        sentence.tokens.range().map(|token_idx| token_idx == sentence.tokens.start as usize);
                    self.deprels.extend(relations.map(|is_root| if is_root { Deprel::Root } else { Deprel::Dep }));
                }
            }
            Layer::Names => self.entities.clear(),
            Layer::Roles => self.roles = Some(Vec::new()),
            Layer::Events => self.events = Some(EventMentions::default()),
        }
    }
}
