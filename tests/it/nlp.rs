//! Tokens and sentences: cases in `tests/data/{tokens,sentences}`, and what must hold for any text.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use demarche::nlp::Annotate;
use demarche::nlp::core::{Core, CoreModel};
use demarche::nlp::model_file::ModelBytes;
use demarche::nlp::sentences::SentenceSplitter;
use demarche::nlp::tokenizer::Tokenizer;
use demarche::text::Document;
use proptest::prelude::*;

fn split(text: &str) -> Document {
    let mut doc = Document::new(text);
    Tokenizer::new().annotate(&mut doc);
    SentenceSplitter::new().annotate(&mut doc);
    doc
}

#[test]
fn words_are_cut_as_the_treebanks_do() {
    let mut wrong = String::new();
    for line in include_str!("../data/tokens/words.txt").lines().filter(|line| !line.starts_with('#')) {
        let (text, expected) = line.split_once('\t').expect("a text, a tab, its tokens");
        let doc = split(text);
        let got: Vec<&str> = (0..doc.tokens.len()).map(|token_idx| doc.token_text(token_idx)).collect();
        if got.join(" ") != expected {
            writeln!(wrong, "{text}\n  expected {expected}\n  got      {}", got.join(" ")).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn sentences_end_where_a_reader_ends_them() {
    let mut wrong = String::new();
    let files = [include_str!("../data/sentences/own.txt"), include_str!("../data/sentences/rules.txt")];
    let cases = files.map(|file| file.split_once('\n').expect("a comment line first").1);
    for case in cases.into_iter().flat_map(|cases| cases.split("\n===\n")) {
        let case = case.trim_end();
        let text = case.replace('|', "");
        let doc = split(&text);
        let mut got = text.clone();
        for sentence in doc.sentences.iter().rev().skip(1) {
            got.insert(doc.span_of(sentence.tokens).end as usize, '|');
        }
        if got != case {
            writeln!(wrong, "expected {case:?}\ngot      {got:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Every byte that is not white space is in exactly one token, and every token in exactly one sentence.
fn check_coverage(text: &str) {
    let doc = split(text);
    let mut end = 0;
    for token in &doc.tokens {
        let between = &text[end..token.start as usize];
        assert!(between.chars().all(char::is_whitespace), "{between:?} is in no token of {text:?}");
        assert!(!token.is_empty(), "empty token in {text:?}");
        end = token.end as usize;
    }
    assert!(text[end..].chars().all(char::is_whitespace), "the end of {text:?} is in no token");
    let mut next = 0;
    for sentence in &doc.sentences {
        assert_eq!(sentence.tokens.start, next, "sentences have gaps in {text:?}");
        assert!(!sentence.tokens.is_empty(), "empty sentence in {text:?}");
        next = sentence.tokens.end;
    }
    assert_eq!(next as usize, doc.tokens.len(), "tokens after the last sentence of {text:?}");
}

proptest! {
    #[test]
    fn any_text_is_covered_by_tokens_and_sentences(text in any::<String>()) {
        check_coverage(&text);
    }

    #[test]
    fn any_mixture_of_marks_is_covered(text in "[a-cA-C0-9 \n\t.,:;!?'\"’“”‘()\\[\\]@/&$#%_*=~+<>`…—\u{a0}é-]{0,60}") {
        check_coverage(&text);
    }

    #[test]
    fn any_mixture_of_addresses_is_covered(text in "(http://|www\\.|a@b|\\.com|/x|n't|'s|U\\.S\\.|Mr\\.|-|1,000|5pm|\\. \\. \\.| |\n){0,20}") {
        check_coverage(&text);
    }
}

#[test]
fn time_is_linear_in_the_text() {
    let hostile: [(&str, String); 9] = [
        ("10 MB of quotation marks", "\"".repeat(10_000_000)),
        ("10 MB of single quotation marks", "'a".repeat(5_000_000)),
        ("one word of 1 MB", "a".repeat(1_000_000)),
        ("one compound of 1 MB", "a-".repeat(500_000)),
        ("one number of 1 MB", "1-".repeat(500_000)),
        ("1 MB of open brackets", "( ".repeat(500_000)),
        ("1 MB of mail addresses", "a@b".repeat(300_000)),
        ("1 MB of short lines", "Ab\n".repeat(300_000)),
        ("1 MB of one long line's ends", format!("{}\n", "A ".repeat(100)).repeat(5_000)),
    ];
    for (what, text) in hostile {
        let began = Instant::now();
        check_coverage_of_ends(&text);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(60), "{what} took {took:?}");
    }
}

fn check_coverage_of_ends(text: &str) {
    let doc = split(text);
    let covered: usize = doc.tokens.iter().map(|token| token.len()).sum();
    let visible = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
    assert_eq!(covered, visible, "bytes were lost");
}

/// A model of a few kilobytes with random weights; what it finds is nonsense, but always the same.
fn tiny_model() -> Arc<CoreModel> {
    let bytes = include_bytes!("../data/model/tiny.model");
    Arc::new(CoreModel::parse(ModelBytes::Read(bytes.as_slice().into())).unwrap())
}

/// Everything the core fills, as text.
fn layers(doc: &Document) -> String {
    let lemmas: Vec<&str> = doc.lemmas.iter().collect();
    format!(
        "{:?} {:?} {:?} {lemmas:?} {:?} {:?} {:?}",
        doc.upos, doc.xpos, doc.feats, doc.heads, doc.deprels, doc.entities
    )
}

#[test]
fn an_article_is_read_the_same_whatever_was_read_before_and_on_any_thread() {
    let model = tiny_model();
    let mut articles: Vec<String> = include_str!("../data/sentences/own.txt").split("===").map(str::to_owned).collect();
    articles.push(articles.concat());
    articles.push("No.".to_owned());
    let alone: Vec<String> = articles
        .iter()
        .map(|text| {
            let mut doc = split(text);
            Core::new(&model).annotate(&mut doc);
            layers(&doc)
        })
        .collect();
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let (model, articles) = (Arc::clone(&model), articles.clone());
            std::thread::spawn(move || {
                let mut core = Core::new(&model);
                let annotate = |text: &String| {
                    let mut doc = split(text);
                    core.annotate(&mut doc);
                    layers(&doc)
                };
                articles.iter().map(annotate).collect::<Vec<_>>()
            })
        })
        .collect();
    for thread in threads {
        let together = thread.join().unwrap();
        for ((text, alone), together) in articles.iter().zip(&alone).zip(&together) {
            assert_eq!(alone, together, "read differently after other articles: {text:?}");
        }
    }
}

#[test]
fn the_core_takes_any_text_in_linear_time() {
    let model = tiny_model();
    let hostile: [(&str, String); 8] = [
        ("quotation marks", "\" ".repeat(10_000)),
        ("one word", "a".repeat(1_000_000)),
        ("one sentence", "Berg ".repeat(100_000)),
        ("names of many kinds", "Anna Berg (AB), ".repeat(20_000)),
        ("dates", "Monday, March 4, 2021 ".repeat(20_000)),
        ("short sentences", "Berg met. ".repeat(30_000)),
        ("paragraphs", "Berg\n\n".repeat(30_000)),
        ("mixed scripts", "Ærøskøbing Москва 東京 عَمَّان 🙂e\u{301} ".repeat(20_000)),
    ];
    for (what, text) in hostile {
        let began = Instant::now();
        let mut doc = split(&text);
        Core::new(&model).annotate(&mut doc);
        assert_eq!(doc.heads.len(), doc.tokens.len(), "{what}: every token has a head");
        let took = began.elapsed();
        assert!(took < Duration::from_secs(60), "{} bytes of {what} took {took:?}", text.len());
    }
}

proptest! {
    #[test]
    fn names_lie_in_their_sentences_and_do_not_overlap(text in "((Anna|Berg|Tarn|WGC|the|on|May|Monday|2016|14)( |, |\\. |\\) | \\(|\n\n)){0,80}") {
        let mut doc = split(&text);
        Core::new(&tiny_model()).annotate(&mut doc);
        let mut end = 0;
        for entity in &doc.entities {
            prop_assert!(!entity.tokens.is_empty() && entity.tokens.start >= end, "names overlap in {text:?}");
            end = entity.tokens.end;
            let sentence = doc.sentences[doc.sentence_of(entity.tokens.start as usize)];
            prop_assert!(sentence.tokens.contains(entity.tokens), "a name leaves its sentence in {text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_sentence_is_one_tree(text in "([A-Ca-c0-9]{1,5}( |, |\\. |\"|\n\n)){0,60}") {
        let mut doc = split(&text);
        Core::new(&tiny_model()).annotate(&mut doc);
        for sentence in &doc.sentences {
            let range = sentence.tokens.range();
            let roots = range.clone().filter(|&token_idx| doc.head(token_idx).is_none()).count();
            prop_assert_eq!(roots, 1, "roots of {:?}", doc.range_text(sentence.tokens));
            for token_idx in range.clone() {
                let mut at = token_idx;
                let mut steps = 0;
                while let Some(head) = doc.head(at) {
                    prop_assert!(range.contains(&head), "a head outside of its sentence");
                    steps += 1;
                    prop_assert!(steps <= range.len(), "a cycle");
                    at = head;
                }
            }
        }
    }
}

#[test]
fn a_sentence_of_a_thousand_words_is_parsed_in_pieces() {
    let mut doc = split(&"word ".repeat(1000));
    Core::new(&tiny_model()).annotate(&mut doc);
    assert_eq!(doc.sentences.len(), 1);
    let roots: Vec<usize> = (0..doc.tokens.len()).filter(|&token_idx| doc.head(token_idx).is_none()).collect();
    assert_eq!(roots.len(), 1, "the pieces hang together");
}
