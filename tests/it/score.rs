//! The crate's scorers print what the project's scorers print, on the files in `tests/data/score`.

use demarche::nlp::sentences::SentenceSplitter;
use demarche::score::entities::{self, Match, Scheme};
use demarche::score::parse::{self, Tokens};
use demarche::score::{conllu, sentences};

#[test]
fn sentence_figures_are_those_of_the_scorer() {
    let gold = sentences::read_gold("gold", include_str!("../data/score/sentences.gold.jsonl")).unwrap();
    let system = sentences::read_system("system", include_str!("../data/score/sentences.system.jsonl")).unwrap();
    let score = sentences::score(&gold, &system, Some("kind")).unwrap();
    assert_eq!(score.to_string(), include_str!("../data/score/sentences.expected.txt"));
    assert_eq!(score.errors().len(), 2, "one end too many, one missed");
}

#[test]
fn sentence_answers_are_read_as_they_are_written() {
    let gold = sentences::read_gold("gold", include_str!("../data/score/sentences.gold.jsonl")).unwrap();
    let answer = sentences::answer(&gold, &mut SentenceSplitter::new());
    let written = sentences::write(&gold, &answer);
    assert_eq!(sentences::read_system("answer", &written).unwrap(), answer);
}

#[test]
fn parse_figures_are_those_of_the_scorer() {
    let bank = |text: &str| conllu::Treebank::read("file", text).unwrap();
    let gold = bank(include_str!("../data/score/parse.gold.conllu"));
    let tokens = parse::score(&gold, &bank(include_str!("../data/score/parse.tokens.conllu")), Tokens::Gold).unwrap();
    assert_eq!(tokens.to_string(), include_str!("../data/score/parse.tokens.expected.txt"));
    let raw = parse::score(&gold, &bank(include_str!("../data/score/parse.raw.conllu")), Tokens::Raw).unwrap();
    assert_eq!(raw.to_string(), include_str!("../data/score/parse.raw.expected.txt"));
}

#[test]
fn a_broken_treebank_is_refused_with_its_line() {
    let line = |id: &str, head: &str| format!("{id}\ta\ta\tX\tX\t_\t{head}\tdep\t_\t_\n");
    for (text, expected) in [
        ("1\ta\n".to_owned(), "file:1: 2 columns, not 10"),
        (line("1", "2") + &line("2", "1") + "\n", "file:3: the heads of the sentence that ends here are no tree"),
        (line("1", "9") + "\n", "file:2: the heads of the sentence that ends here are no tree"),
        (line("2", "0"), "file:1: id 2, expected 1"),
    ] {
        let error = conllu::Treebank::read("file", &text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn entity_figures_are_those_of_the_scorer() {
    let gold = entities::read("gold", include_str!("../data/score/entities.gold.bio")).unwrap();
    let system = entities::read("system", include_str!("../data/score/entities.system.bio")).unwrap();
    let types = ["PER", "LOC", "ORG"].map(str::to_owned);
    let figures = |when| entities::score(&gold, &system, &types, Scheme::Gmb, when).unwrap().to_string();
    assert_eq!(figures(Match::End), include_str!("../data/score/entities.gmb.expected.txt"));
    assert_eq!(figures(Match::Exact), include_str!("../data/score/entities.exact.expected.txt"));
}
