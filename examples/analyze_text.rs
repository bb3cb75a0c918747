//! The library without a broker: a text in, what was found out.
//!
//! `cargo run --example analyze_text < article.txt`

use std::io::{Read as _, Write as _};

use demarche::analyzer::{Analyzer, Models};
use demarche::article::Article;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let analysis = Analyzer::new(&Models::embedded()).analyze(&Article::from_text("example", text));
    let doc = &analysis.document;
    let mut out = std::io::stdout().lock();
    for statement in &analysis.statements {
        let speaker = statement.speaker.as_ref().and_then(|speaker| speaker.name.as_deref()).unwrap_or("somebody");
        let content: Vec<_> = statement.content.iter().map(|&range| doc.range_text(range)).collect();
        writeln!(out, "{speaker}: {}", content.join(" … "))?;
    }
    for event in &analysis.events {
        let codes = |actors: &[demarche::finding::Actor]| {
            actors.iter().map(|actor| actor.code.as_str()).collect::<Vec<_>>().join("+")
        };
        let (actors, recipients) = (codes(&event.actors), codes(&event.recipients));
        writeln!(
            out,
            "{actors} > {recipients}: {} {} ({})",
            event.plover_type,
            event.cameo,
            doc.range_text(event.trigger)
        )?;
    }
    Ok(())
}
