//! Dates in words and what they mean: "on Sunday", "last month", "3rd November 2021", "from March 3 to 5".
//!
//! Words are read by `calendar` and `relative`, two of them as one stretch by `stretch`; this file says where to look and from which day to count: that of
//! publication, or of the dateline. A head or a rule finds where the date of an event stands; what it means is decided here.

mod calendar;
mod relative;
mod scan;
mod stretch;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::extract::lexicon::Words;
use crate::finding::{EventDate, EventStatus, Period, Precision};
use crate::text::TokenRange;

pub(crate) use calendar::MONTHS;
use scan::Scan;
pub(crate) use scan::Tense;

/// Tokens before a date in which the text may give the day that "two days later" counts from.
const ANCHOR_REACH: usize = 120;

/// Words of dates that are counted from another one in the text.
const COUNTS_ON: [&str; 10] =
    ["later", "earlier", "previous", "previously", "following", "same", "next", "before", "after", "afterwards"];

/// Sentences and tokens at the start of an article in which its dateline stands.
const DATELINE: (usize, usize) = (8, 14);

/// Days that may lie between a dateline and the publication.
const DATELINE_DAYS: i32 = 31;

/// A date expression and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateMention {
    pub(crate) tokens: TokenRange,
    pub(crate) period: Period,
}

/// The day of a moment, in UTC: articles give no zone of their own.
pub(crate) fn day_of(moment: jiff::Timestamp) -> Date {
    Offset::UTC.to_datetime(moment).date()
}

/// The day that an article's dates are counted from: that of its dateline ("OSLO, March 14 (EXW) -"), which is when it was written, else that of its
/// publication. A dateline without a year needs the publication's.
pub(crate) fn reference_day(words: &Words<'_>, published: Option<Date>) -> Option<Date> {
    let dateline = words.doc.body_sentences().iter().take(DATELINE.0).find_map(|sentence| {
        let start = sentence.tokens.start as usize;
        let limit = (sentence.tokens.end as usize).min(start + DATELINE.1);
        let dash = (start + 1..limit)
            .find(|&idx| matches!(words.text(idx), "-" | "–" | "—" | "--") && !words.is_glued(idx))?;
        let dates = find(words, TokenRange::new(start, dash), published, Tense::Past);
        dates.into_iter().find(|date| date.period.precision == Precision::Day && date.period.last.is_none())
    });
    let written = dateline.map(|date| date.period.first);
    let Some(published) = published else { return written };
    let fits = |written: &Date| {
        *written <= published.saturating_add(1.day())
            && published.since(*written).is_ok_and(|span| span.get_days() <= DATELINE_DAYS)
    };
    written.filter(fits).or(Some(published))
}

/// The date expressions of a token range that can be resolved, ascending.
pub(crate) fn find(words: &Words<'_>, range: TokenRange, reference: Option<Date>, tense: Tense) -> Vec<DateMention> {
    let mut found = Vec::new();
    let (mut idx, end) = (range.start as usize, range.end as usize);
    let scan = Scan { words, end, reference, anchor: None, tense, known: (0, 0) };
    while idx < end {
        match stretch::read(&scan, idx) {
            Some(date) => {
                found.push(DateMention { tokens: TokenRange::new(idx, date.end), period: date.period });
                idx = date.end;
            }
            None => idx += 1,
        }
    }
    found
}

/// Whether a date expression begins at a token.
pub(crate) fn begins(words: &Words<'_>, idx: usize, end: usize, reference: Option<Date>) -> bool {
    let scan = Scan { words, end, reference, anchor: None, tense: Tense::Open, known: (0, 0) };
    stretch::read(&scan, idx).is_some()
}

/// What words mean that are known to be a date: the most exact date among them. Words around them count where they belong to the date
/// ("last | Friday", "March 5 | , 2004").
pub(crate) fn read(words: &Words<'_>, span: TokenRange, reference: Option<Date>, tense: Tense) -> Option<Period> {
    let (start, end) = (span.start as usize, span.end as usize);
    let sentence = words.doc.sentences.get(words.doc.sentence_of(start)).map_or(span, |sentence| sentence.tokens);
    let counts_on = |at: usize| COUNTS_ON.contains(&words.lower(at));
    let anchor = (start..end).any(counts_on).then(|| anchor(words, start, reference)).flatten();
    let scan = Scan { words, end: (sentence.end as usize).max(end), reference, anchor, tense, known: (start, end) };
    let points = |at: usize| matches!(words.lower(at), "last" | "next" | "this" | "past" | "previous" | "following");
    let from = start.checked_sub(1).filter(|&at| at >= sentence.start as usize && points(at)).unwrap_or(start);
    let mut best: Option<Period> = None;
    let mut at = from;
    while at < end {
        let Some(found) = stretch::read(&scan, at) else {
            at += 1;
            continue;
        };
        at = found.end.max(at + 1);
        if best.is_none_or(|best| rank(found.period.precision) < rank(best.precision)) {
            best = Some(found.period);
        }
    }
    best
}

