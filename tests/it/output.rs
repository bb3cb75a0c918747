//! What goes out, on a hand-made analysis: the records' bytes and headers, dead letters, and that every record validates
//! against its own schema.

use std::path::Path;

use demarche::analyzer::{Analysis, Analyzer, Models, Provenance};
use demarche::article::Article;
use demarche::finding::{
    Actor, Attitude, Context, Cue, Entity, EntityMention, Event, EventDate, EventPlace, EventStatus, EventType, Kind,
    MentionForm, Period, Precision, Sector, Speaker, SpeakerForm, Statement, StatementKind, When,
};
use demarche::nlp::tables::TABLES;
use demarche::record::schema::Kind as SchemaKind;
use demarche::record::{
    AnalysisRecord, Channel, Message, MinConfidence, Origin, OutgoingRecord, OutputOptions, Rejection, RejectionReason,
    StatementRecord, dead_letter, output,
};
use demarche::text::{Document, Sentence, SentenceKind, Span, TokenRange};
use serde_json::Value;

const TITLE: &str = "Envoy “arrives”";
const TEXT: &str = "“Déjà vu 🙂,” Ada Finch of Vale told reporters on Monday. Share this.";

/// The article as a document whose tokens are its words, in sentences of these numbers of words.
fn document(sentences: &[(u32, SentenceKind)]) -> Document {
    let mut doc = Document::titled(TITLE, TEXT);
    let mut at = 0;
    for word in format!("{TITLE}\n\n{TEXT}").split(' ').flat_map(|part| part.split("\n\n")) {
        at += doc.text()[at..].find(word).unwrap();
        doc.tokens.push(Span::new(at, at + word.len()));
        at += word.len();
    }
    let mut first = 0;
    for &(n_tokens, kind) in sentences {
        let tokens = TokenRange { start: first, end: first + n_tokens };
        doc.sentences.push(Sentence { tokens, kind, paragraph: 0 });
        first += n_tokens;
    }
    assert_eq!(doc.tokens.len(), first as usize, "the sentences cover the words");
    doc
}

/// Words of the text, which begins behind the two of the title.
fn tokens(start: u32, end: u32) -> TokenRange {
    TokenRange { start: start + 2, end: end + 2 }
}

fn article() -> Article {
    Article {
        url: Some("https://news.example/1".into()),
        title: Some(TITLE.into()),
        published_at: Some("2024-05-03T09:30:00Z".parse().unwrap()),
        publisher: Some("Example Wire".into()),
        ..Article::from_text("n-1", TEXT)
    }
}

fn analysis() -> Analysis {
    let statement = Statement {
        sentence: 1,
        kind: StatementKind::Direct,
        attitude: Attitude::Speech,
        source: Some(tokens(3, 7)),
        speaker: Some(Speaker {
            name: Some("Ada Finch".into()),
            country: Some("VAL".into()),
            form: SpeakerForm::Name,
            entity: Some(0),
            country_confidence: Some(0.875),
            ..Speaker::default()
        }),
        cue: Some(Cue { tokens: tokens(7, 8), lemma: "tell".into() }),
        content: vec![tokens(0, 3)],
        addressees: vec![tokens(8, 9)],
        when: Some(When { tokens: tokens(9, 11), date: Some(jiff::civil::date(2024, 4, 29)) }),
        occasion: None,
        via: None,
        form: None,
        inside: None,
        confidence: 0.849_96,
        speakers: vec![0],
        features: vec![],
    };
    let unsure = Statement { inside: Some(0), confidence: 0.2, cue: None, ..statement.clone() };
    let actor = |start, end, name: &str| Actor {
        tokens: tokens(start, end),
        name: name.into(),
        code: "VALGOV".into(),
        country: Some("VAL".into()),
        sector: Some(Sector::Gov),
        wikidata: Some("Q42".into()),
        entity: Some(0),
    };
    let event = Event {
        sentence: 1,
        trigger: tokens(7, 8),
        mentions: vec![TokenRange { start: 1, end: 2 }],
        lemma: "tell".into(),
        cameo: "036".into(),
        quad_class: 1,
        goldstein: Some(4.0),
        plover_score: Some(2.5),
        plover_type: EventType::Agree,
        mode: None,
        contexts: vec![Context::Executive],
        actors: vec![actor(3, 5, "Ada Finch")],
        recipients: vec![actor(8, 9, "reporters")],
        status: EventStatus::Planned,
        historical: false,
        date: Some(EventDate {
            tokens: tokens(9, 11),
            period: Some(Period::of(jiff::civil::date(2024, 4, 1), Precision::Month)),
        }),
        location: Some(EventPlace {
            tokens: tokens(6, 7),
            name: "Vale".into(),
            country: None,
            region: None,
            town: None,
        }),
        statement: Some(1),
        confidence: 1.0,
        features: Vec::new(),
    };
    let in_title = Event {
        sentence: 0,
        trigger: TokenRange { start: 1, end: 2 },
        actors: vec![],
        recipients: vec![],
        date: None,
        location: None,
        statement: None,
        ..event.clone()
    };
    Analysis {
        document: document(&[(2, SentenceKind::Headline), (11, SentenceKind::Prose), (2, SentenceKind::Boilerplate)]),
        statements: vec![statement, unsure],
        events: vec![in_title, event.clone(), event],
        entities: vec![Entity {
            kind: Kind::Person,
            name: Some("Ada Finch".into()),
            country: Some("VAL".into()),
            code: None,
            sector: Some(Sector::Gov),
            role: None,
            wikidata: Some("Q42".into()),
            confidence: 0.875,
            reasons: vec![],
            mentions: [TokenRange { start: 0, end: 1 }, tokens(3, 7)]
                .map(|tokens| EntityMention { tokens, form: MentionForm::Name })
                .to_vec(),
        }],
    }
}

