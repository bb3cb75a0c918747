//! The names under which an article's fields come: our own, those of ninjs, and those that scrapers and news APIs use.
//!
//! Names are compared without regard to case, `_`, `-`, `@` and spaces: `publishedAt`, `published_at` and `PublishedAt` are one.

/// A field of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldName {
    /// Identity.
    Id,
    /// Where it was published.
    Url,
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// Its text as HTML, read where no plain text is given.
    Html,
    /// What it is about, read as its text where no other is given.
    Description,
    /// When it was published.
    PublishedAt,
    /// Who published it.
    Publisher,
    /// Its language.
    Language,
    /// Its authors.
    Authors,
}

/// A field with the names it goes by.
#[derive(Debug, Clone, Copy)]
pub struct Alias {
    /// The field.
    pub field: FieldName,
    /// Its own name. A value of the wrong type under it makes the message malformed; under another name such a value
    /// is somebody else's field and passed over.
    pub name: &'static str,
    /// Other names in order of preference, as compared: lower case, letters only.
    pub others: &'static [&'static str],
}

/// Every field with its names.
pub const FIELDS: [Alias; 10] = [
    Alias { field: FieldName::Id, name: "id", others: &["id", "uri", "guid", "articleid", "uuid"] },
    Alias {
        field: FieldName::Url,
        name: "url",
        others: &["url", "link", "canonicalurl", "weburl", "sourceurl", "articleurl", "permalink", "shareurl", "href"],
    },
    // ninjs: headline and headline_main (1.x), headlines (2.0 on). The Guardian: webTitle.
    Alias {
        field: FieldName::Title,
        name: "title",
        others: &["title", "headline", "headlines", "headlinemain", "webtitle", "head"],
    },
    // ninjs: body_text, body_main (1.x), bodies (2.0 on). schema.org: articleBody. news-please: maintext.
    Alias {
        field: FieldName::Text,
        name: "text",
        others: &[
            "text",
            "bodytext",
            "bodymain",
            "bodies",
            "body",
            "content",
            "articlebody",
            "articletext",
            "maintext",
            "fulltext",
            "plaintext",
            "contenttext",
            "textcontent",
            "cleanedtext",
            "article",
            "story",
        ],
    },
    // ninjs 1.x: body_html, body_xhtml, body_richtext.
    Alias {
        field: FieldName::Html,
        name: "html",
        others: &["html", "bodyhtml", "bodyxhtml", "bodyrichtext", "contenthtml", "rawhtml"],
    },
    // ninjs: description_text (1.x), descriptions (2.0 on). The Guardian: trailText, standfirst.
    Alias {
        field: FieldName::Description,
        name: "description",
        others: &[
            "description",
            "descriptiontext",
            "descriptions",
            "summary",
            "abstract",
            "standfirst",
            "trailtext",
            "leadparagraph",
            "excerpt",
            "snippet",
            "teaser",
        ],
    },
    // ninjs: versioncreated, which is when this version was made; schema.org: datePublished. WordPress: date_gmt, beside a `date` of the
    // site's own clock. GDELT: seendate.
    Alias {
        field: FieldName::PublishedAt,
        name: "published_at",
        others: &[
            "publishedat",
            "published",
            "datepublished",
            "publishdate",
            "publisheddate",
            "datepublish",
            "pubdate",
            "publicationdate",
            "webpublicationdate",
            "firstpublished",
            "firstpublishedat",
            "publishedtime",
            "publishedon",
            "dategmt",
            "date",
            "datetime",
            "timestamp",
            "versioncreated",
            "contentcreated",
            "firstcreated",
            "seendate",
        ],
    },
    Alias {
        field: FieldName::Publisher,
        name: "publisher",
        others: &["publisher", "source", "sourcename", "sitename", "outlet", "provider", "copyrightholder"],
    },
    Alias { field: FieldName::Language, name: "language", others: &["language", "lang", "inlanguage", "languagecode"] },
    Alias { field: FieldName::Authors, name: "authors", others: &["authors", "author", "byline", "by", "creator"] },
];

/// A name of `<meta>` as it is compared: its letters and digits alone, in lower case.
pub(super) fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A name as it is compared.
pub(in crate::record) fn compared(name: &[u8]) -> Vec<u8> {
    name.iter().filter(|byte| !matches!(byte, b'_' | b'-' | b'@' | b' ')).map(u8::to_ascii_lowercase).collect()
}
