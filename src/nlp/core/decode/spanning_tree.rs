//! The best tree over the scores of all pairs: greedy where that is a tree, else Chu-Liu and Edmonds' algorithm.
//!
//! Exactly one word hangs on the root: a large price on every arc from the root makes a second one never worth it.

/// Price of an arc from the root, larger than any sum of scores of a sentence.
const ROOT_PRICE: f64 = 1e7;

/// Scores below this are as good as impossible.
const FLOOR: f32 = -1e4;

/// Working space.
#[derive(Debug, Default)]
pub(in crate::nlp) struct Trees {
    /// `score[dependent * nodes + head]`, node 0 the root.
    score: Vec<f64>,
    /// For each node, the node it has become part of.
    inside: Vec<usize>,
    /// For each pair, the words at its ends: a contracted node's arcs are those of its words.
    ends: Vec<(u32, u32)>,
}

/// Finds the head of each word, counted from 1, 0 for the root. `scores[i * n + j]` is that of word j as head of word i,
/// `roots[i]` that of the root. Scores of one word are first made to log probabilities, as in training.
pub(in crate::nlp) fn best_tree(scores: &[f32], roots: &[f32], space: &mut Trees, heads: &mut Vec<usize>) {
    let n = roots.len();
    heads.clear();
    for word in 0..n {
        let mut best = (roots[word], 0);
        for (other, score) in scores[word * n..][..n].iter().enumerate() {
            if other != word && *score > best.0 {
                best = (*score, other + 1);
            }
        }
        heads.push(best.1);
    }
    if heads.iter().filter(|head| **head == 0).count() == 1 && is_tree(heads, &mut space.inside) {
        return;
    }
    space.fill(scores, roots);
    space.span(n + 1, heads);
}

/// Whether every word leads to the root.
fn is_tree(heads: &[usize], state: &mut Vec<usize>) -> bool {
    // 0 unseen, otherwise the number of the walk that saw it first; a walk that meets itself is a cycle.
    state.clear();
    state.resize(heads.len() + 1, 0);
    for start in 1..=heads.len() {
        let mut node = start;
        while node != 0 && state[node] == 0 {
            state[node] = start;
            node = heads[node - 1];
        }
        if node != 0 && state[node] == start {
            return false;
        }
    }
    true
}

impl Trees {
    /// Log probabilities of each word's scores, with the price on the root.
    fn fill(&mut self, scores: &[f32], roots: &[f32]) {
        let n = roots.len();
        let nodes = n + 1;
        self.score.clear();
        self.score.resize(nodes * nodes, f64::NEG_INFINITY);
        for word in 0..n {
            let row = &scores[word * n..][..n];
            let others = || row.iter().enumerate().filter(|(other, _)| *other != word).map(|(_, score)| *score);
            let most = others().fold(roots[word], f32::max);
            let sum: f64 = others().chain([roots[word]]).map(|score| f64::from(score - most).exp()).sum();
            // A damaged model may give scores that are no numbers; what is no number is as good as impossible.
            let log_sum = Some(sum.ln()).filter(|log| log.is_finite()).unwrap_or(0.0);
            let log_probability = |score: f32| f64::from((score - most).max(FLOOR)) - log_sum;
            let out = &mut self.score[(word + 1) * nodes..][..nodes];
            out[0] = log_probability(roots[word]) - ROOT_PRICE;
            for (other, score) in row.iter().enumerate().filter(|(other, _)| *other != word) {
                out[other + 1] = log_probability(*score);
            }
        }
    }

    /// Chu-Liu-Edmonds by contraction: while the best arcs hold a cycle, it becomes one node whose arcs cost what
    /// entering it there costs; then the cycles are opened again, the last first.
    fn span(&mut self, nodes: usize, heads: &mut [usize]) {
        self.ends.clear();
        let narrow = |node: usize| u32::try_from(node).expect("a sentence is short");
        self.ends.extend((0..nodes * nodes).map(|at| (narrow(at / nodes), narrow(at % nodes))));
        let mut alive: Vec<usize> = (0..nodes).collect();
        let mut best = vec![0; nodes];
        let mut contracted: Vec<Contraction> = Vec::new();
        loop {
            for &node in alive.iter().filter(|node| **node != 0) {
                let score = |head: usize| self.score[node * nodes + head];
                let candidates = alive.iter().copied().filter(|head| *head != node);
                best[node] = candidates.reduce(|a, b| if score(b) > score(a) { b } else { a }).unwrap_or(0);
            }
            let Some(cycle) = find_cycle(&alive, &best, &mut self.inside) else { break };
            contracted.push(self.contract(nodes, &mut alive, cycle, &best));
        }
        // The arc by which each remaining node is entered, in words.
        let mut entered = vec![(0u32, 0u32); nodes];
        for &node in alive.iter().filter(|node| **node != 0) {
            entered[node] = self.ends[node * nodes + best[node]];
        }
        while let Some(contraction) = contracted.pop() {
            let arc = entered[contraction.node];
            let mut broken = None;
            for (member, own, words) in &contraction.members {
                entered[*member] = *own;
                if words.contains(&arc.0) {
                    broken = Some(*member);
                }
            }
            entered[broken.expect("an arc into a cycle ends in one of its words")] = arc;
        }
        for arc in entered.iter().skip(1) {
            heads[arc.0 as usize - 1] = arc.1 as usize;
        }
    }

