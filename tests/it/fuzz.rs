//! What fuzzing has found so far (`fuzz/seeds`), replayed, and the same with slips: the same ones in each run. `fuzz/checks.rs` says
//! what must hold. By hand `DEMARCHE_FUZZ_TRIES=20000 cargo test fuzz` tries as many others, new ones each time, and `fuzz/run` is led by
//! what they reach.

#[path = "../../fuzz/checks.rs"]
mod checks;

use std::fs;
use std::panic::catch_unwind;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// A slip: where, how many bytes go, and what comes in their place.
type Slip = (Index, usize, Vec<u8>);

/// What breaks something somewhere, unlike most random bytes.
const PIECES: [&[u8]; 16] = [
    b"",
    b"\0",
    b"\xff\xff\xff\xff",
    b"\xf0\x9f\x99\x82",
    "“".as_bytes(),
    b"\"",
    b"\\",
    b"\n\n",
    b"\t",
    b"<!--",
    b"&#0;",
    b"[[",
    b"]]}",
    b"-1e999",
    b" said ",
    b"\x80",
];

/// Seeds with slips that are tried of each target.
const N_WITH_SLIPS: u32 = 60;

/// How many are tried instead, none of them twice.
const TRIES: &str = "DEMARCHE_FUZZ_TRIES";

/// The lines of a target's file: bytes as in a byte string.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let path = format!("{}/fuzz/seeds/{target}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(unescaped).collect()
}

fn unescaped(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('\\') {
            bytes.push(b'\\');
            rest = behind;
        } else {
            bytes.push(u8::from_str_radix(&rest[1..3], 16).unwrap());
            rest = &rest[3..];
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

fn with_slips(seed: &[u8], slips: &[Slip]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (at, n_gone, piece) in slips {
        let begin = at.index(bytes.len() + 1);
        let end = (begin + n_gone).min(bytes.len());
        bytes.splice(begin..end, piece.iter().copied());
    }
    bytes
}

/// Fails with the bytes, so that they can become a seed.
fn hold(target: &str, check: fn(&[u8]), bytes: &[u8]) {
    let shown = || bytes.iter().take(2000).flat_map(|byte| byte.escape_ascii()).map(char::from).collect::<String>();
    assert!(catch_unwind(|| check(bytes)).is_ok(), "{target} does not hold for the {} bytes {}", bytes.len(), shown());
}

fn check(target: &str, check: fn(&[u8]), seeds: &[Vec<u8>]) {
    assert!(!seeds.is_empty(), "{target} has no seeds");
    for seed in seeds {
        hold(target, check, seed);
    }
    let piece = prop_oneof![
        2 => prop::sample::select(PIECES.to_vec()).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..5),
    ];
    let slips = prop::collection::vec((any::<Index>(), 0..6_usize, piece), 1..6);
    let tries = std::env::var(TRIES).ok();
    let cases = tries.as_ref().map_or(N_WITH_SLIPS, |tries| tries.parse().expect("a number of tries"));
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    // A test that fails tells of the change before it, and not of its luck.
    let fixed = || TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut runner = if tries.is_some() { TestRunner::new(config.clone()) } else { fixed() };
    let tried = runner.run(&(any::<Index>(), slips), |(which, slips)| {
        hold(target, check, &with_slips(&seeds[which.index(seeds.len())], &slips));
        Ok(())
    });
    tried.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn what_was_found_about_texts_holds() {
    check("text", checks::text, &seeds("text"));
}

#[test]
fn what_was_found_about_messages_holds() {
    check("input", checks::input, &seeds("input"));
}

#[test]
fn what_was_found_about_records_holds() {
    check("records", checks::records, &seeds("records"));
}

#[test]
fn what_was_found_about_files_holds() {
    check("file", checks::file, &seeds("file"));
}

#[test]
fn what_was_found_about_models_holds() {
    // A model that is taken is larger than the other seeds.
    let tiny = include_bytes!("../data/model/tiny.model").to_vec();
    check("model", checks::model, &[seeds("model"), vec![tiny]].concat());
}

#[test]
fn what_was_found_about_configurations_holds() {
    check("config", checks::config, &seeds("config"));
}

#[test]
fn what_was_found_about_codebooks_holds() {
    check("codebook", checks::codebook, &seeds("codebook"));
}

#[test]
fn seeds_are_read_as_they_are_written() {
    assert_eq!(unescaped(r"a\\b\x00\xff."), b"a\\b\x00\xff.");
}
