//! What a page says of itself: in `<link>`, `<meta>`, `<time>`, `<title>` and JSON-LD ([`linked_data`]), by the names that content
//! systems use. Read from the page's tags, so that a page of which no tree is built has a title and a date, too.

use super::super::raw::{RawArticle, is_blank};
use super::linked_data;
use super::strip;
use super::tokens::{Piece, Tag};
use crate::record::input::date;
use crate::record::input::fields::letters;

/// Names of `<meta>` in order of preference, as compared ([`letters`]): Open Graph, Twitter, Dublin Core, Parse.ly, Sailthru,
/// schema.org and rNews, and those of content systems.
const TITLES: [&str; 7] =
    ["ogtitle", "twittertitle", "parselytitle", "sailthrutitle", "dctitle", "dctermstitle", "headline"];
const SITES: [&str; 5] = ["ogsitename", "sitename", "applicationname", "dcpublisher", "publisher"];
const AUTHORS: [&str; 9] = [
    "author",
    "articleauthor",
    "parselyauthor",
    "sailthruauthor",
    "dccreator",
    "dctermscreator",
    "byl",
    "byline",
    "creator",
];
const SUMMARIES: [&str; 7] = [
    "ogdescription",
    "description",
    "twitterdescription",
    "dcdescription",
    "dctermsabstract",
    "sailthrudescription",
    "abstract",
];
const LANGUAGES: [&str; 3] = ["dclanguage", "dctermslanguage", "inlanguage"];
const DATES: [&str; 31] = [
    "articlepublishedtime",
    "datepublished",
    "rnewsdatepublished",
    "parselypubdate",
    "sailthrudate",
    "ogpublishedtime",
    "ogpubdate",
    "ogarticlepublishedtime",
    "dcdateissued",
    "dctermsissued",
    "dctermsdate",
    "dctermscreated",
    "dcdate",
    "dcdatecreated",
    "pubdate",
    "publishdate",
    "publisheddate",
    "publicationdate",
    "publishedat",
    "publishtime",
    "articlepublished",
    "articledateoriginal",
    "iso8601publishdate",
    "cxenseparserecspublishtime",
    "btpubdate",
    "vrpublishedtime",
    "citationpublicationdate",
    "prismpublicationdate",
    "originalpublicationdate",
    "displaydate",
    "date",
];

/// Signs that stand between a title and the name of the site.
const BEFORE_SITE: [&str; 6] = [" - ", " | ", " – ", " — ", " · ", " :: "];

/// What a page says of itself, as far as it has been read.
#[derive(Debug, Default)]
pub(super) struct Head {
    canonical: Option<String>,
    /// Names as compared and values of `<meta>`.
    metas: Vec<(String, String)>,
    /// Dates of `<time>`: the surest first seen.
    time: Option<(Sureness, String)>,
    scripts: Vec<String>,
    title: Option<String>,
    language: Option<String>,
    /// The element whose text comes next, if it is one that is read.
    inside: Inside,
    n_articles: usize,
}

/// What a page says of itself.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) article: RawArticle,
    /// What it gives as its summary, in order of sureness.
    pub(super) summaries: Vec<String>,
}

/// How sure it is that a `<time>` is that of publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sureness {
    /// It stands somewhere in an article or in the main part.
    Somewhere,
    /// It says so.
    Said,
}

/// An element whose text is read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    Title,
    LinkedData,
    /// A `<time>` that says what it means in its text alone.
    Time(Sureness),
}

impl Head {
    /// Takes the next piece of the page in.
    pub(super) fn take(&mut self, piece: &Piece) {
        match piece {
            Piece::Open(tag) => self.open(tag),
            Piece::Text(text) => match self.inside {
                Inside::Nothing => {}
                // Of several the first: others are of pictures.
                Inside::Title if self.title.is_none() => self.title = one_line(text),
                Inside::Title => {}
                Inside::LinkedData => self.scripts.push(text.clone()),
                // "Three hours ago" is no date.
                Inside::Time(sureness) if date::parse(text).is_some() => self.dated(sureness, text),
                Inside::Time(_) => {}
            },
            Piece::Close(name) => {
                self.inside = Inside::Nothing;
                if is_main_part(name) {
                    self.n_articles = self.n_articles.saturating_sub(1);
                }
            }
        }
    }

