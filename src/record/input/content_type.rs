//! The `content-type` header: media type and charset (RFC 9110, section 8.3).

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Html,
    Text,
}

/// What the header declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContentType {
    /// `None` for media types that say nothing of use (`application/octet-stream`): the first character decides.
    pub(super) format: Option<Format>,
    /// The charset, where one is declared that is neither UTF-8 nor its subset ASCII.
    pub(super) other_charset: Option<String>,
}

impl ContentType {
    /// Reads the header's value; `None` if it is blank.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split(';').map(str::trim);
        let media_type = parts.next().filter(|media_type| !media_type.is_empty())?.to_ascii_lowercase();
        let format = match media_type.as_str() {
            "text/html" | "application/xhtml+xml" => Some(Format::Html),
            "application/json" | "text/json" => Some(Format::Json),
            other if other.ends_with("+json") => Some(Format::Json),
            // Any other text is taken as it is: text/plain, text/markdown.
            other if other.starts_with("text/") => Some(Format::Text),
            _ => None,
        };
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        });
        let is_utf8 = |charset: &String| matches!(charset.as_str(), "utf-8" | "utf8" | "us-ascii" | "ascii" | "");
        Some(Self { format, other_charset: charset.filter(|charset| !is_utf8(charset)) })
    }
}
