//! Logistic regression with a ridge penalty: the weights of a probability, fitted by Newton's method and judged on groups that had no part in
//! the fit.
//!
//! For some dozens of features. What is fitted is what a table in `data/` holds afterwards; nothing is learned at run time.

/// Steps of Newton's method at most; the loss is convex, so few are enough.
const STEPS: usize = 30;

/// A step that is no longer worth the next one.
const SMALL: f64 = 1e-9;

/// What a weight costs that is not to be held back: just enough for the equations to have one solution.
pub const FREE: f64 = 1e-6;

/// Something that is so or not, with the features that might tell.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// Values of the features, as many in every example.
    pub features: &'a [f64],
    /// Whether it is so.
    pub is_so: bool,
    /// What it belongs to: an article's number. Examples of one group are never on both sides of a split.
    pub group: usize,
}

/// The probability that weights give to features.
pub fn probability(features: &[f64], weights: &[f64]) -> f64 {
    let sum: f64 = features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// The loss, in nats, of having given `p` to what is so or not.
pub fn loss(p: f64, is_so: bool) -> f64 {
    -(if is_so { p } else { 1.0 - p }).max(1e-9).ln()
}

/// Weights that make the examples likeliest. A weight `w` costs `penalty · w² / 2` nats (`penalties` has one for each feature), so that features that
/// hardly occur stay near nothing.
pub fn fit(examples: &[Example<'_>], penalties: &[f64]) -> Vec<f64> {
    let n = penalties.len();
    let mut weights = vec![0.0; n];
    for _ in 0..STEPS {
        let mut slope: Vec<f64> = weights.iter().zip(penalties).map(|(weight, penalty)| -penalty * weight).collect();
        let mut curvature = vec![vec![0.0; n]; n];
        for (at, penalty) in penalties.iter().enumerate() {
            curvature[at][at] = *penalty;
        }
        for example in examples {
            let p = probability(example.features, &weights);
            let seen = || example.features.iter().enumerate().filter(|(_, value)| **value != 0.0);
            for (row, x) in seen() {
                slope[row] += x * (f64::from(u8::from(example.is_so)) - p);
                for (column, y) in seen() {
                    curvature[row][column] += p * (1.0 - p) * x * y;
                }
            }
        }
        let step = solved(curvature, slope);
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight += step);
        if step.iter().all(|step| step.abs() < SMALL) {
            break;
        }
    }
    weights
}

/// The probability of every example under weights that were fitted without its group: groups are dealt to so many folds.
pub fn held_out(examples: &[Example<'_>], penalties: &[f64], n_folds: usize) -> Vec<f64> {
    let weights: Vec<Vec<f64>> = (0..n_folds)
        .map(|fold| {
            let others: Vec<Example<'_>> =
                examples.iter().filter(|example| example.group % n_folds != fold).copied().collect();
            fit(&others, penalties)
        })
        .collect();
    examples.iter().map(|example| probability(example.features, &weights[example.group % n_folds])).collect()
}

/// The solution of a system of linear equations with a positive definite matrix, by elimination.
fn solved(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for at in 0..n {
        let (above, below) = matrix.split_at_mut(at + 1);
        let pivot = &above[at];
        for (row, value) in below.iter_mut().zip(at + 1..n) {
            let factor = row[at] / pivot[at];
            row.iter_mut().zip(pivot).for_each(|(x, y)| *x -= factor * y);
            right[value] -= factor * right[at];
        }
    }
    for at in (0..n).rev() {
        let known: f64 = (at + 1..n).map(|column| matrix[at][column] * right[column]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_is_always_there_learns_how_often_it_is_so() {
        let features = [1.0];
        let examples: Vec<Example<'_>> =
            (0..10).map(|at| Example { features: &features, is_so: at < 7, group: at }).collect();
        let weights = fit(&examples, &[FREE]);
        assert!((probability(&features, &weights) - 0.7).abs() < 1e-6, "{weights:?}");
    }

    #[test]
    fn a_penalty_holds_a_feature_back_that_hardly_occurs() {
        let (with, without) = ([1.0, 1.0], [1.0, 0.0]);
        let mut examples: Vec<Example<'_>> =
            (0..10).map(|at| Example { features: &without, is_so: at < 5, group: at }).collect();
        examples.push(Example { features: &with, is_so: true, group: 10 });
        let (free, held) = (fit(&examples, &[FREE, 0.01]), fit(&examples, &[FREE, 3.0]));
        assert!(free[1] > 3.0 && held[1] > 0.0 && held[1] < 0.5, "{free:?} {held:?}");
    }

    #[test]
    fn an_example_is_judged_by_weights_that_its_group_had_no_part_in() {
        // In every group all examples are of one kind, so that who has seen them knows better than who has not.
        let features: Vec<Vec<f64>> =
            (0..4).map(|group| (0..4).map(|at| f64::from(u8::from(at == group))).collect()).collect();
        let examples: Vec<Example<'_>> =
            (0..40).map(|at| Example { features: &features[at % 4], is_so: at % 2 == 0, group: at % 4 }).collect();
        let penalties = [1.0; 4];
        let seen = fit(&examples, &penalties);
        assert!(probability(&features[0], &seen) > 0.8);
        assert!(held_out(&examples, &penalties, 4).iter().all(|p| (p - 0.5).abs() < 1e-9));
    }
}