    fn open(&mut self, tag: &Tag) {
        self.inside = Inside::Nothing;
        match tag.name.as_str() {
            "html" => self.language = self.language.take().or_else(|| tag.attribute("lang").map(str::to_owned)),
            // That of a drawing says what is drawn.
            "title" if !tag.is_foreign => self.inside = Inside::Title,
            "link" if tag.has_word("rel", "canonical") && self.canonical.is_none() => {
                self.canonical = tag.attribute("href").and_then(address);
            }
            "script" if tag.attribute("type").is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json")) => {
                self.inside = Inside::LinkedData;
            }
            "meta" => {
                let names = ["property", "name", "itemprop"].into_iter().filter_map(|name| tag.attribute(name));
                if let Some(content) = tag.attribute("content") {
                    self.metas.extend(names.map(|name| (compared(name), content.to_owned())));
                }
            }
            name if is_main_part(name) => self.n_articles += 1,
            _ => self.time(tag),
        }
    }

    /// `<time>`, and any element of which microdata, RDFa or a microformat says that it holds the date of publication.
    fn time(&mut self, tag: &Tag) {
        let names = ["itemprop", "property", "class"].into_iter().filter_map(|name| tag.attribute(name));
        let is_said = names.map(compared).any(|name| name.contains("datepublished") || name.contains("publishedtime"));
        let is_said = is_said || tag.has_attribute("pubdate") || tag.has_word("class", "published");
        let is_time = tag.name == "time";
        let sureness = match is_said {
            true => Sureness::Said,
            false if is_time && self.n_articles > 0 => Sureness::Somewhere,
            false => return,
        };
        let value = ["datetime", "content", "title"].into_iter().find_map(|name| tag.attribute(name));
        match value.filter(|value| is_time || date::parse(value).is_some()) {
            Some(value) => self.dated(sureness, value),
            None => self.inside = Inside::Time(sureness),
        }
    }

    fn dated(&mut self, sureness: Sureness, value: &str) {
        if self.time.as_ref().is_none_or(|(known, _)| *known < sureness) {
            self.time = Some((sureness, value.to_owned()));
        }
    }

    /// What is said, in order of sureness: JSON-LD, `<meta>`, `<time>`; a title as well what was `found` to be one, and `<title>`. The
    /// text is the article's body in JSON-LD, if the page has one there.
    pub(super) fn said(self, found: Option<String>) -> Said {
        let meta_url = || self.all(&["ogurl"]).find_map(address);
        let url = self.canonical.clone().or_else(meta_url);
        let (linked, summary) = linked_data::article(&self.scripts, url.as_deref()).unwrap_or_default();
        let summaries = summary.into_iter().chain(self.all(&SUMMARIES).map(str::to_owned));
        let summaries = summaries.filter_map(|summary| one_line(&summary)).collect();
        let publisher = linked.publisher.or_else(|| self.first(&SITES));
        let titles = [linked.title, self.first(&TITLES), found, self.title.clone()].into_iter().flatten();
        let titles = titles.filter_map(|title| one_line(&title));
        let titles: Vec<String> = titles.filter(|title| publisher.as_ref() != Some(title)).collect();
        let title = titles.first().map(|title| without_site(title, publisher.as_deref(), &titles));
        let authors = match linked.authors {
            authors if !authors.is_empty() => authors,
            _ => self.all(&AUTHORS).filter(|author| !author.contains("://")).map(str::to_owned).take(1).collect(),
        };
        let article = RawArticle {
            id: None,
            text: linked.text,
            markup: None,
            url: url.or_else(|| linked.url.as_deref().and_then(address)),
            published_at: linked
                .published_at
                .or_else(|| self.all(&DATES).find_map(date::parse))
                .or_else(|| self.time.as_ref().and_then(|(_, time)| date::parse(time))),
            language: linked.language.or_else(|| self.language.clone()).or_else(|| self.first(&LANGUAGES)),
            title,
            publisher,
            authors,
        };
        Said { article, summaries }
    }

    /// The values under these names, in the order of the names.
    fn all<'h>(&'h self, names: &'h [&str]) -> impl Iterator<Item = &'h str> {
        names
            .iter()
            .flat_map(|name| self.metas.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str()))
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        self.all(names).find(|value| !is_blank(value)).map(str::to_owned)
    }
}

/// A name of `<meta>` as it is compared: letters and digits alone, without the vocabulary that RDFa puts before it.
fn compared(name: &str) -> String {
    let name = name.rsplit_once("schema.org/").map_or(name, |(_, name)| name);
    let name = letters(name);
    name.strip_prefix("schema").map(str::to_owned).unwrap_or(name)
}

/// Elements that hold the page's own story.
fn is_main_part(name: &str) -> bool {
    matches!(name, "article" | "main")
}

