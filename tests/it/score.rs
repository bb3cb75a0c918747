//! The crate's scorers print what the project's scorers print, on the files in `tests/data/score`.

use demarche::analyzer::{Analyzer, Models};
use demarche::nlp::sentences::SentenceSplitter;
use demarche::score::entities::{self, Match, Scheme};
use demarche::score::parse::{self, Tokens};
use demarche::score::statements::{self, Answers, Part};
use demarche::score::{analyses, conllu, events, pairs, sentences, who};
use serde_json::{Value, json};

use crate::program::demarche;

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

const STATEMENTS: &str = include_str!("../data/score/statements.gold.jsonl");

#[test]
fn statement_figures_are_those_of_the_scorer() {
    let gold = statements::read_gold("gold", STATEMENTS).unwrap();
    let system = include_str!("../data/score/statements.system.jsonl");
    let system = statements::read_system("system", system, &gold).unwrap();
    let score = statements::measures::score(&gold, &system);
    assert_eq!(score.to_string(), include_str!("../data/score/statements.expected.txt"));
}

#[test]
fn statement_errors_stand_in_their_text_under_what_went_wrong() {
    let gold = statements::read_gold("gold", STATEMENTS).unwrap();
    let system = include_str!("../data/score/statements.system.jsonl");
    let system = statements::read_system("system", system, &gold).unwrap();
    let shown = statements::browse::errors(&gold, &system, gold.len());
    for line in [
        "faults: missed 5, invented 3, wrong content 0, wrong source 1, wrong cue 0, content boundary 1",
        "d: gold 2, system 0, strict F1 0.0",
        "    gold    @0 [Prices rose], {the bank's governor Tor Aspel} <reported>",
        "    gold    @82 [They \"may fall\"], {he} <thinks>",
        "    system  @246 [Nothing was ‘ruled out’,] <according to>",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "no line {line:?} in\n{shown}");
    }
}

#[test]
fn nested_statements_are_an_answer_where_gold_has_some() {
    let nested_in = |gold: &str, nested: Part| {
        let answer = answer(gold, Answers { nested, phrases: Part::Keep, min_confidence: 0.0 });
        answer.matches("\"nested\":true").count()
    };
    let outer_only = STATEMENTS.replace("\"nested\": true", "\"nested\": false");
    assert_eq!(nested_in(STATEMENTS, Part::AsGold), nested_in(STATEMENTS, Part::Keep));
    assert!(nested_in(STATEMENTS, Part::Keep) > 0, "the minister tells what the port authority told");
    assert_eq!(nested_in(&outer_only, Part::AsGold), 0, "gold without nested statements wants none");
    assert_eq!(nested_in(STATEMENTS, Part::LeaveOut), 0, "asked to leave them out");
}

#[test]
fn statements_without_a_clause_are_an_answer_where_gold_has_no_nested_ones() {
    let text = "Ana Ruiz condemned the raid. She said that it was illegal.";
    let found = |is_nested: bool, phrases: Part| {
        let row = format!("{{\"content\": [38, 57], \"nested\": {is_nested}}}");
        let gold = format!("{{\"id\": \"a\", \"text\": \"{text}\", \"statements\": [{row}]}}\n");
        let answer = answer(&gold, Answers { nested: Part::Keep, phrases, min_confidence: 0.0 });
        answer.matches("\"cue\"").count()
    };
    assert_eq!(found(false, Part::AsGold), 2, "PolNeAR annotates attitudes to things, too");
    assert_eq!(found(true, Part::AsGold), 1, "in discourse trees only clauses are attributed");
    assert_eq!(found(true, Part::Keep), 2, "asked to keep them");
    assert_eq!(found(false, Part::LeaveOut), 1, "asked to leave them out");
}

