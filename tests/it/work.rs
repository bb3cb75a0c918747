//! Work in proportion to the length of a text: counted steps at two sizes, no clock, so that a busy machine changes nothing.

use demarche::text::work::{count, counted};

/// How much longer the longer text is.
const FACTOR: usize = 4;

/// Steps for the longer text, in those for the shorter. Some windows of fixed size are not full in the shorter one; the square of
/// the length would be 16.
const MOST: u64 = 6;

/// Reads a text of the length 1 and one of the length 4, and compares what was counted.
pub(crate) fn assert_linear(what: &str, text: impl Fn(usize) -> String, read: impl Fn(&str)) {
    let steps = |n: usize| {
        let text = text(n);
        counted(|| read(&text)).0
    };
    // What is loaded once is not counted.
    read("A");
    let (short, long) = (steps(1), steps(FACTOR));
    // A build without debug assertions counts nothing, and so says nothing.
    assert!(short > 0 || !cfg!(debug_assertions), "nothing was counted");
    assert!(long <= MOST * short, "{what}: {long} steps for {FACTOR} times the text that took {short}");
}

#[test]
fn the_square_of_the_length_is_noticed() {
    let pairs = || assert_linear("pairs", |n| "a".repeat(100 * n), |text| count(text.len() * text.len()));
    assert_eq!(std::panic::catch_unwind(pairs).is_err(), cfg!(debug_assertions));
}