fn provenance() -> Provenance {
    Provenance { program: "1.2.3".into(), model: None, data: "0123456789abcdef".into() }
}

fn message() -> Message {
    Message {
        origin: Origin { topic: "articles".into(), partition: 7, offset: 4_711, timestamp_ms: Some(1_714_728_600_250) },
        key: Some(b"\xff key".to_vec()),
        payload: Some(b"\xff value".to_vec()),
        headers: vec![
            ("traceparent".into(), Some(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_vec())),
            ("x-mine".into(), Some(b"\xfe".to_vec())),
            ("x-mine".into(), None),
        ],
    }
}

fn encode(options: &OutputOptions) -> Vec<OutgoingRecord> {
    output::encode(&article(), &analysis(), &message(), options, &provenance()).unwrap()
}

fn all() -> Vec<OutgoingRecord> {
    encode(&OutputOptions { analyses: true, ..OutputOptions::default() })
}

fn value(record: &OutgoingRecord) -> Value {
    serde_json::from_slice(record.payload.as_deref().unwrap()).unwrap()
}

fn header<'r>(record: &'r OutgoingRecord, name: &str) -> Option<&'r str> {
    let (_, value) = record.headers.iter().find(|(key, _)| key == name)?;
    std::str::from_utf8(value.as_deref()?).ok()
}

/// Every span in a record: its words, and what stands at its offsets in the field it names.
fn spans(value: &Value, found: &mut Vec<(String, String)>) {
    let offset = |name: &str| value[name].as_u64().and_then(|offset| usize::try_from(offset).ok());
    if let (Some(words), Some(start), Some(end)) = (value["text"].as_str(), offset("start"), offset("end")) {
        let field = if value["field"] == "title" { TITLE } else { TEXT };
        let at_offsets = field.chars().skip(start).take(end - start).collect();
        found.push((words.to_owned(), at_offsets));
    }
    match value {
        Value::Object(members) => members.values().for_each(|member| spans(member, found)),
        Value::Array(items) => items.iter().for_each(|item| spans(item, found)),
        _ => {}
    }
}

#[test]
fn offsets_are_code_points_of_the_text_as_received() {
    let mut n_spans = 0;
    for record in all() {
        let mut found = Vec::new();
        spans(&value(&record), &mut found);
        n_spans += found.len();
        for (words, at_offsets) in found {
            assert_eq!(words, at_offsets, "offsets of a span in a record of {:?}", record.channel);
        }
    }
    assert!(n_spans > 40, "only {n_spans} spans were looked at");
    let statement = value(&all()[0]);
    assert_eq!(statement["cue"]["start"], 31);
    assert_eq!(statement["content"][0]["text"], "“Déjà vu 🙂,”");
}

