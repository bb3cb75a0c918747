//! The model file: a magic, a version, a checksum, a JSON header and aligned sections, read in place.
//!
//! The layout, the header and what each section means are described in `docs/model-format.md`; this module knows the layout
//! only. A file that is cut short, altered, foreign or of another version is refused with an error that says which.

mod hashes;
mod weights;

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

pub(crate) use hashes::Hashes;
pub(crate) use weights::{Rows, numbers, vector, weights};

/// First bytes of every model file.
const MAGIC: &[u8; 8] = b"DEMARCHE";

/// The versions of the format this reader knows; `docs/model-format.md` says what a version means.
const VERSIONS: std::ops::RangeInclusive<u32> = 1..=2;

/// Bytes before the header: magic, version, header's length, checksum.
const PREFIX: usize = 48;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file does not begin with the magic.
    #[error("not a model file: it does not begin with 'DEMARCHE'")]
    Foreign,
    /// Another version of the format.
    #[error("the model file has format version {found}, this program reads versions {} to {}", VERSIONS.start(), VERSIONS.end())]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// Fewer bytes than the header promises.
    #[error("the model file is cut short: {needed} bytes expected, {found} found")]
    Short {
        /// Bytes that should be there.
        needed: usize,
        /// Bytes that are.
        found: usize,
    },
    /// The content does not match its checksum.
    #[error("the model file is damaged: its SHA-256 does not match its content")]
    Damaged,
    /// The header is not what it should be.
    #[error("the model file's header cannot be read: {0}")]
    Header(#[from] serde_json::Error),
    /// A section or a key is absent.
    #[error("the model file has no '{0}'")]
    Missing(String),
    /// A section is not of the shape or type that its use asks for.
    #[error("section '{name}' of the model file: {problem}")]
    Section {
        /// Name of the section.
        name: String,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// A label that this program does not know.
    #[error("the model file's labels: {0}")]
    Label(#[from] crate::text::UnknownLabel),
}

/// How the numbers of a section are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Dtype {
    F32,
    Bf16,
    I8,
    U8,
    U16,
    U32,
    U64,
    Utf8,
}

impl Dtype {
    /// Bytes of one number.
    pub(super) fn size(self) -> usize {
        match self {
            Self::U64 => 8,
            Self::F32 | Self::U32 => 4,
            Self::Bf16 | Self::U16 => 2,
            Self::I8 | Self::U8 | Self::Utf8 => 1,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Header {
    name: String,
    version: String,
    #[serde(default)]
    license: String,
    #[serde(default)]
    attribution: Vec<String>,
    config: HashMap<String, serde_json::Value>,
    labels: HashMap<String, Vec<String>>,
    sections: Vec<SectionEntry>,
}

#[derive(Debug, Clone, Deserialize)]
struct SectionEntry {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    offset: usize,
    length: usize,
}

/// The bytes of a model: built into the binary, or read from a file.
#[derive(Debug, Clone)]
pub enum ModelBytes {
    /// Part of the binary.
    Embedded(&'static [u8]),
    /// Read at start.
    Read(Arc<[u8]>),
}

impl ModelBytes {
    pub(super) fn get(&self) -> &[u8] {
        match self {
            Self::Embedded(bytes) => bytes,
            Self::Read(bytes) => bytes,
        }
    }
}

/// A model file whose header has been read. Sections are views into its bytes.
#[derive(Debug)]
pub struct ModelFile {
    bytes: ModelBytes,
    header: Header,
    sections: HashMap<String, SectionEntry>,
}

/// One section: its type, shape and bytes.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    bytes: ModelBytes,
    start: usize,
    end: usize,
}

impl Section {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes.get()[self.start..self.end]
    }

    pub(crate) fn wrong(&self, problem: impl Into<String>) -> ModelError {
        ModelError::Section { name: self.name.clone(), problem: problem.into() }
    }
}

/// Gives bytes the magic, version and checksum of a model file, whatever the rest of them is: for fuzzing, and for tests that alter
/// a file. Bytes that are too few for that stay as they are.
pub fn seal(file: &mut [u8]) {
    let Some((prefix, content)) = file.split_at_mut_checked(PREFIX) else { return };
    prefix[..8].copy_from_slice(MAGIC);
    prefix[8..12].copy_from_slice(&VERSIONS.end().to_le_bytes());
    prefix[16..].copy_from_slice(&Sha256::digest(content));
}

impl ModelFile {
    /// Reads the header. The checksum is compared unless the bytes are part of the binary, which a test has checked.
    ///
    /// # Errors
    /// If the bytes are not a whole, undamaged model file of this version.
    pub fn parse(bytes: ModelBytes) -> Result<Self, ModelError> {
        let content = bytes.get();
        if !content.starts_with(MAGIC) {
            return Err(ModelError::Foreign);
        }
        if content.len() < PREFIX {
            return Err(ModelError::Short { needed: PREFIX, found: content.len() });
        }
        let number = |at: usize| u32::from_le_bytes([content[at], content[at + 1], content[at + 2], content[at + 3]]);
        let found = number(8);
        if !VERSIONS.contains(&found) {
            return Err(ModelError::Version { found });
        }
        let header_end = PREFIX + number(12) as usize;
        if content.len() < header_end {
            return Err(ModelError::Short { needed: header_end, found: content.len() });
        }
        let damaged = || Sha256::digest(&content[PREFIX..])[..] != content[16..PREFIX];
        if matches!(bytes, ModelBytes::Read(_)) && damaged() {
            return Err(ModelError::Damaged);
        }
        let header: Header = serde_json::from_slice(&content[PREFIX..header_end])?;
        let mut sections = HashMap::new();
        for section in &header.sections {
            let end = section.offset.saturating_add(section.length);
            if end > content.len() {
                return Err(ModelError::Short { needed: end, found: content.len() });
            }
            let elements = section.shape.iter().try_fold(1usize, |product, side| product.checked_mul(*side));
            if elements.and_then(|n| n.checked_mul(section.dtype.size())) != Some(section.length) {
                let problem =
                    format!("{:?} numbers of {:?} do not fill {} bytes", section.shape, section.dtype, section.length);
                return Err(ModelError::Section { name: section.name.clone(), problem });
            }
            sections.insert(section.name.clone(), section.clone());
        }
        Ok(Self { bytes, header, sections })
    }

    /// Name and version of the model.
    pub fn version(&self) -> String {
        format!("{}-{}", self.header.name, self.header.version)
    }

    /// The license of the weights.
    pub fn license(&self) -> &str {
        &self.header.license
    }

    /// The corpora the model was trained on, with their licenses.
    pub fn attribution(&self) -> &[String] {
        &self.header.attribution
    }

    /// A number of the configuration.
    pub(super) fn config(&self, key: &str) -> Result<usize, ModelError> {
        let value = self.header.config.get(key).and_then(serde_json::Value::as_u64);
        value.and_then(|value| usize::try_from(value).ok()).ok_or_else(|| ModelError::Missing(format!("config.{key}")))
    }

    /// A number with a fraction of the configuration.
    pub(super) fn decimal(&self, key: &str) -> Result<f32, ModelError> {
        let value = self.header.config.get(key).and_then(serde_json::Value::as_f64);
        #[expect(clippy::cast_possible_truncation, reason = "a threshold needs no more digits than the weights have")]
        value.map(|value| value as f32).ok_or_else(|| ModelError::Missing(format!("config.{key}")))
    }

    /// The labels of a head.
    pub(crate) fn labels(&self, head: &str) -> Result<&[String], ModelError> {
        self.header.labels.get(head).map(Vec::as_slice).ok_or_else(|| ModelError::Missing(format!("labels.{head}")))
    }

    /// A section, if the file holds it.
    pub(super) fn section(&self, name: &str) -> Option<Section> {
        let entry = self.sections.get(name)?;
        Some(Section {
            name: entry.name.clone(),
            dtype: entry.dtype,
            shape: entry.shape.clone(),
            bytes: self.bytes.clone(),
            start: entry.offset,
            end: entry.offset + entry.length,
        })
    }

    /// A section that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<Section, ModelError> {
        self.section(name).ok_or_else(|| ModelError::Missing(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one section of two numbers.
    fn small() -> Vec<u8> {
        let header = |offset: usize| {
            format!(
                r#"{{"name":"m","version":"1","config":{{"width":2}},"labels":{{}},"sections":[{{"name":"s","dtype":"f32","shape":[2],"offset":{offset},"length":8}}]}}"#
            )
        };
        let length = header(100).len();
        let mut content = header(PREFIX + length).into_bytes();
        content.resize(length, b' ');
        content.extend(1.5f32.to_le_bytes());
        content.extend((-2f32).to_le_bytes());
        let mut file = vec![0; PREFIX];
        file[12..16].copy_from_slice(&u32::try_from(length).unwrap().to_le_bytes());
        file.extend(content);
        seal(&mut file);
        file
    }

    fn parse(bytes: Vec<u8>) -> Result<ModelFile, ModelError> {
        ModelFile::parse(ModelBytes::Read(bytes.into()))
    }

    #[test]
    fn a_whole_file_is_read() {
        let file = parse(small()).unwrap();
        assert_eq!(file.version(), "m-1");
        assert_eq!(file.config("width").unwrap(), 2);
        assert_eq!(file.required("s").unwrap().bytes().len(), 8);
        assert_eq!(file.required("t").unwrap_err().to_string(), "the model file has no 't'");
    }

    #[test]
    fn a_file_of_the_first_version_is_read() {
        let mut bytes = small();
        bytes[8] = 1;
        assert_eq!(parse(bytes).unwrap().version(), "m-1");
    }

    #[test]
    fn damage_is_named() {
        let error = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = small();
            change(&mut bytes);
            parse(bytes).unwrap_err().to_string()
        };
        assert!(error(&|bytes| bytes[0] = b'X').contains("not a model file"));
        assert!(error(&|bytes| bytes[8] = 0).contains("format version 0"));
        assert!(error(&|bytes| bytes[8] = 3).contains("format version 3, this program reads versions 1 to 2"));
        assert!(error(&|bytes| bytes.truncate(20)).contains("cut short"));
        assert!(error(&|bytes| bytes.truncate(60)).contains("cut short"));
        assert!(error(&|bytes| *bytes.last_mut().unwrap() ^= 1).contains("damaged"));
        assert!(error(&|bytes| bytes.truncate(bytes.len() - 4)).contains("damaged"));
    }
}