/// Text in one line, entities and tags resolved: titles in JSON-LD are often written for a page.
fn one_line(text: &str) -> Option<String> {
    let text = if text.contains(['&', '<']) { strip::text(text) } else { text.to_owned() };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!is_blank(&text)).then_some(text)
}

/// An address that tells one article from others: absolute, and not that of the site's front page, which careless templates name on
/// every page, so that all of them would be one article.
fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let (_, path) = rest.split_once('/')?;
    let is_front_page = path.split(['?', '#']).next().is_none_or(str::is_empty) && !path.contains('?');
    (!is_front_page && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

/// A title without the name of the site that stands behind it, where it is known to be that: it is the publisher's, or another
/// title of the page does without.
fn without_site(title: &str, publisher: Option<&str>, titles: &[String]) -> String {
    let splits = BEFORE_SITE.iter().filter_map(|sign| title.rsplit_once(sign));
    let known = splits.map(|(before, site)| (before.trim(), site.trim())).find(|(before, site)| {
        let is_publisher = publisher.is_some_and(|publisher| publisher.trim().eq_ignore_ascii_case(site));
        !before.is_empty() && (is_publisher || titles.iter().any(|other| other == before))
    });
    known.map_or_else(|| title.to_owned(), |(before, _)| before.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tokens;
    use super::*;

    fn said(html: &str) -> RawArticle {
        let mut head = Head::default();
        tokens::of(html).for_each(|piece| head.take(&piece));
        head.said(None).article
    }

    #[test]
    fn dates_are_found_under_every_usual_name() {
        for html in [
            "<meta property='article:published_time' content='2024-05-03'>",
            "<meta name='article:published_time' content='2024-05-03'>",
            "<meta itemprop=datePublished content=2024-05-03>",
            "<meta property='schema:datePublished' content='2024-05-03'>",
            "<meta name='DC.date.issued' content='2024-05-03'>",
            "<meta name=parsely-pub-date content='2024-05-03T00:00:00Z'>",
            "<meta name=sailthru.date content='2024-05-03 00:00:00'>",
            "<meta name=pubdate content=20240503>",
            "<article><time datetime='2024-05-03'>3 May</time></article>",
            "<time itemprop='datePublished' datetime='2024-05-03'>3 May</time>",
            "<article><time datetime='2024-01-01'>old</time><time pubdate datetime='2024-05-03'>3 May</time></article>",
            "<span itemprop='datePublished' content='2024-05-03'>3 May</span>",
            "<abbr class='published' title='2024-05-03T00:00:00Z'>last week</abbr>",
            "<div itemprop='datePublished'>May 3, 2024</div>",
            "<article><time>an hour ago</time><time>3 May 2024</time></article>",
            "<meta property='og:article:published_time' content='2024-05-03'>",
        ] {
            let found = said(html).published_at.map(|time| time.to_string());
            assert_eq!(found.as_deref(), Some("2024-05-03T00:00:00Z"), "{html}");
        }
        let beside = said("<aside><time datetime='2024-05-03'>related</time></aside>");
        assert_eq!(beside.published_at, None, "a date outside of the article");
    }

    #[test]
    fn an_address_is_absolute_and_no_front_page() {
        for (html, expected) in [
            ("<link rel='canonical' href='https://news.example/a'>", Some("https://news.example/a")),
            ("<link href=https://news.example/?p=7 rel='alternate CANONICAL'>", Some("https://news.example/?p=7")),
            (
                "<link rel=canonical href=https://news.example/><meta property=og:url content=https://news.example/b>",
                Some("https://news.example/b"),
            ),
            ("<link rel=canonical href=/a>", None),
            ("<link rel=canonical href=https://news.example>", None),
        ] {
            assert_eq!(said(html).url.as_deref(), expected, "{html}");
        }
    }

    #[test]
    fn the_name_of_the_site_is_no_part_of_the_title() {
        let site = "<meta property=og:site_name content='Example Wire'>";
        for (html, expected) in [
            (format!("<title>Envoy &amp; aide arrive - Example Wire</title>{site}"), "Envoy & aide arrive"),
            (format!("<title>Envoy arrives | World</title>{site}"), "Envoy arrives | World"),
            (
                format!("<title>x</title><meta property=og:title content='Envoy arrives | EXAMPLE WIRE'>{site}"),
                "Envoy arrives",
            ),
            (
                format!("<title>Envoy arrives</title><meta property=og:title content='Example Wire'>{site}"),
                "Envoy arrives",
            ),
        ] {
            assert_eq!(said(&html).title.as_deref(), Some(expected), "{html}");
        }
    }
}