#[test]
fn every_record_validates_against_its_own_schema() {
    let mut channels = Vec::new();
    for record in all() {
        let kind = SchemaKind::of(record.channel).unwrap();
        let validator =
            jsonschema::options().should_validate_formats(true).build(&kind.schema()).expect("the schema is one");
        let errors: Vec<String> =
            validator.iter_errors(&value(&record)).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, [""; 0], "a record of {:?} breaks {}", record.channel, kind.file_name());
        channels.push(record.channel);
    }
    use Channel::{Analyses, Events, Statements};
    assert_eq!(channels, [Statements, Statements, Events, Events, Events, Analyses]);
}

#[test]
fn the_schema_refuses_what_is_no_record() {
    let validator = jsonschema::validator_for(&SchemaKind::Statement.schema()).expect("the schema is one");
    let mut statement = value(&all()[0]);
    assert!(validator.is_valid(&statement));
    statement["confidence"] = 1.5.into();
    assert!(!validator.is_valid(&statement), "a confidence above 1");
    statement["confidence"] = 1.into();
    statement["kind"] = "shouted".into();
    assert!(!validator.is_valid(&statement), "a kind that is none");
    statement["kind"] = "direct".into();
    statement.as_object_mut().unwrap().remove("speaker");
    assert!(!validator.is_valid(&statement), "a field that is missing instead of null");
}

#[test]
fn headers_are_cloud_events_and_the_trace_is_carried_on() {
    for record in all() {
        let kind = SchemaKind::of(record.channel).unwrap();
        assert_eq!(record.key.as_deref(), Some(b"n-1".as_slice()), "the key is the article id");
        assert_eq!(header(&record, "ce_specversion"), Some("1.0"));
        assert_eq!(header(&record, "ce_type"), Some(kind.ce_type()));
        assert_eq!(header(&record, "ce_source"), Some("/demarche"));
        assert_eq!(header(&record, "ce_subject"), Some("n-1"));
        assert_eq!(header(&record, "ce_dataschema"), kind.schema()["$id"].as_str());
        assert_eq!(header(&record, "ce_time"), Some("2024-05-03T09:30:00.25Z"));
        assert_eq!(header(&record, "content-type"), Some("application/json"));
        assert_eq!(header(&record, "traceparent"), Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        assert_eq!(header(&record, "x-mine"), None, "a header that is not ours to carry");
        if record.channel != Channel::Analyses {
            assert_eq!(header(&record, "ce_id"), value(&record)["id"].as_str());
        }
    }
}

#[test]
fn a_trace_that_is_none_is_not_carried_into_every_record() {
    let mut message = message();
    message.headers.push(("tracestate".into(), Some(vec![b'x'; 100_000])));
    let records = output::encode(&article(), &analysis(), &message, &OutputOptions::default(), &provenance()).unwrap();
    assert_eq!(header(&records[0], "tracestate"), None);
    assert!(header(&records[0], "traceparent").is_some());
}

#[test]
fn the_time_is_the_messages_else_the_publications_else_absent() {
    let mut message = message();
    message.origin.timestamp_ms = None;
    let time = |article: &Article| {
        let records = output::encode(article, &analysis(), &message, &OutputOptions::default(), &provenance()).unwrap();
        header(&records[0], "ce_time").map(str::to_owned)
    };
    assert_eq!(time(&article()).as_deref(), Some("2024-05-03T09:30:00Z"));
    assert_eq!(time(&Article { published_at: None, ..article() }), None);
}

#[test]
fn the_same_article_gives_the_same_bytes_and_ids_that_differ() {
    assert_eq!(all(), all());
    let ids: Vec<_> = all().iter().map(|record| header(record, "ce_id").unwrap().to_owned()).collect();
    let mut distinct = ids.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len(), "two records share an id: {ids:?}");
    // Written out, because readers keep these ids: a change here is a change for everybody who stores records.
    assert_eq!(ids[0], "53e7d6d1-6654-52bf-9c55-36f9b50c2466");
}

