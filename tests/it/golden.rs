//! The bundled samples, analyzed and written as the records they become: `tests/data/golden/*.jsonl`, compared byte for byte.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it golden` rewrites them; the difference is then read in the commit.

use std::path::Path;

use demarche::analyzer::{Analyzer, Models};
use demarche::record::{InputOptions, OutputOptions, input, output, samples};

#[test]
fn the_samples_become_the_records_that_are_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let models = Models::embedded();
    let mut analyzer = Analyzer::new(&models);
    let mut n_compared = 0;
    for message in samples::all() {
        let Ok(article) = input::decode(&message, &InputOptions::default()) else { continue };
        let analysis = analyzer.analyze(&article);
        let records =
            output::encode(&article, &analysis, &message, &OutputOptions::default(), models.provenance()).unwrap();
        let mut lines = String::new();
        for record in records {
            lines.push_str(std::str::from_utf8(record.payload.as_deref().unwrap()).unwrap());
            lines.push('\n');
        }
        let path = folder.join(format!("{}.jsonl", message.origin.topic));
        if update {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &lines).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (number, (kept, found)) in kept.lines().zip(lines.lines()).enumerate() {
            assert_eq!(kept, found, "{}:{}", path.display(), number + 1);
        }
        assert_eq!(kept.lines().count(), lines.lines().count(), "number of records of {}", message.origin.topic);
        n_compared += 1;
    }
    assert_eq!(n_compared, samples::all().len() - 1, "all samples but the refused one");
}