    /// Makes a cycle one node, named after its first member.
    fn contract(&mut self, nodes: usize, alive: &mut Vec<usize>, cycle: Vec<usize>, best: &[usize]) -> Contraction {
        let node = cycle[0];
        let members = cycle
            .iter()
            .map(|&member| (member, self.ends[member * nodes + best[member]], self.words(nodes, member)))
            .collect();
        let own: Vec<f64> = cycle.iter().map(|&member| self.score[member * nodes + best[member]]).collect();
        for &other in alive.iter().filter(|other| !cycle.contains(other)) {
            let (mut enter, mut leave) = ((f64::NEG_INFINITY, (0, 0)), (f64::NEG_INFINITY, (0, 0)));
            for (&member, own) in cycle.iter().zip(&own) {
                let into = self.score[member * nodes + other] - own;
                if into > enter.0 {
                    enter = (into, self.ends[member * nodes + other]);
                }
                let out = self.score[other * nodes + member];
                if out > leave.0 {
                    leave = (out, self.ends[other * nodes + member]);
                }
            }
            (self.score[node * nodes + other], self.ends[node * nodes + other]) = enter;
            (self.score[other * nodes + node], self.ends[other * nodes + node]) = leave;
        }
        alive.retain(|other| *other == node || !cycle.contains(other));
        Contraction { node, members }
    }

    /// The words that a node stands for: those its incoming arcs end in.
    fn words(&self, nodes: usize, node: usize) -> Vec<u32> {
        let mut words: Vec<u32> = (0..nodes).map(|head| self.ends[node * nodes + head].0).collect();
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// A cycle that was made one node.
struct Contraction {
    node: usize,
    /// Each member with its arc within the cycle and the words it stands for.
    members: Vec<(usize, (u32, u32), Vec<u32>)>,
}

fn find_cycle(alive: &[usize], best: &[usize], seen: &mut Vec<usize>) -> Option<Vec<usize>> {
    seen.clear();
    seen.resize(best.len(), usize::MAX);
    for &start in alive.iter().filter(|node| **node != 0) {
        let mut node = start;
        while node != 0 && seen[node] == usize::MAX {
            seen[node] = start;
            node = best[node];
        }
        if node != 0 && seen[node] == start {
            let mut cycle = vec![node];
            let mut next = best[node];
            while next != node {
                cycle.push(next);
                next = best[next];
            }
            return Some(cycle);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tree(scores: &[f32], roots: &[f32]) -> Vec<usize> {
        let mut heads = Vec::new();
        best_tree(scores, roots, &mut Trees::default(), &mut heads);
        heads
    }

    /// Sum of the log probabilities of a tree; nothing if it is none or has not one root.
    fn value(heads: &[usize], scores: &[f32], roots: &[f32]) -> Option<f64> {
        let n = roots.len();
        let one_root = heads.iter().filter(|head| **head == 0).count() == 1;
        let loops = heads.iter().enumerate().any(|(word, head)| *head == word + 1);
        if !one_root || loops || !is_tree(heads, &mut Vec::new()) {
            return None;
        }
        let mut space = Trees::default();
        space.fill(scores, roots);
        Some(heads.iter().enumerate().map(|(word, head)| space.score[(word + 1) * (n + 1) + head]).sum())
    }

    /// The best value of all trees, by trying every assignment.
    fn best_value(scores: &[f32], roots: &[f32]) -> f64 {
        let n = roots.len();
        let mut best = f64::NEG_INFINITY;
        for number in 0..(n + 1).pow(u32::try_from(n).unwrap()) {
            let heads: Vec<usize> =
                (0..n).map(|word| number / (n + 1).pow(u32::try_from(word).unwrap()) % (n + 1)).collect();
            best = best.max(value(&heads, scores, roots).unwrap_or(f64::NEG_INFINITY));
        }
        best
    }

    #[test]
    fn a_cycle_is_broken_where_it_costs_least() {
        // Both words would rather be each other's dependent.
        let scores = [0.0, 5.0, 4.0, 0.0];
        assert_eq!(tree(&scores, &[1.0, 3.0]), vec![2, 0]);
        assert_eq!(tree(&[0.0], &[-3.0]), vec![0], "one word hangs on the root, whatever it costs");
    }

    #[test]
    fn scores_that_are_no_numbers_give_a_tree() {
        for damaged in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for at in 0..9 {
                let (mut scores, mut roots) = ([1.0; 9], [damaged; 3]);
                scores[at] = damaged;
                let heads = tree(&scores, &roots);
                assert!(is_tree(&heads, &mut Vec::new()), "{damaged} at {at}: {heads:?}");
                roots[at % 3] = 2.0;
                scores.fill(damaged);
                let heads = tree(&scores, &roots);
                assert!(is_tree(&heads, &mut Vec::new()), "{damaged} beside the root {at}: {heads:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_tree_is_better(n in 1usize..=5, numbers in prop::collection::vec(-9.0f32..9.0, 30)) {
            let (scores, roots) = (&numbers[..n * n], &numbers[25..25 + n]);
            let heads = tree(scores, roots);
            let got = value(&heads, scores, roots);
            prop_assert!(got.is_some(), "{heads:?} is no tree with one root");
            prop_assert!((got.unwrap() - best_value(scores, roots)).abs() < 1e-6, "{heads:?}");
        }
    }
}
