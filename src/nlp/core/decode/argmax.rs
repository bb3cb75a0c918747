//! The best of some scores.

/// Place of the largest number; the first of equals.
pub(in crate::nlp) fn argmax(scores: &[f32]) -> usize {
    let mut best = 0;
    for (place, score) in scores.iter().enumerate().skip(1) {
        if *score > scores[best] {
            best = place;
        }
    }
    best
}
