//! Throughput of the linguistic stages on one core, with a known Rust crate beside each in the same run where there is one.
//!
//! `cargo bench --bench nlp --features beside -- [--model FILE]`: without a model, tokens and sentences alone; without the
//! feature, no sentencex. Text: the bundled samples, repeated. Time is that of this thread on its core, so that other work on the machine does not count.

use std::hint::black_box;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use demarche::extract::Knowledge;
use demarche::nlp::Annotate;
use demarche::nlp::core::{Core, CoreModel, Stage};
use demarche::nlp::model_file::ModelBytes;
use demarche::nlp::sentences::SentenceSplitter;
use demarche::nlp::tokenizer::Tokenizer;
use demarche::text::Document;
use unicode_segmentation::UnicodeSegmentation;

/// Prose that comes with the crate.
const SAMPLES: [&str; 3] = [
    include_str!("../data/samples/readout.txt"),
    include_str!("../data/samples/live-blog.txt"),
    include_str!("../data/samples/scraped.txt"),
];

/// How long each line of the table is measured.
const BUDGET: Duration = Duration::from_secs(2);

/// Length of one article, in samples: about the 600 tokens of a wire story.
const REPEATS: usize = 4;

/// Seconds that this thread has been on a core. Linux keeps them; elsewhere the clock must do.
fn on_core(began: Instant) -> f64 {
    let kept = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = kept.and_then(|fields| fields.split(' ').next()?.parse::<u64>().ok());
    nanoseconds.map_or_else(|| began.elapsed(), Duration::from_nanos).as_secs_f64()
}

/// Mean time of one pass, after one that fills caches.
fn mean(mut pass: impl FnMut()) -> f64 {
    pass();
    let began = Instant::now();
    let before = on_core(began);
    let mut passes = 0u32;
    while passes < 3 || began.elapsed() < BUDGET {
        pass();
        passes += 1;
    }
    (on_core(began) - before) / f64::from(passes)
}

#[expect(clippy::cast_precision_loss, reason = "counts of bytes and tokens are far below 2^52")]
fn line(out: &mut impl Write, what: &str, seconds: f64, bytes: usize, tokens: usize) -> io::Result<()> {
    let (mb, thousands) = (bytes as f64 / seconds / 1e6, tokens as f64 / seconds / 1e3);
    writeln!(out, "{what:44} {mb:9.1} MB/s {thousands:10.1} k tokens/s")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--model").skip(1);
    let mut out = io::stdout().lock();
    let model = match arguments.next() {
        Some(path) => Some(load(&path, &mut out)?),
        None => None,
    };
    let articles: Vec<String> = SAMPLES.iter().map(|sample| sample.repeat(REPEATS)).collect();
    let bytes: usize = articles.iter().map(String::len).sum();
    let mut docs: Vec<Document> = articles.iter().map(|article| Document::new(article.as_str())).collect();
    let boundaries = model.as_deref().and_then(CoreModel::boundaries);
    let mut tokenizer = Tokenizer::new();
    let mut splitter = boundaries.map_or_else(SentenceSplitter::new, SentenceSplitter::with_model);

    docs.iter_mut().for_each(|doc| tokenizer.annotate(doc));
    let tokens: usize = docs.iter().map(|doc| doc.tokens.len()).sum();
    writeln!(out, "{} articles, {bytes} bytes, {tokens} tokens", articles.len())?;
    let seconds = mean(|| docs.iter_mut().for_each(|doc| tokenizer.annotate(doc)));
    line(&mut out, "tokens", seconds, bytes, tokens)?;
    let seconds = mean(|| {
        for article in &articles {
            black_box(article.unicode_words().count());
        }
    });
    line(&mut out, "  unicode-segmentation: words", seconds, bytes, tokens)?;
    let seconds = mean(|| docs.iter_mut().for_each(|doc| splitter.annotate(doc)));
    line(&mut out, "sentences", seconds, bytes, tokens)?;
    let seconds = mean(|| {
        for doc in &mut docs {
            tokenizer.annotate(doc);
            splitter.annotate(doc);
        }
    });
    line(&mut out, "tokens and sentences", seconds, bytes, tokens)?;
    let seconds = mean(|| {
        for article in &articles {
            black_box(article.unicode_sentences().count());
        }
    });
    line(&mut out, "  unicode-segmentation: sentences", seconds, bytes, tokens)?;
    #[cfg(feature = "beside")]
    {
        let seconds = mean(|| {
            for article in &articles {
                black_box(sentencex::segment("en", article).len());
            }
        });
        line(&mut out, "  sentencex: sentences", seconds, bytes, tokens)?;
    }

    kernel(&mut out)?;
    let Some(model) = model else { return Ok(()) };
    let mut core = Core::new(&model);
    let seconds = mean(|| docs.iter_mut().for_each(|doc| core.annotate(doc)));
    line(&mut out, "encoder and all heads", seconds, bytes, tokens)?;
    for (stage, seconds) in stages(&mut core, &mut docs) {
        line(&mut out, &format!("  {stage}"), seconds, bytes, tokens)?;
    }
    let seconds = mean(|| {
        for doc in &mut docs {
            tokenizer.annotate(doc);
            splitter.annotate(doc);
            core.annotate(doc);
        }
    });
    line(&mut out, "whole core", seconds, bytes, tokens)?;
    let knowledge = Knowledge::embedded()?;
    let seconds = mean(|| {
        for doc in &docs {
            black_box(knowledge.extract(doc, None, None));
        }
    });
    line(&mut out, "statements and events of what the core found", seconds, bytes, tokens)?;
    Ok(())
}

