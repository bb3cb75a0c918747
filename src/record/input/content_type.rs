//! The `content-type` header: media type and charset (RFC 9110, section 8.3).

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Html,
    /// A page, or something that is refused by name: its root decides.
    Xml,
    Text,
    /// Something that is not read, by its name.
    Other(&'static str),
}

/// What the header declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContentType {
    /// `None` for media types that say nothing of use (`application/octet-stream`): the bytes decide.
    pub(super) format: Option<Format>,
    /// The charset, where one is declared.
    pub(super) charset: Option<String>,
}

/// Media types that are not read, and what they are.
const OTHERS: [(&str, &str); 9] = [
    ("application/avro", "Avro"),
    ("avro/binary", "Avro"),
    ("application/vnd.apache.avro", "Avro"),
    ("application/protobuf", "Protobuf"),
    ("application/x-protobuf", "Protobuf"),
    ("application/pdf", "a PDF file"),
    ("message/rfc822", "an e-mail"),
    ("text/csv", "a table"),
    ("text/tab-separated-values", "a table"),
];

impl ContentType {
    /// Reads the header's value; `None` if it is blank.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split(';').map(str::trim);
        let media_type = parts.next().filter(|media_type| !media_type.is_empty())?.to_ascii_lowercase();
        let format = match media_type.as_str() {
            "text/html" | "application/xhtml+xml" => Some(Format::Html),
            "application/json" | "text/json" => Some(Format::Json),
            "application/xml" | "text/xml" => Some(Format::Xml),
            other if other.ends_with("+json") => Some(Format::Json),
            other if other.ends_with("+xml") => Some(Format::Xml),
            other if let Some((_, name)) = OTHERS.iter().find(|(known, _)| *known == other) => {
                Some(Format::Other(name))
            }
            // Any other text is taken as it is: text/plain, text/markdown.
            other if other.starts_with("text/") => Some(Format::Text),
            other if other.starts_with("image/") => Some(Format::Other("a picture")),
            other if other.starts_with("audio/") || other.starts_with("video/") => {
                Some(Format::Other("sound or video"))
            }
            _ => None,
        };
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        });
        Some(Self { format, charset: charset.filter(|charset| !charset.is_empty()) })
    }
}
