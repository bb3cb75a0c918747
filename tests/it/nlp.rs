//! Tokens and sentences: cases in `tests/data/{tokens,sentences}`, and what must hold for any text.

use std::fmt::Write as _;
use std::sync::Arc;

use demarche::nlp::Annotate;
use demarche::nlp::core::{Core, CoreModel};
use demarche::nlp::model_file::{ModelBytes, seal};
use demarche::nlp::sentences::SentenceSplitter;
use demarche::nlp::tokenizer::Tokenizer;
use demarche::text::{Document, Layer};
use proptest::prelude::*;

use crate::work::assert_linear;

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
fn cutting_a_text_takes_work_in_proportion_to_its_length() {
    let hostile = [
        ("quotation marks", "\""),
        ("single quotation marks", "'a"),
        ("one word", "a"),
        ("one compound", "a-"),
        ("one number", "1-"),
        ("open brackets", "( "),
        ("angle brackets", "<"),
        ("backquotes", "`"),
        ("mail addresses", "a@b"),
        ("short lines", "Ab\n"),
        ("long lines", "A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A A\n"),
    ];
    for (what, unit) in hostile {
        assert_linear(what, |n| unit.repeat(5_000 * n), check_coverage_of_ends);
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
fn the_core_takes_work_in_proportion_to_the_text() {
    let model = tiny_model();
    let hostile = [
        ("quotation marks", "\" "),
        ("one word", "a"),
        ("one sentence", "Berg "),
        ("names of many kinds", "Anna Berg (AB), "),
        ("dates", "Monday, March 4, 2021 "),
        ("short sentences", "Berg met. "),
        ("paragraphs", "Berg\n\n"),
        ("mixed scripts", "Ærøskøbing Москва 東京 عَمَّان 🙂e\u{301} "),
    ];
    for (what, unit) in hostile {
        assert_linear(
            what,
            |n| unit.repeat(8_000 / unit.len() * n),
            |text| {
                let mut doc = split(text);
                Core::new(&model).annotate(&mut doc);
                assert_eq!(doc.heads.len(), doc.tokens.len(), "{what}: every token has a head");
            },
        );
    }
}

#[test]
fn a_long_text_has_every_layer_that_a_short_one_has() {
    // Longer than the 4,096 tokens that the core reads at a time, so that its layers are put together from pieces.
    let model = CoreModel::embedded();
    let paragraph = "Foreign Minister Anna Berg met the Danish envoy on Monday and said that the border would stay open. “We will talk,” she told reporters.\n\n";
    let annotated = |n: usize| {
        let mut doc = split(&paragraph.repeat(n));
        Core::new(&model).annotate(&mut doc);
        doc
    };
    let (short, long) = (annotated(3), annotated(200));
    assert!(long.tokens.len() > 4096, "{} tokens are read in one piece", long.tokens.len());
    for layer in Layer::ALL {
        assert!(short.holds(layer), "the short text has no {layer:?}");
        assert!(long.holds(layer), "{layer:?} are lost in a long text");
    }
    let n_tokens = long.tokens.len();
    let parallel = [long.upos.len(), long.xpos.len(), long.feats.len(), long.lemmas.len(), long.heads.len()];
    assert_eq!(parallel, [n_tokens; 5], "a layer stops before the text does");
    let last = n_tokens - 60;
    assert!(long.entities.iter().any(|entity| entity.tokens.start as usize > last), "no names at the end");
    let roles = long.roles.as_deref().unwrap_or_default();
    assert!(roles.iter().any(|role| role.tokens.start as usize > last), "no roles at the end");
    for role in roles {
        let other = role.of.map(|other| roles[other as usize].tokens.start.abs_diff(role.tokens.start));
        assert!(other.is_none_or(|distance| distance < 200), "{role:?} belongs to another place's words");
    }
}

#[test]
fn what_is_too_dense_to_be_read_has_every_layer_and_keeps_nobody_from_reading_the_rest() {
    let model = CoreModel::embedded();
    let annotated = |text: &str| {
        let mut doc = split(text);
        Core::new(&model).annotate(&mut doc);
        doc
    };
    let paragraph = "Foreign Minister Anna Berg met the Danish envoy on Monday. “We will talk,” she told reporters.";
    let marks = "\"".repeat(5_000);
    let alone = annotated(paragraph);
    let doc = annotated(&format!("{paragraph}\n\n{marks}\n\n{paragraph}"));
    let n_tokens = doc.tokens.len();
    let parallel = [doc.upos.len(), doc.xpos.len(), doc.feats.len(), doc.lemmas.len(), doc.heads.len()];
    assert_eq!(parallel, [n_tokens; 5], "a layer leaves out what is not read");
    let first_again = n_tokens - alone.tokens.len();
    for start in [0, first_again] {
        let names = |doc: &Document, start: usize| {
            let own = doc
                .entities
                .iter()
                .filter(|name| (start..start + alone.tokens.len()).contains(&(name.tokens.start as usize)));
            own.map(|name| (name.tokens.start as usize - start, name.kind)).collect::<Vec<_>>()
        };
        assert_eq!(names(&doc, start), names(&alone, 0), "the paragraph at token {start} is read otherwise than alone");
    }
    for sentence in &doc.sentences {
        let n_roots = sentence.tokens.range().filter(|&token_idx| doc.head(token_idx).is_none()).count();
        assert_eq!(n_roots, 1, "{:?} is not one tree", doc.range_text(sentence.tokens));
    }
    let roles = doc.roles.as_deref().unwrap_or_default();
    assert!(roles.iter().any(|role| role.tokens.start as usize >= first_again), "the roles behind the marks are lost");
    let of_marks = alone.tokens.len()..first_again;
    assert!(roles.iter().all(|role| !of_marks.contains(&(role.tokens.start as usize))), "the marks play a role");
}

/// Alters a few places of a model file and seals it again. The same number gives the same file.
fn altered(number: u64) -> Vec<u8> {
    let mut bytes = include_bytes!("../data/model/tiny.model").to_vec();
    let header_end = 48 + u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) as usize;
    // Numbers of the header: shapes, offsets, lengths, sizes.
    let digits: Vec<usize> = (48..header_end).filter(|at| bytes[*at].is_ascii_digit()).collect();
    let mut state = number;
    let mut random = move |below: usize| {
        // Numerical Recipes' linear congruence; its upper bits are random enough.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..=random(3) {
        if random(2) == 0 {
            bytes[digits[random(digits.len())]] = b'0' + u8::try_from(random(10)).unwrap();
        } else {
            let at = header_end + random(bytes.len() - header_end);
            bytes[at] = u8::try_from(random(256)).unwrap();
        }
    }
    seal(&mut bytes);
    bytes
}

#[test]
fn a_model_file_that_is_altered_is_refused_or_read() {
    let n_files = 400;
    let mut n_read = 0;
    for number in 0..n_files {
        let Ok(model) = CoreModel::parse(ModelBytes::Read(altered(number).into())) else { continue };
        let mut doc = split("“We won’t sign it,” Foreign Minister Lena Ortiz told reporters.\n\nShe left: twice.");
        Core::new(&Arc::new(model)).annotate(&mut doc);
        assert_eq!(doc.heads.len(), doc.tokens.len(), "file {number}");
        n_read += 1;
    }
    assert!(
        0 < n_read && n_read < n_files,
        "{n_read} of {n_files} were read: the files are not altered as they should be"
    );
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