/// The system's answer, which can be read back.
fn answer(gold: &str, answers: Answers) -> String {
    let gold = statements::read_gold("gold", gold).unwrap();
    let answer = statements::answer(&gold, &mut Analyzer::new(&Models::embedded()), answers);
    assert!(statements::read_system("answer", &answer, &gold).unwrap().contains_key("a"), "{answer}");
    answer
}

#[test]
fn a_statement_outside_its_text_is_refused_with_its_line() {
    let line = |id: &str, end: usize| {
        format!("{{\"id\": \"{id}\", \"text\": \"Two words\", \"statements\": [{{\"content\": [0, {end}]}}]}}\n")
    };
    for (lines, expected) in [
        (line("a", 9) + &line("b", 10), "gold:2: span (0, 10) in a text of 9 code points"),
        (line("a", 9) + &line("a", 3), "gold:2: id 'a' stands in line 1 already"),
    ] {
        assert_eq!(statements::read_gold("gold", &lines).unwrap_err().to_string(), expected);
    }
}

const WHO: &str = include_str!("../data/score/who.gold.jsonl");

/// The gold file of who is who and the analyses beside it.
fn who_is_who() -> (Vec<who::Gold>, analyses::System) {
    let gold = who::read_gold("gold", WHO).unwrap();
    let system = include_str!("../data/score/who.system.jsonl");
    let system = analyses::read_system("system", system, gold.iter().map(who::Gold::shown)).unwrap();
    (gold, system)
}

#[test]
fn figures_of_who_is_who_are_those_of_the_scorer() {
    let (gold, system) = who_is_who();
    let score = who::figures::score(&gold, &system);
    assert_eq!(score.to_string(), include_str!("../data/score/who.expected.txt"));
}

#[test]
fn errors_of_who_is_who_stand_in_their_sentences() {
    let (gold, system) = who_is_who();
    let shown = who::browse::errors(&gold, &system, gold.len());
    for line in [
        "faults: statement missed 2, wrong speaker's name 5, wrong speaker's country 1, mention missed 14, wrong country of a mention 3, \
         wrong sector of a mention 2, split entity 3, merged entities 2",
        "a: 12 of 20 attributions and mentions right",
        "    @192 {Officials in the capital}[the capital], who asked not to be named, <denied> that.",
        "      system  Signe Vold | - | NOR | -",
        "    @310 [{Vold}], {the minister}, <praised> its report.",
        "      gold    Signe Vold | PER | NOR | GOV, Foreign Minister",
        "      system  Vold | person | - | GOV: @310 Vold, @316 the minister",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "no line {line:?} in\n{shown}");
    }
}

/// The gold file of events and the analyses beside it.
fn event_corpus() -> (Vec<events::Gold>, analyses::System) {
    let gold = events::read_gold("gold", include_str!("../data/score/events.gold.jsonl")).unwrap();
    let system = include_str!("../data/score/events.system.jsonl");
    let system = analyses::read_system("system", system, gold.iter().map(events::Gold::shown)).unwrap();
    (gold, system)
}

#[test]
fn event_figures_are_those_of_the_scorer() {
    let (gold, system) = event_corpus();
    let score = events::figures::score(&gold, &system, Some(events::figures::By::Type));
    assert_eq!(score.to_string(), include_str!("../data/score/events.expected.txt"));
}

#[test]
fn event_errors_stand_in_their_sentences() {
    let (gold, system) = event_corpus();
    let shown = events::browse::errors(&gold, &system, gold.len());
    for line in [
        "faults: missed 2, invented 4, wrong type 1, wrong countries 1, wrong code 1, wrong status 1, wrong mode 0, wrong sector 0, \
         wrong date 1, wrong place 0",
        "a: gold 5, system 6, 2 with the right type and countries",
        "    gold    ACCUSE allege 112 occurred  ESTGOV -> NOR",
        "            @48 The expulsion angered Tallinn, whose {government} <accused> [Oslo] of bad faith.",
        "    system  ACCUSE disapprove 111 occurred  NOR -> ESTGOV  date @40-46",
        "            @48 The expulsion angered Tallinn, whose [government] <accused> {Oslo} of bad faith.",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "no line {line:?} in\n{shown}");
    }
}