/// The date of an event whose words are known.
pub(crate) fn event_date(words: &Words<'_>, span: TokenRange, reference: Option<Date>, tense: Tense) -> EventDate {
    EventDate { tokens: span, period: read(words, span, reference, tense) }
}

/// Finer before coarser.
fn rank(precision: Precision) -> u8 {
    match precision {
        Precision::Day => 0,
        Precision::Week => 1,
        Precision::Month => 2,
        Precision::Year => 3,
    }
}

/// The date that the text gave last before a token.
fn anchor(words: &Words<'_>, before: usize, reference: Option<Date>) -> Option<Period> {
    let from = before.saturating_sub(ANCHOR_REACH);
    find(words, TokenRange::new(from, before), reference, Tense::Past).last().map(|date| date.period)
}

impl Tense {
    /// The tense of an event, from its status and, as far as that leaves it open, from the words before its trigger ("will not meet").
    pub(crate) fn of_event(words: &Words<'_>, trigger: TokenRange, status: EventStatus) -> Self {
        let before = (trigger.start as usize).saturating_sub(4)..trigger.start as usize;
        let is_ahead = before.into_iter().any(|idx| matches!(words.lower(idx), "will" | "'ll" | "wo" | "shall"));
        match status {
            EventStatus::Planned | EventStatus::Conditional => Self::Future,
            _ if is_ahead => Self::Future,
            _ => Self::Past,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::lexicon::WordClasses;
    use crate::nlp::Annotate as _;
    use crate::nlp::tokenizer::Tokenizer;
    use crate::text::{Document, Sentence, SentenceKind};

    /// Words with the date between brackets, the day they are read on, what they date, and what they mean.
    const TABLE: &str = include_str!("../../../tests/data/cases/dates/words.tsv");

    fn document(text: &str) -> Document {
        let mut doc = Document::new(text.to_owned());
        Tokenizer::new().annotate(&mut doc);
        let tokens = TokenRange::new(0, doc.tokens.len());
        doc.sentences.push(Sentence { tokens, paragraph: 0, kind: SentenceKind::Prose });
        doc
    }

    fn shown(period: Option<Period>) -> String {
        let Some(period) = period else { return "-".to_owned() };
        let last = period.last.map(|last| format!("..{last}")).unwrap_or_default();
        format!("{}{last} {}", period.first, format!("{:?}", period.precision).to_lowercase())
    }

    #[test]
    fn words_mean_what_the_table_says() {
        let classes = WordClasses::load().unwrap();
        let mut problems = String::new();
        let mut n_rows = 0;
        for row in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1) {
            let cells: Vec<&str> = row.split('\t').collect();
            let [marked, day, tense, expected] = cells[..] else { panic!("four cells: {row}") };
            let (open, close) = (marked.find('[').unwrap(), marked.find(']').unwrap() - 1);
            let text = marked.replace(['[', ']'], "");
            let doc = document(&text);
            let words = Words::new(&doc, &classes);
            let inside = |&at: &usize| (open..close).contains(&(doc.tokens[at].start as usize));
            let span: Vec<usize> = (0..doc.tokens.len()).filter(inside).collect();
            let span = TokenRange::new(span[0], span[span.len() - 1] + 1);
            let tense = match tense {
                "past" => Tense::Past,
                "future" => Tense::Future,
                _ => Tense::Open,
            };
            let published = (day != "-").then(|| day.parse().unwrap());
            let found = shown(read(&words, span, reference_day(&words, published), tense));
            n_rows += 1;
            if found != expected {
                problems.push_str(&format!("{marked} on {day}: expected {expected}, got {found}\n"));
            }
        }
        assert!(n_rows > 50, "{n_rows} rows");
        assert!(problems.is_empty(), "\n{problems}");
    }
}
