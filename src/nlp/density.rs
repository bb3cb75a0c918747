//! What the trained core does not read of a text that is far denser in tokens than prose.
//!
//! The core's work goes with tokens, whatever they are. Prose has a token in five bytes; a text of marks has one in each, and would
//! cost five times what news of its size costs. So a text is read up to half as many tokens again as its bytes are worth in prose,
//! which with all else makes twice the time at most. Beyond that its densest sentences (runs of marks, rows of figures, code in one
//! line) are left out, those with most tokens too many first. They are no part of the story: boilerplate, and without a tree. News is
//! never so dense. Which sentences they are depends on the text alone.

use crate::text::Document;

/// Most tokens in ten bytes of a text, over all of it. Prose has two. Of 27,000 articles, reports, transcripts and papers of fifty tokens
/// and more none has more than 2.8, and none of a thousand tokens more than 2.5.
const IN_TEN_BYTES: usize = 3;

/// Tokens that a text may have beyond that, so that a short one is read whatever it is: a hundredth of a second.
const FREE: usize = 100;

/// The sentences that are not read, ascending. Nearly always none.
pub fn unread(doc: &Document) -> Vec<usize> {
    let mut left = doc.tokens.len();
    let is_affordable = |n_tokens: usize| 10 * n_tokens <= IN_TEN_BYTES * doc.text().len() + 10 * FREE;
    if is_affordable(left) {
        return Vec::new();
    }
    // Tokens too many, in tenths.
    let excess = |sentence: usize| {
        let tokens = doc.sentences[sentence].tokens;
        (10 * tokens.len()).saturating_sub(IN_TEN_BYTES * doc.span_of(tokens).len())
    };
    let mut dense: Vec<(usize, usize)> = (0..doc.sentences.len())
        .map(|sentence| (excess(sentence), sentence))
        .filter(|(excess, _)| *excess > 0)
        .collect();
    dense.sort_unstable_by_key(|&(excess, sentence)| (std::cmp::Reverse(excess), sentence));
    let mut unread = Vec::new();
    for (_, sentence) in dense {
        if is_affordable(left) {
            break;
        }
        left -= doc.sentences[sentence].tokens.len();
        unread.push(sentence);
    }
    unread.sort_unstable();
    unread
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlp::Annotate;
    use crate::nlp::sentences::SentenceSplitter;
    use crate::nlp::tokenizer::Tokenizer;

    fn split(text: &str) -> Document {
        let mut doc = Document::new(text);
        Tokenizer::new().annotate(&mut doc);
        SentenceSplitter::new().annotate(&mut doc);
        doc
    }

    /// The text of each sentence that is not read.
    fn left_out(text: &str) -> Vec<String> {
        let doc = split(text);
        unread(&doc).into_iter().map(|sentence| doc.range_text(doc.sentences[sentence].tokens).to_owned()).collect()
    }

    #[test]
    fn no_text_is_read_for_more_than_twice_what_news_of_its_size_has() {
        let news = "The envoys met in Oslo on Monday. ";
        for (what, unit) in [
            ("quotation marks", "\""),
            ("marks between letters", "a,"),
            ("marks in lines", "()[]{}\n"),
            ("figures", "7, 12, "),
            ("scores", "3-2 4-1\n"),
            ("code", "for(i=0;i<n;i++){a[i]=b(i);}"),
            ("news and marks in one line", "The envoys met in Oslo on Monday. ((((((((((((((((((((((((((((((((((((((("),
            ("news and marks in turn", "The envoys met in Oslo on Monday.\n\n((((((((((((((((((((((((((((((((((((\n\n"),
            ("words of one letter", "a\n\n"),
        ] {
            for n_bytes in [300, 1_000, 3_000, 10_000, 50_000] {
                let doc = split(&unit.repeat(n_bytes / unit.len()));
                let n_unread: usize = unread(&doc).iter().map(|sentence| doc.sentences[*sentence].tokens.len()).sum();
                let n_read = doc.tokens.len() - n_unread;
                let n_of_news = split(&news.repeat(n_bytes / news.len())).tokens.len();
                assert!(
                    n_read <= 2 * n_of_news + FREE,
                    "{what}, {n_bytes} bytes: {n_read} tokens, of news {n_of_news}"
                );
            }
        }
    }

    #[test]
    fn what_articles_have_is_read() {
        let prose = "The envoys met in Oslo on Monday, and neither would say what the talks had been about. ";
        let table = "Arsenal 38 26 6 6 88 43 84\nBergen 38 25 8 5 86 39 83\n";
        let scores = "Anna Berg, Norway, def. Ida Holm, Sweden, 6-3, 6-4, 7-6 (4).\n";
        let draw = "Pick 4: 4-9-2-6\n";
        let code = "    if (count > 0) {\n        return count - 1;\n    }\n";
        for (what, text) in [
            ("prose", prose.repeat(200)),
            ("a league's table in an article", prose.repeat(20) + &table.repeat(40)),
            ("results of matches in an article", prose.repeat(20) + &scores.repeat(20)),
            ("a list of draws", draw.repeat(12)),
            ("code in lines", code.repeat(300)),
            ("single figures in an article", prose.repeat(60) + &"7, 12, ".repeat(100)),
            (
                "short answers in an interview",
                "\"No,\" he said. \"Why should we give up what was agreed?\" she asked when she was told of the plan. "
                    .repeat(60),
            ),
        ] {
            assert_eq!(left_out(&text), [""; 0], "{what}");
        }
    }

    #[test]
    fn what_is_left_out_is_what_has_most_tokens_too_many() {
        let prose = "\"No,\" he said. The envoys met in Oslo on Monday.\n\n";
        let marks = "\"".repeat(4_000);
        let text = format!("{prose}{marks}\n\n7-6, 6-3.\n\n{prose}");
        assert_eq!(left_out(&text), [marks]);
    }
}