#[test]
fn values_are_written_as_the_contract_says() {
    let records = all();
    let statement = value(&records[0]);
    assert_eq!(statement["confidence"].to_string(), "0.85");
    assert_eq!(statement["when"]["date"], "2024-04-29");
    assert_eq!(statement["speaker"]["role"], Value::Null);
    assert_eq!(statement["sentence"]["index"], 0);
    let nested = value(&records[1]);
    assert_eq!(nested["inside"], statement["id"]);
    assert_eq!(nested["cue"], Value::Null);
    let title_event = value(&records[2]);
    assert_eq!(title_event["trigger"]["field"], "title");
    assert_eq!(title_event["sentence"]["text"], TITLE);
    let event = value(&records[3]);
    assert_eq!(event["date"]["value"], "2024-04", "no more of a date than is known");
    assert_eq!(event["root"], "03");
    assert_eq!(event["goldstein"].to_string(), "4.0");
    assert_eq!(event["statement"], nested["id"]);
    assert_eq!(event["trigger"].get("field"), None, "a span in the text names no field");
    let analysis = value(&records[5]);
    assert_eq!(analysis["text"], TEXT);
    assert_eq!(analysis["boilerplate"][0]["text"], "Share this.");
    assert_eq!(analysis["statements"][0], statement);
    assert_eq!(analysis["model"], serde_json::json!({"program": "1.2.3", "model": null, "data": "0123456789abcdef"}));
    assert_eq!(event["model"], analysis["model"]);
    assert_eq!(
        (&event["mentions"][0]["field"], event["mentions"].as_array().map(Vec::len)),
        (&Value::from("title"), Some(1))
    );
    let finch = &analysis["entities"][0];
    assert_eq!((&finch["kind"], &finch["sector"]), (&Value::from("person"), &Value::from("GOV")));
    assert_eq!(finch["mentions"][1]["text"], "Ada Finch of Vale");
    assert_eq!(statement["speaker"]["entity"], finch["id"]);
    assert_eq!(statement["speaker"]["country_confidence"].to_string(), "0.875");
    assert_eq!(statement["speakers"], serde_json::json!([finch["id"]]));
    assert_eq!(event["actors"][0]["entity"], finch["id"]);
}

#[test]
fn unsure_findings_are_left_out_with_the_references_to_them() {
    let records = encode(&OutputOptions { min_confidence: MinConfidence::of_all(0.5), ..OutputOptions::default() });
    assert_eq!(records.len(), 4, "one statement and three events");
    assert_eq!(value(&records[2])["statement"], Value::Null, "a reference to a record that is not written");
    assert_eq!(records[0], all()[0], "the threshold changes no other record");
}

#[test]
fn only_what_is_wanted_is_written() {
    let none = OutputOptions { statements: false, events: false, ..OutputOptions::default() };
    assert_eq!(encode(&none), []);
}

#[test]
fn records_are_read_back_as_they_were_written() {
    let written = all().pop().unwrap().payload.unwrap();
    let record: AnalysisRecord = serde_json::from_slice(&written).unwrap();
    assert_eq!(serde_json::to_vec(&record).unwrap(), written);
}

#[test]
fn a_dead_letter_is_the_message_untouched_and_our_headers_behind_its_own() {
    let message = message();
    let letter = dead_letter::encode(&message, &Rejection::new(RejectionReason::NotUtf8, "no utf-8 at byte 0"));
    let ours = |name: &str, value: &str| (name.to_owned(), Some(value.as_bytes().to_vec()));
    let mut headers = message.headers.clone();
    headers.extend([
        ours("demarche-reason", "not_utf8"),
        ours("demarche-detail", "no utf-8 at byte 0"),
        ours("demarche-topic", "articles"),
        ours("demarche-partition", "7"),
        ours("demarche-offset", "4711"),
        ours("demarche-timestamp", "1714728600250"),
    ]);
    assert_eq!(letter.channel, Channel::DeadLetter);
    assert_eq!((letter.key, letter.payload, letter.headers), (message.key, message.payload, headers));
}

#[test]
fn the_dead_letter_of_a_tombstone_is_a_tombstone() {
    let message = Message { payload: None, key: None, headers: vec![], ..message() };
    let letter = dead_letter::encode(&message, &Rejection::new(RejectionReason::NoText, "no value"));
    assert_eq!((letter.key, letter.payload), (None, None));
}

