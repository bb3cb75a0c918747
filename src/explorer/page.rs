//! The page's own files, which are built into the program, and the page as one file to mail.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use super::row;
use crate::record::{AnalysisRecord, samples, schema, usual_names};

/// The document.
const HTML: &str = include_str!("page/index.html");
/// Its style.
const CSS: &str = include_str!("page/page.css");
/// Its script: modules, in the order in which a browser runs them. The last one begins.
const MODULES: [(&str, &str); 6] = [
    ("/dom.js", include_str!("page/dom.js")),
    ("/state.js", include_str!("page/state.js")),
    ("/charts.js", include_str!("page/charts.js")),
    ("/views.js", include_str!("page/views.js")),
    ("/read.js", include_str!("page/read.js")),
    ("/page.js", include_str!("page/page.js")),
];
/// All modules as one: without the lines that import, and without the word that exports. Their names differ.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let lines = MODULES.iter().flat_map(|(_, text)| text.lines());
    let own = lines.filter(|line| !line.starts_with("import "));
    own.map(|line| format!("{}\n", line.strip_prefix("export ").unwrap_or(line))).collect()
});
/// Outlines of the countries.
const MAP: &str = include_str!("page/map.json");

/// The tags of the document that a report has the files themselves in place of.
const STYLE_TAG: &str = r#"<link rel="stylesheet" href="/page.css">"#;
const SCRIPT_TAG: &str = r#"<script type="module" src="/page.js"></script>"#;
const HEAD_TAG: &str = r#"<meta charset="utf-8">"#;

static SCHEMAS: LazyLock<Vec<(&str, String)>> = LazyLock::new(schema::all);

/// The files, and the schemas of what the API answers.
pub(super) fn routes() -> Router {
    let file = |media_type: &'static str, text: &'static str| get(async move || served(media_type, text.to_owned()));
    let modules = MODULES
        .iter()
        .fold(Router::new(), |router, (path, text)| router.route(path, file("text/javascript; charset=utf-8", text)));
    modules
        .route("/", file("text/html; charset=utf-8", HTML))
        .route("/page.css", file("text/css; charset=utf-8", CSS))
        .route("/map.json", file("application/json", MAP))
        .route("/names.json", get(async || served("application/json", names_json())))
        .route("/samples.json", get(async || served("application/json", samples_json())))
        .route("/openapi.json", get(async || Redirect::permanent("/schemas/openapi.json")))
        .route("/schemas/{name}", get(async |uri: Uri| generated(uri.path().trim_start_matches("/schemas/"))))
}

