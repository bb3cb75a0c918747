//! Markup to text by leaving out the tags: blocks, captions and list items become paragraphs, entities become characters, and
//! `<q>` becomes the quotation marks that a browser shows.

use std::borrow::Cow;

use super::furniture;
use super::tokens::{self, Piece, Tag};

/// Elements that stand in a line of text, or nowhere. All others begin a paragraph.
const INLINE: [&str; 45] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "link", "mark", "meta", "nobr", "noscript", "picture", "q", "rt", "ruby", "s", "samp",
    "script", "small", "source", "span", "strike", "strong", "style", "sub", "sup", "svg", "time", "tt", "u", "var",
    "wbr",
];

/// Elements whose content is no text of the page. Those that hold other elements are left out only if they are closed.
const SKIPPED: [&str; 9] = ["script", "style", "noscript", "template", "svg", "iframe", "textarea", "title", "noembed"];

/// Characters that say where a word may be broken, or nothing at all. In a word they are in the way of whoever looks for it.
const UNSEEN: [char; 4] = ['\u{AD}', '\u{200B}', '\u{2060}', '\u{FEFF}'];

/// The quotation marks of `<q>`, outer and inner, as browsers show them in English.
const MARKS: [(char, char); 2] = [('“', '”'), ('‘', '’')];

/// The text of a page or fragment.
pub(super) fn text(html: &str) -> String {
    let mut writer = Writer::default();
    for piece in tokens::of(html) {
        writer.take(&piece);
    }
    writer.text
}

/// Writes the text of pieces as they come.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) text: String,
    /// What stands between the text and what comes next.
    gap: &'static str,
    /// The element that is being left out.
    skipped: Option<Skipped>,
    /// The open `<q>`, and whether each has a mark of ours.
    quotations: Vec<bool>,
    /// Whether the innermost `<q>` has had no word so far.
    is_quotation_due: bool,
    /// How many figures and captions are open.
    n_figures: usize,
    /// The open element that says who took a picture, and how often it is open.
    credit: Option<(String, usize)>,
    /// Whether a tag stands between the last word and the next one.
    is_behind_tag: bool,
}

/// An element that is being left out. Its words are written all the same, and taken back when it is closed.
#[derive(Debug)]
struct Skipped {
    name: String,
    /// How often it is open.
    depth: usize,
    /// How long the text was before, and which gap was due.
    n_before: usize,
    gap_before: &'static str,
}

impl Writer {
    /// Takes the next piece in.
    pub(super) fn take(&mut self, piece: &Piece) {
        match piece {
            Piece::Text(words) => self.append(words),
            Piece::Open(tag) => self.open(tag),
            Piece::Close(name) => self.close(name),
        }
    }

    /// Whether what comes now is left out.
    pub(super) fn is_skipping(&self) -> bool {
        self.skipped.is_some()
    }