#[test]
fn an_article_that_would_become_far_more_than_it_is_is_refused() {
    let statement = analysis().statements.remove(0);
    let many = |n: usize| Analysis { statements: vec![statement.clone(); n], ..analysis() };
    let long_title = Article { title: Some("Envoy ".repeat(100_000)), ..article() };
    for (what, article, analysis) in [
        ("findings without number", article(), many(10_000)),
        ("a title of a megabyte, repeated in each record", long_title, many(40)),
    ] {
        let refused = AnalysisRecord::new(&article, &analysis, &provenance(), MinConfidence::default())
            .map_err(|rejection| rejection.reason);
        assert_eq!(refused.err(), Some(RejectionReason::TooLarge), "{what}");
    }
    assert!(
        AnalysisRecord::new(&article(), &many(300), &provenance(), MinConfidence::default()).is_ok(),
        "a headline may give many findings"
    );
}

#[test]
fn a_text_that_repeats_itself_without_end_gives_a_bounded_output() {
    let models = Models::embedded();
    for text in ["said, ".repeat(4_000), "Foreign Minister Ada Finch said that ".repeat(1_500)] {
        let article = Article::from_text("n-1", text);
        let analysis = Analyzer::new(&models).analyze(&article);
        // Refused, or no more than the bound: a megabyte and 32 bytes for each of the article's.
        match output::encode(&article, &analysis, &message(), &OutputOptions::default(), &provenance()) {
            Ok(records) => {
                let written: usize = records.iter().map(|record| record.payload.as_ref().map_or(0, Vec::len)).sum();
                assert!(written <= (1 << 20) + 32 * article.text.len(), "{written} bytes");
            }
            Err(rejection) => assert_eq!(rejection.reason, RejectionReason::TooLarge),
        }
    }
}

#[test]
fn a_record_that_no_topic_takes_is_refused_with_the_key_that_says_so() {
    let defaults = || OutputOptions { analyses: true, ..OutputOptions::default() };
    for (key, options) in [
        ("output.max_record_bytes", OutputOptions { max_record_bytes: 500, ..defaults() }),
        ("output.max_analysis_bytes", OutputOptions { max_analysis_bytes: 500, ..defaults() }),
    ] {
        let refused = output::encode(&article(), &analysis(), &message(), &options, &provenance()).unwrap_err();
        assert_eq!(refused.reason, RejectionReason::TooLarge);
        assert!(refused.detail.contains(key), "{}", refused.detail);
    }
}

#[test]
fn an_id_that_makes_every_record_too_large_is_named() {
    let article = Article { id: "urn:desk:".to_owned() + &"k".repeat(400_000), ..article() };
    let refused = output::encode(&article, &analysis(), &message(), &OutputOptions::default(), &provenance());
    let detail = refused.unwrap_err().detail;
    assert!(detail.contains("its id takes 400009 bytes") && detail.contains("\"urn:desk:kkk"), "{detail}");
}

#[test]
fn the_hash_of_the_tables_covers_every_table() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut present = Vec::new();
    for folder in std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
        // What is no table; and what decides which bytes are an article, not what is found in one.
        if folder == "samples" || folder == "input" {
            continue;
        }
        for entry in std::fs::read_dir(data.join(&folder)).unwrap() {
            present.push(format!("{folder}/{}", entry.unwrap().file_name().into_string().unwrap()));
        }
    }
    present.sort();
    let listed: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, present, "TABLES of src/nlp/tables.rs is not what lies under data/");
}

#[test]
fn every_object_of_a_schema_is_closed_so_that_a_property_may_be_added() {
    fn walk(schema: &Value, at: &str, open: &mut Vec<String>) {
        if schema.get("properties").is_some() && schema["additionalProperties"] != Value::Bool(false) {
            open.push(at.to_owned());
        }
        match schema {
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| walk(member, &format!("{at}/{name}"), open))
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, at, open)),
            _ => {}
        }
    }
    for kind in SchemaKind::ALL {
        let mut open = Vec::new();
        walk(&kind.schema(), "", &mut open);
        assert_eq!(open, [""; 0], "open objects in {}", kind.file_name());
    }
}

#[test]
fn a_record_of_version_1_is_still_read() {
    let mut statement = value(&all()[0]);
    let members = statement.as_object_mut().unwrap();
    members.remove("speakers");
    members.remove("model");
    let speaker = members["speaker"].as_object_mut().unwrap();
    speaker.remove("entity");
    speaker.remove("country_confidence");
    let read: StatementRecord = serde_json::from_value(statement).unwrap();
    assert_eq!((read.speakers.len(), read.model.program.as_str()), (0, ""));
}
