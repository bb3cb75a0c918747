//! What holds for any text: the analysis returns, every range lies in its document on character boundaries, the same text gives
//! the same findings whichever thread reads it, and no text costs the square of its length.

use std::sync::{Arc, LazyLock};

use demarche::analyzer::{Analysis, Analyzer, Models};
use demarche::article::Article;
use demarche::finding::Statement;
use demarche::text::{Document, Field, TokenRange};
use proptest::prelude::*;

use crate::work::assert_linear;

/// Pieces that the rules react to, so that random texts reach them.
const PIECES: [&str; 40] = [
    "“",
    "”",
    "\"",
    "‘",
    "’",
    "'",
    "``",
    "''",
    ",",
    ".",
    ". .",
    ":",
    ";",
    "—",
    "(",
    ")",
    "\n\n",
    "\n",
    "said",
    "told reporters",
    "according to",
    "and",
    "that",
    "he",
    "She",
    "Norway",
    "Danish",
    "Foreign Minister",
    "Anna Berg",
    "Berg",
    "expelled",
    "met",
    "two diplomats",
    "on Sunday",
    "last month",
    "if",
    "accused",
    "called for",
    "🙂",
    "é\u{301}",
];

/// Loaded once: hundreds of texts are read with it.
static MODELS: LazyLock<Arc<Models>> = LazyLock::new(Models::embedded);

fn analyze(text: &str) -> Analysis {
    let mut article = Article::from_text("any", text);
    article.title = Some("Norway said “no”".to_owned());
    article.published_at = Some("2024-03-14T12:00:00Z".parse().unwrap());
    Analyzer::new(&MODELS).analyze(&article)
}

fn assert_well_formed(analysis: &Analysis) {
    let doc = &analysis.document;
    let check = |doc: &Document, range: TokenRange| {
        assert!(
            !range.is_empty() && range.end as usize <= doc.tokens.len(),
            "{range:?} of {} tokens",
            doc.tokens.len()
        );
        let span = doc.span_of(range);
        assert!(doc.text().get(span.range()).is_some(), "a span cuts a character");
        let (field, placed) = doc.place(span);
        let words = if field == Field::Title { doc.title().unwrap() } else { doc.body() };
        assert_eq!(words.get(placed.range()), Some(doc.slice(span)), "a span stands in one field");
    };
    let mut comes_to_an_end = vec![false; analysis.statements.len()];
    for (index, found) in analysis.statements.iter().enumerate() {
        assert!(!found.content.is_empty() && found.sentence < doc.sentences.len());
        found.spans().for_each(|range| check(doc, range));
        // Whoever walks up comes to an end. Each statement is passed once, for there may be tens of thousands.
        let mut path = Vec::new();
        let mut at = Some(index);
        while let Some(here) = at.filter(|&here| !comes_to_an_end[here]) {
            assert!(path.len() < analysis.statements.len(), "{index} stands inside itself, by {here}");
            path.push(here);
            at = analysis.statements[here].inside;
        }
        path.into_iter().for_each(|passed| comes_to_an_end[passed] = true);
    }
    let said = |found: &Statement| (found.cue.as_ref().map(|cue| cue.tokens), found.content.clone());
    let mut distinct: Vec<_> = analysis.statements.iter().map(said).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), analysis.statements.len(), "two statements agree in cue and content");
    for found in &analysis.events {
        found.spans().for_each(|range| check(doc, range));
        assert!(found.statement.is_none_or(|index| index < analysis.statements.len()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_is_analyzed(text in any::<String>()) {
        assert_well_formed(&analyze(&text));
    }

    #[test]
    fn any_mixture_of_marks_names_and_cues_is_analyzed(
        pieces in prop::collection::vec((prop::sample::select(PIECES.to_vec()), any::<bool>()), 0..120)
    ) {
        let text: String = pieces.iter().flat_map(|(piece, glued)| [*piece, if *glued { "" } else { " " }]).collect();
        assert_well_formed(&analyze(&text));
    }
}

#[test]
fn the_same_text_gives_the_same_findings_on_every_thread() {
    let models = Models::embedded();
    let texts: Arc<Vec<String>> = Arc::new((0..20).map(|n| format!("Norway expelled {n} Danish diplomats on Sunday. “No,” said Foreign Minister Anna Berg. She told reporters that talks had begun.")).collect());
    let read = |models: Arc<Models>, texts: Arc<Vec<String>>, reversed: bool| {
        let mut analyzer = Analyzer::new(&models);
        let mut order: Vec<usize> = (0..texts.len()).collect();
        if reversed {
            order.reverse();
        }
        let mut found: Vec<(usize, String)> = order
            .iter()
            .map(|&n| (n, format!("{:?}", analyzer.analyze(&Article::from_text("same", texts[n].clone())))))
            .collect();
        found.sort();
        found
    };
    let here = read(Arc::clone(&models), Arc::clone(&texts), false);
    let threads: Vec<_> = [false, true, true]
        .into_iter()
        .map(|reversed| {
            let (models, texts) = (Arc::clone(&models), Arc::clone(&texts));
            std::thread::spawn(move || read(models, texts, reversed))
        })
        .collect();
    for thread in threads {
        assert_eq!(here, thread.join().unwrap());
    }
}

/// Texts that are one thing many times over.
#[test]
fn no_text_costs_the_square_of_its_length() {
    let texts = [
        ("quotation marks", "\""),
        ("curly opening marks", "“"),
        ("single marks", "‘a’ "),
        ("cues", "he said "),
        ("cues with commas", "Berg said, "),
        ("names", "Anna Berg "),
        ("triggers", "Norway expelled Danish diplomats and "),
        ("one event in sentence after sentence", "Norway expelled two Danes. "),
        ("offices", "deputy "),
        ("commas", ", "),
        ("paragraphs", "“Norway said.\n\n"),
    ];
    for (what, unit) in texts {
        // Few, for a build that counts work does not hurry; more than any window is long.
        let n_units = (2_000 / unit.len()).min(800);
        assert_linear(what, |n| unit.repeat(n_units * n), |text| assert_well_formed(&analyze(text)));
    }
    assert_linear("one word", |n| "a".repeat(20_000 * n), |text| assert_well_formed(&analyze(text)));
    let namesakes = |n: usize| (0..150 * n).map(|at| format!("A{at} Berg, ")).collect();
    assert_linear("namesakes", namesakes, |text| assert_well_formed(&analyze(text)));
}