    fn open(&mut self, tag: &Tag) {
        if let Some(skipped) = &mut self.skipped {
            skipped.depth += usize::from(skipped.name == tag.name);
            return;
        }
        if tag.name == "q" {
            self.quotations.push(false);
            self.is_quotation_due = true;
        }
        self.space(&tag.name);
        self.is_behind_tag = true;
        if is_figure(&tag.name) {
            self.n_figures += 1;
        } else if let Some((name, depth)) = &mut self.credit {
            *depth += usize::from(*name == tag.name);
        } else if self.n_figures > 0 && furniture::is_credit(tag) {
            self.credit = Some((tag.name.clone(), 1));
            self.gap = "\n\n";
        }
        if SKIPPED.contains(&tag.name.as_str()) || furniture::is_opened(tag) {
            let (n_before, gap_before) = (self.text.len(), self.gap);
            self.skipped = Some(Skipped { name: tag.name.clone(), depth: 1, n_before, gap_before });
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(skipped) = &mut self.skipped {
            skipped.depth -= usize::from(skipped.name == name);
            if skipped.depth == 0 {
                self.text.truncate(skipped.n_before);
                self.gap = skipped.gap_before;
                self.skipped = None;
            }
            return;
        }
        if name == "q" && self.quotations.pop() == Some(true) {
            self.text.push(MARKS[self.quotations.len().min(1)].1);
        }
        self.space(name);
        self.is_behind_tag = true;
        if is_figure(name) {
            self.n_figures = self.n_figures.saturating_sub(1);
        }
        if let Some((credit, depth)) = &mut self.credit {
            *depth -= usize::from(credit.as_str() == name);
            if *depth == 0 || self.n_figures == 0 {
                self.credit = None;
                self.gap = "\n\n";
            }
        }
    }

    /// The gap that a tag makes.
    fn space(&mut self, name: &str) {
        if name == "br" {
            self.gap = if self.gap.starts_with('\n') { "\n\n" } else { "\n" };
        } else if !is_inline(name) {
            self.gap = "\n\n";
        }
    }

    /// Appends words behind the gap that is due; runs of white space become one space, as a browser shows them.
    fn append(&mut self, words: &str) {
        if words.starts_with(|c: char| c.is_ascii_whitespace()) && self.gap.is_empty() {
            self.gap = " ";
        }
        for word in words.split_ascii_whitespace() {
            let word = if word.contains(UNSEEN) { Cow::Owned(word.replace(UNSEEN, "")) } else { Cow::Borrowed(word) };
            if word.is_empty() {
                continue;
            }
            if std::mem::take(&mut self.is_behind_tag)
                && self.n_figures > 0
                && self.gap.is_empty()
                && self.is_glued(&word)
            {
                self.gap = "\n\n";
            }
            if !self.text.is_empty() {
                self.text.push_str(self.gap);
            }
            if std::mem::take(&mut self.is_quotation_due)
                && let Some(is_marked) = self.quotations.last_mut()
                && !word.starts_with(['“', '"', '‘', '\'', '«', '„', '”'])
            {
                *is_marked = true;
                self.text.push(MARKS[(self.quotations.len() - 1).min(1)].0);
            }
            self.text.push_str(&word);
            self.gap = " ";
        }
        if !words.ends_with(|c: char| c.is_ascii_whitespace()) && !words.is_empty() {
            self.gap = "";
        }
    }

    /// Whether a word behind a tag and without a space begins something else than what stands before it: "the quay.Photo", "the quayPhoto".
    fn is_glued(&self, word: &str) -> bool {
        let mut before = self.text.chars().rev();
        let (last, one_before) = (before.next(), before.next());
        let is_end = match last {
            Some('.' | '!' | '?' | ')' | '”' | '"') => one_before.is_some_and(char::is_lowercase),
            Some(last) => last.is_lowercase() && one_before.is_some_and(char::is_lowercase),
            None => false,
        };
        is_end && word.starts_with(|c: char| c.is_uppercase() || matches!(c, '©' | '('))
    }
}

/// Whether an element stands in a line of text.
pub(super) fn is_inline(name: &str) -> bool {
    INLINE.contains(&name)
}

fn is_figure(name: &str) -> bool {
    matches!(name, "figure" | "figcaption")
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn blocks_become_paragraphs_and_tags_in_a_line_vanish() {
        for (html, expected) in [
            ("<div>One <b>bold</b>er.</div><div>Two</div>", "One bolder.\n\nTwo"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("a<br>\n<br>b", "a\n\nb"),
            ("<p>&ldquo;Caf&eacute;&rdquo; &amp; &#8212;&nbsp;x</p>", "“Café” & —\u{A0}x"),
            ("  <ul>\n<li>1</li>\n<li>2</li></ul>", "1\n\n2"),
            (
                "<figure><span>A. Photographer</span><figcaption>The quay</figcaption></figure>She left.",
                "A. Photographer\n\nThe quay\n\nShe left.",
            ),
            (
                "<figure><figcaption><span>The quay at dawn.</span><span>Ada Finch/Example Wire</span></figcaption></figure>She left.",
                "The quay at dawn.\n\nAda Finch/Example Wire\n\nShe left.",
            ),
            (
                "<figure><figcaption>The quay at Port Vale <span class=photo__credit>Ada Finch</span> in May</figcaption></figure>",
                "The quay at Port Vale\n\nAda Finch\n\nin May",
            ),
            ("<figcaption>The <b>A</b>BC of St. <i>M</i>oritz</figcaption>", "The ABC of St. Moritz"),
            ("the bank's <span class=credit>credit</span> line", "the bank's credit line"),
            ("x <i> y</i>\n z", "x y z"),
            ("the am&shy;bas&ZeroWidthSpace;sador &#xFEFF; left", "the ambassador left"),
            ("<p>a</p><div class='Cookie_Banner x'><p>We use cookies</p></div><p>b</p>", "a\n\nb"),
            ("<p>a<img class=sr-only>b</p><section id=comments><div>c</div></section>", "ab"),
            ("<body class='comments'><amp-consent><p>Agree?</p></amp-consent>a", "a"),
            ("the <script>a < b</script>envoy<svg><title>icon</title></svg>s", "the envoys"),
            ("the <svg class=a /> envoys <svg><title/></svg>left", "the envoys left"),
            ("the <svg><style/><script/><title/></svg>envoy", "the envoy"),
            ("the <svg><style>a</style><text>b</text><script>c</script></svg>envoy", "the envoy"),
            ("<math><mi>n</mi><style/></math><p>The envoy</p>", "n\n\nThe envoy"),
            ("<p></p>", ""),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn what_is_left_out_and_never_closed_costs_no_words() {
        assert_eq!(text("before <svg>after"), "before after");
        assert_eq!(text("<svg><svg></svg>in</svg>out"), "out");
    }

    #[test]
    fn q_keeps_the_marks_that_a_browser_shows() {
        for (html, expected) in [
            ("He said <q>we will <em>talk</em></q>.", "He said “we will talk”."),
            ("<q>He told me <q> no </q>, twice</q>", "“He told me ‘no’ , twice”"),
            ("<q>“marked”</q>", "“marked”"),
            ("<q></q>x</q>y", "xy"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }
}