/// Loads a model twice, as a file is loaded and as a part of the binary is, and says what it costs.
fn load(path: &str, out: &mut impl Write) -> Result<Arc<CoreModel>, Box<dyn std::error::Error>> {
    let embedded = ModelBytes::Embedded(Vec::leak(std::fs::read(path)?));
    let began = Instant::now();
    drop(CoreModel::parse(embedded)?);
    writeln!(out, "{:44} {:9.1} ms", "loading, embedded", began.elapsed().as_secs_f64() * 1e3)?;
    let before = resident();
    let began = Instant::now();
    let model = CoreModel::parse(ModelBytes::Read(std::fs::read(path)?.into()))?;
    let (took, after) = (began.elapsed().as_secs_f64() * 1e3, resident());
    writeln!(out, "{:44} {took:9.1} ms", "loading, from a file, with its checksum")?;
    if let (Some(before), Some(after)) = (before, after) {
        writeln!(out, "{:44} {:9.1} MB", "memory of that model", (after - before) / 1e6)?;
    }
    Ok(Arc::new(model))
}

/// Bytes of this process in memory, where Linux says it.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
}

/// Mean time of each stage of the core. Here the clock is read, since a stage is shorter than the kernel's own counting is
/// fine; the best of all passes stands for a quiet machine.
fn stages(core: &mut Core, docs: &mut [Document]) -> Vec<(Stage, f64)> {
    let mut bests: Vec<(Stage, f64)> = Vec::new();
    let began = Instant::now();
    while began.elapsed() < BUDGET {
        for (doc_idx, doc) in docs.iter_mut().enumerate() {
            let mut last = Instant::now();
            let mut stage_idx = doc_idx * N_STAGES;
            core.annotate_observed(doc, |stage| {
                let seconds = last.elapsed().as_secs_f64();
                match bests.get_mut(stage_idx) {
                    Some((_, best)) => *best = best.min(seconds),
                    None => bests.push((stage, seconds)),
                }
                stage_idx += 1;
                last = Instant::now();
            });
        }
    }
    let sum = |stage_idx: usize| bests.iter().skip(stage_idx).step_by(N_STAGES).map(|(_, best)| best).sum();
    (0..N_STAGES.min(bests.len())).map(|stage_idx| (bests[stage_idx].0, sum(stage_idx))).collect()
}

/// Stages that a model of three recurrent layers reports.
const N_STAGES: usize = 12;

/// What the kernel reaches on the shape of the encoder's largest products, the weights packed beforehand as the core has them.
fn kernel(out: &mut impl Write) -> io::Result<()> {
    use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
    use rten_tensor::NdTensorView;
    let (n, inputs, outputs) = (600, 256, 768);
    let (rows, weights) = (vec![0.5f32; n * inputs], vec![0.25f32; inputs * outputs]);
    // As in the core: no other thread helps. An error says that this thread is already alone.
    let _alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    let executor = GemmExecutor::<f32>::new();
    let packed = executor.prepack_b(NdTensorView::from_data([inputs, outputs], &weights[..]));
    let rows = NdTensorView::from_data([n, inputs], &rows[..]);
    let mut products = vec![0.0f32; n * outputs];
    let seconds = mean(|| {
        let (a, b) = (GemmInputA::Unpacked(rows), GemmInputB::Packed(&packed));
        let done = executor.gemm(black_box(&mut products), a, b, GemmOptions::default());
        done.expect("the shapes fit");
    });
    #[expect(clippy::cast_precision_loss, reason = "a few hundred million")]
    let gflops = (2 * n * inputs * outputs) as f64 / seconds / 1e9;
    writeln!(out, "{:44} {gflops:9.1} GFLOP/s", format!("kernel, {n} x {inputs} x {outputs}"))?;
    let arch = pulp::Arch::new();
    let mut operations = 0.0;
    let seconds = mean(|| operations = black_box(arch.dispatch(Peak)).1);
    writeln!(out, "{:44} {:9.1} GFLOP/s", "  what this core can do", operations / seconds / 1e9)
}

/// Multiplications and additions on registers alone, enough at a time that none waits for another.
struct Peak;

impl pulp::WithSimd for Peak {
    /// A number that depends on all of them, and how many they were.
    type Output = (f32, f64);

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) -> Self::Output {
        const REGISTERS: usize = 16;
        const ROUNDS: u32 = 1_000_000;
        let (factor, addend) = (simd.splat_f32s(0.999), simd.splat_f32s(1e-3));
        let mut sums = [simd.splat_f32s(0.0); REGISTERS];
        for _ in 0..ROUNDS {
            for sum in &mut sums {
                *sum = simd.mul_add_f32s(*sum, factor, addend);
            }
        }
        let total = sums.into_iter().map(|sum| simd.reduce_sum_f32s(sum)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a few dozen")]
        let at_a_time = (2 * REGISTERS * S::F32_LANES) as f64;
        (total, at_a_time * f64::from(ROUNDS))
    }
}
