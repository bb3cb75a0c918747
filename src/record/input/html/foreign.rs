//! Where a page leaves HTML for SVG or MathML, as a browser's tree has it (WHATWG HTML, 13.2.6): a tag that closes itself is closed
//! there, and a drawing's `<title>`, `<style>` or `<script>` is an element like others, so that none swallows the page behind it.

/// The roots of what is not HTML.
const ROOTS: [&str; 2] = ["svg", "math"];

/// Elements in which HTML begins again.
const HTML_AGAIN: [&str; 9] = ["foreignobject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"];

/// Tags that no drawing has: whoever forgot to close one gets HTML again.
const BREAKOUTS: [&str; 44] = [
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "strike",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
    "var",
];

/// The open elements that decide, outermost first.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    open: Vec<&'static str>,
}

impl Foreign {
    /// Takes an opening tag in; whether its element is none of HTML.
    pub(super) fn open(&mut self, name: &str, closes_itself: bool) -> bool {
        if self.is_inside() && BREAKOUTS.contains(&name) {
            self.leave();
        }
        let root = ROOTS.into_iter().find(|root| *root == name);
        let is_foreign = root.is_some() || self.is_inside();
        let html_again = HTML_AGAIN.into_iter().find(|again| is_foreign && *again == name);
        if let Some(decides) = root.or(html_again).filter(|_| !closes_itself) {
            self.open.push(decides);
        }
        is_foreign
    }

    /// Takes a closing tag in.
    pub(super) fn close(&mut self, name: &str) {
        if self.is_inside() && matches!(name, "p" | "br") {
            self.leave();
        }
        if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            self.open.truncate(at);
        }
    }

    fn is_inside(&self) -> bool {
        self.open.last().is_some_and(|open| ROOTS.contains(open))
    }

    fn leave(&mut self) {
        while self.is_inside() {
            self.open.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_ends_with_a_drawing_and_begins_again_behind_or_in_it() {
        for (tags, expected) in [
            ("svg title", true),
            ("svg/ title", false),
            ("svg path/ style", true),
            ("svg /svg title", false),
            ("svg svg /svg style", true),
            ("svg foreignobject title", false),
            ("svg foreignobject svg title", true),
            ("svg title /title style", true),
            ("svg title title", false),
            ("svg p title", false),
            ("svg g /p title", false),
            ("math mrow title", true),
            ("math mi title", false),
            ("title", false),
        ] {
            let mut foreign = Foreign::default();
            let mut last = false;
            for tag in tags.split(' ') {
                match tag.strip_prefix('/') {
                    Some(name) => foreign.close(name),
                    None => last = foreign.open(tag.trim_end_matches('/'), tag.ends_with('/')),
                }
            }
            assert_eq!(last, expected, "{tags}");
        }
    }
}