#[test]
fn analyses_are_those_that_extract_prints() {
    let gold = who::read_gold("gold", WHO).unwrap();
    let answer = analyses::answer(gold.iter().map(who::Gold::shown), &Models::embedded());
    assert!(answer.refused.is_empty(), "{:?}", answer.refused);
    let folder = tempfile::tempdir().unwrap();
    let articles = folder.path().join("articles.jsonl");
    // The first article has a day of publication, the second has none.
    let rows = WHO.lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        let published_at = row["date"].as_str().map(|day| format!("{day}T12:00:00Z"));
        json!({"id": row["id"], "text": row["text"], "published_at": published_at}).to_string()
    });
    std::fs::write(&articles, rows.collect::<Vec<_>>().join("\n")).unwrap();
    let extracted = demarche(&["extract", "--threads", "1", articles.to_str().unwrap()]).output().unwrap();
    assert_eq!(answer.lines, String::from_utf8(extracted.stdout).unwrap());
}

#[test]
fn a_broken_analysis_is_refused_with_its_line() {
    let gold = who::read_gold("gold", WHO).unwrap();
    let read = |lines: &str| analyses::read_system("system", lines, gold.iter().map(who::Gold::shown));
    for (lines, expected) in [
        (
            "{\"article\": {\"id\": \"d\"}, \"entities\": [{\"mentions\": [{\"start\": 20, \"end\": 99}]}]}",
            "system:1: span (20, 99) in a text of 26 code points",
        ),
        ("{\"id\": \"d\"}\n{\"events\": []}", "system:2: an analysis without the id of its article"),
    ] {
        assert_eq!(read(lines).unwrap_err().to_string(), expected);
    }
}

/// Sentences with two spans, as PLV has them.
const PAIRS: [(&str, &str, &str, &str); 4] = [
    ("Norway expelled two diplomats of Denmark on Monday.", "Norway", "two diplomats of Denmark", "COERCE SANCTION"),
    ("Denmark condemned the decision of the government of Norway.", "Denmark", "the government of Norway", "ACCUSE"),
    (
        "The foreign minister of Norway met his Danish counterpart in Oslo.",
        "The foreign minister of Norway",
        "his Danish counterpart",
        "CONSULT",
    ),
    ("Rebels attacked an army post in northern Chad, killing nine soldiers.", "Rebels", "an army post", "ASSAULT"),
];

#[test]
fn the_class_of_a_deed_between_two_spans_is_told() {
    let line = |(number, &(text, source, target, class)): (usize, &(&str, &str, &str, &str))| {
        let span = |words: &str| [text.find(words).unwrap(), text.find(words).unwrap() + words.len()];
        let event =
            json!({"source_span": span(source), "target_span": span(target), "class": class.split(' ').next_back()});
        json!({"id": number.to_string(), "text": text, "events": [event]}).to_string() + "\n"
    };
    let lines: String = PAIRS.iter().enumerate().map(line).collect();
    let gold = pairs::read_gold("gold", &lines).unwrap();
    let answers = pairs::answer(&gold, &Models::embedded());
    let written = pairs::write(&answers);
    for (answer, (text, _, _, classes)) in written.lines().zip(PAIRS) {
        let answer: Value = serde_json::from_str(answer).unwrap();
        let label = answer["label"].as_str().unwrap();
        assert!(classes.split(' ').any(|class| class == label), "{text:?} is {label}: {answer}");
    }
    let figures = pairs::figures::score(&gold, &answers).to_string();
    assert!(figures.starts_with("pairs: 4  accuracy "), "{figures}");
    let twice = pairs::read_gold("gold", &lines.repeat(2)).unwrap_err();
    assert_eq!((twice.line, twice.problem.as_str()), (5, "id '0' stands in a line before already"));
}