type Headers = [(HeaderName, &'static str); 2];

fn served(media_type: &'static str, text: String) -> Response {
    // A new version of the program brings new files under the same names.
    let headers: Headers = [(CONTENT_TYPE, media_type), (CACHE_CONTROL, "no-cache")];
    (headers, text).into_response()
}

fn generated(name: &str) -> Response {
    match SCHEMAS.iter().find(|(file, _)| *file == name) {
        Some((_, text)) => served("application/json", text.clone()),
        None => {
            let detail = format!("no schema is called {name:?}; /openapi.json refers to those that there are");
            Problem::new(StatusCode::NOT_FOUND, "not_found", "No such schema", detail).into_response()
        }
    }
}

/// The usual names of countries and bodies by their codes: behind these the page writes no code.
fn names_json() -> String {
    serde_json::json!(usual_names::by_code()).to_string()
}

/// The bundled articles, to be picked.
fn samples_json() -> String {
    let samples = samples::all().into_iter().map(|message| {
        let text = String::from_utf8_lossy(message.payload.as_deref().unwrap_or_default()).into_owned();
        serde_json::json!({
            "name": &*message.origin.topic,
            "type": message.header("content-type"),
            "text": text,
        })
    });
    Value::from_iter(samples).to_string()
}

/// The page as one file: style, script and data are in it, it asks nobody for anything, and its policy lets no other script
/// run than its own.
pub fn report(records: &[AnalysisRecord]) -> String {
    let items: Vec<Value> = (1_u64..)
        .zip(records)
        .filter_map(|(seq, record)| {
            let mut told: Value = serde_json::from_slice(&row::rows(record)).ok()?;
            told["seq"] = seq.into();
            Some(told)
        })
        .collect();
    let data = serde_json::json!({ "items": items, "records": records, "usual": usual_names::by_code() }).to_string();
    // A script that holds data ends at `</script` whatever it holds, and `<!--` changes how it is read.
    let data = data.replace('<', "\\u003c");
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        hash(&SCRIPT),
        hash(CSS)
    );
    let head = format!("{HEAD_TAG}\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
    let script = format!(
        "<script type=\"application/json\" id=\"data\">{data}</script>\n\
         <script type=\"application/json\" id=\"map-data\">{MAP}</script>\n\
         <script type=\"module\">{}</script>",
        *SCRIPT
    );
    HTML.replacen(HEAD_TAG, &head, 1)
        .replacen(STYLE_TAG, &format!("<style>{CSS}</style>"), 1)
        .replacen(SCRIPT_TAG, &script, 1)
}

/// What a policy names a script by.
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text);
    let mut out = String::new();
    for group in digest.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place > group.len() { '=' } else { char::from(digit) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_named_by_the_base64_of_its_hash() {
        assert_eq!(hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn the_document_has_the_tags_that_a_report_replaces() {
        for tag in [HEAD_TAG, STYLE_TAG, SCRIPT_TAG] {
            assert_eq!(HTML.matches(tag).count(), 1, "{tag}");
        }
        assert!(
            !SCRIPT.contains("</script") && !MAP.contains('<') && !SCRIPT.contains("<!--") && !CSS.contains("</style")
        );
    }

    #[test]
    fn the_modules_may_stand_in_one_script() {
        let mut names: Vec<&str> = Vec::new();
        for line in SCRIPT.lines() {
            assert!(!line.starts_with("import") && !line.starts_with("export"), "{line}");
            let words: Vec<&str> = line.split([' ', '(']).collect();
            match words.as_slice() {
                ["async", "function", name, ..] | ["function" | "const" | "let", name, ..] => names.push(name),
                _ => {}
            }
        }
        let n_names = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n_names, "two modules have something of the same name");
    }

    /// A browser runs a module behind those that it imports, in their order, but for those that import it in turn. What a module
    /// needs while it is run must have been run before, in a report as on the page.
    #[test]
    fn the_modules_stand_in_the_order_in_which_a_browser_runs_them() {
        fn visit(name: &str, begun: &mut Vec<String>, run: &mut Vec<String>) {
            if begun.iter().any(|known| known == name) {
                return;
            }
            begun.push(name.to_owned());
            let (_, text) = MODULES.iter().find(|(path, _)| path.strip_prefix('/') == Some(name)).expect(name);
            for line in text.lines().filter(|line| line.starts_with("import ")) {
                let from = line.rsplit_once("\"./").and_then(|(_, rest)| rest.strip_suffix("\";"));
                visit(from.expect("an import is a line of its own"), begun, run);
            }
            run.push(format!("/{name}"));
        }
        let mut run = Vec::new();
        visit("page.js", &mut Vec::new(), &mut run);
        assert_eq!(run, MODULES.map(|(path, _)| path));
    }

    #[test]
    fn the_page_stays_small_enough_to_be_read() {
        let modules: usize = MODULES.iter().map(|(_, text)| text.len()).sum();
        let n_bytes = HTML.len() + CSS.len() + modules;
        assert!(n_bytes < 60_000, "{n_bytes} bytes of source: what is not needed has to go");
        for (path, text) in MODULES {
            assert!(text.lines().count() < 300, "{path} is too long to be read");
        }
        let mut map = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut map, MAP.as_bytes()).unwrap();
        assert!(map.finish().unwrap().len() < 45_000, "the map as it is sent by what compresses");
    }

    #[test]
    fn an_article_cannot_end_the_script_that_holds_it() {
        let line = include_str!("../../tests/data/render/analysis.json");
        let mut record: AnalysisRecord = serde_json::from_str(line).unwrap();
        record.text = "</script><script>alert(1)</script><!--".to_owned();
        record.article.title = Some("</script><img src=x onerror=alert(1)>".to_owned());
        let page = report(&[record]);
        assert_eq!(page.matches("</script").count(), 3, "the three scripts of the page itself");
        assert!(!page.contains("<img") && !page.contains("alert(1)</"));
    }
}
