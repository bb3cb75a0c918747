//! Bytes to text: UTF-8 wherever they are that, else the charset that a byte order mark, the `content-type` header or the page names, else
//! the one that they seem to be in (`chardetng`, as browsers guess). Offsets count in the text that comes out.
//!
//! UTF-8 comes before what is declared, because a text that happens to be valid UTF-8 beyond ASCII is that, and labels lie.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use super::super::{Rejection, RejectionReason};

/// Bytes of a page in which it has to name its charset (WHATWG HTML, section 13.2.3.2).
const PRESCAN_BYTES: usize = 1024;

/// Bytes that are looked at for a text in UTF-16 without a byte order mark.
const UTF16_SAMPLE: usize = 512;

/// Valid sequences of UTF-8 for each broken one, from which a text is damaged UTF-8, and no text of another charset.
const DAMAGED: usize = 4;

/// The text, without a byte order mark.
pub(super) fn decode<'p>(bytes: &'p [u8], declared: Option<&str>) -> Result<Cow<'p, str>, Rejection> {
    if let Some((encoding, n_bytes)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[n_bytes..]);
        return text.ok_or_else(|| refused(format!("a byte order mark says {}, and it is none", encoding.name())));
    }
    let header = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    // Japanese mail is ASCII to the eye.
    if header != Some(ISO_2022_JP) && header != Some(UTF_16LE) && header != Some(UTF_16BE) {
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') || utf16(bytes).is_none() => return Ok(Cow::Borrowed(text)),
            _ => {}
        }
    }
    let page = named_in_page(bytes);
    // "utf-16" in a header leaves open which of the two it is.
    let labels = [utf16(bytes), header, page.and_then(|label| Encoding::for_label(label.as_bytes()))];
    for encoding in labels.into_iter().flatten().filter(|encoding| *encoding != UTF_8) {
        if let Some(text) = read(bytes, encoding) {
            return Ok(text);
        }
    }
    let said = declared.or(page);
    if let Some(place) = damaged(bytes) {
        return Err(refused(format!("broken utf-8 at byte {place}{}", named(said))));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    read(bytes, guess).ok_or_else(|| {
        let place = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
        refused(format!("no utf-8 at byte {place}, and no text in {}{}", guess.name(), named(said)))
    })
}

/// Whether a label is one of a charset that is UTF-8 or its subset ASCII.
fn named(label: Option<&str>) -> String {
    label.map(|label| format!("; declared is charset {label}")).unwrap_or_default()
}

/// The text, if the bytes can be one in this charset: without the control characters that no text has.
fn read<'p>(bytes: &'p [u8], encoding: &'static Encoding) -> Option<Cow<'p, str>> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let is_text = |c: char| {
        !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{1A}' | '\u{1B}')
    };
    text.chars().all(is_text).then_some(text)
}

/// UTF-16 without a byte order mark: English has a zero in every second byte.
pub(in crate::record) fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(UTF16_SAMPLE) & !1];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, n) = (zeros(0), zeros(1), sample.len() / 2);
    match n {
        0 => None,
        _ if odd == 0 && even * 10 >= n * 9 => Some(UTF_16BE),
        _ if even == 0 && odd * 10 >= n * 9 => Some(UTF_16LE),
        _ => None,
    }
}

/// The charset that a page names in its first bytes, in `<meta>` or in the XML declaration.
fn named_in_page(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(PRESCAN_BYTES)];
    if !head.trim_ascii_start().starts_with(b"<") {
        return None;
    }
    let lower = head.to_ascii_lowercase();
    let find = |name: &[u8]| lower.windows(name.len()).position(|window| window == name).map(|at| at + name.len());
    let begin = find(b"charset=").or_else(|| find(b"encoding="))?;
    let value = &head[begin..];
    let value = &value[value.iter().take_while(|byte| matches!(byte, b'"' | b'\'' | b' ')).count()..];
    let n_bytes = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte)).count();
    std::str::from_utf8(&value[..n_bytes]).ok().filter(|label| !label.is_empty())
}

/// Where UTF-8 is broken, if that is what it is: most of what is beyond ASCII is sound.
fn damaged(bytes: &[u8]) -> Option<usize> {
    let (mut n_sound, mut n_broken, mut first, mut at) = (0, 0, None, 0);
    for chunk in bytes.utf8_chunks() {
        n_sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            n_broken += 1;
            first.get_or_insert(at);
            at += chunk.invalid().len();
        }
    }
    first.filter(|_| n_sound >= DAMAGED * n_broken)
}

fn refused(detail: String) -> Rejection {
    Rejection::new(RejectionReason::NotUtf8, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], declared: Option<&str>) -> String {
        decode(bytes, declared).map_or_else(|rejection| rejection.to_string(), Cow::into_owned)
    }

    #[test]
    fn a_text_is_read_in_the_charset_that_is_named_or_seems_to_be_used() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let swapped = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        for (name, bytes, declared, expected) in [
            ("utf-8", "café".as_bytes().to_vec(), None, "café"),
            ("utf-8, whatever is declared", "café".as_bytes().to_vec(), Some("iso-8859-1"), "café"),
            ("declared in the header", b"\x93caf\xe9\x94".to_vec(), Some("windows-1252"), "“café”"),
            ("declared as something else", b"7".to_vec(), Some("iso-8859-2"), "7"),
            (
                "named by the page",
                b"<meta charset='iso-8859-2'>\xa3\xf3d\xbc".to_vec(),
                None,
                "<meta charset='iso-8859-2'>Łódź",
            ),
            (
                "named by an old page",
                b"<meta content=\"text/html; charset=koi8-r\">\xd0\xcf\xd2\xd4".to_vec(),
                None,
                "<meta content=\"text/html; charset=koi8-r\">порт",
            ),
            ("named by nobody", b"The caf\xe9 said \x93no\x94.".to_vec(), None, "The café said “no”."),
            ("a label that nobody knows", b"The caf\xe9.".to_vec(), Some("x-own"), "The café."),
            ("utf-16 with its mark", [b"\xff\xfe".to_vec(), utf16("Łódź")].concat(), None, "Łódź"),
            ("utf-16 without", utf16("The envoy left."), None, "The envoy left."),
            ("utf-16 the other way round", swapped("The envoy left."), Some("utf-16"), "The envoy left."),
            ("utf-16, declared", utf16("Łódź"), Some("utf-16le"), "Łódź"),
            ("a mark of utf-8", b"\xef\xbb\xbfThe envoy".to_vec(), None, "The envoy"),
        ] {
            assert_eq!(decoded(&bytes, declared), expected, "{name}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_what_was_declared() {
        for (bytes, declared, expected) in [
            (&b"\xff\xfe\xfd"[..], None, "a byte order mark says UTF-16LE, and it is none"),
            (b"\x81\x00\x9f\x02", Some("shift_jis"), "declared is charset shift_jis"),
            ("“We” – said “they” – caf\u{e9}".as_bytes(), None, "“We” – said"),
            (b"\xe2\x80\x9cWe\xe2\x80\x9d \xe2\x80\x93 \xe2\x80\x94 \xe2", None, "broken utf-8 at byte"),
        ] {
            let found = decoded(bytes, declared);
            assert!(found.contains(expected), "{found:?} lacks {expected:?}");
        }
    }
}
