//! Values that stand in files of their own, so that no secret need stand in the configuration.

use crate::config::problem::Problem;
use crate::config::raw::{Entry, Layer, OPTIONS, Value};

/// Ending of an option that names a file with the value.
const FILE: &str = "_file";

/// Replaces every `kafka.options.NAME_file` by `kafka.options.NAME`, read from that file without its last line end.
pub(crate) fn resolve(
    layer: &mut Layer,
    read: impl Fn(&str) -> std::io::Result<String>,
    problems: &mut Vec<Problem>,
) -> Vec<(String, String)> {
    let prefix = format!("{OPTIONS}.");
    let named: Vec<String> =
        layer.keys().filter(|key| key.starts_with(&prefix) && key.ends_with(FILE)).cloned().collect();
    let mut from_files = Vec::new();
    for key in named {
        let Some(Entry { value, place }) = layer.remove(&key) else { continue };
        let target = key.trim_end_matches(FILE).to_owned();
        match contents(layer, &key, &target, &value, &read) {
            Ok((path, text)) => {
                layer.insert(target.clone(), Entry { value: Value::String(text), place });
                from_files.push((target, path));
            }
            Err(message) => problems.push(Problem { place, key, message }),
        }
    }
    from_files
}

fn contents(
    layer: &Layer,
    key: &str,
    target: &str,
    value: &Value,
    read: impl Fn(&str) -> std::io::Result<String>,
) -> Result<(String, String), String> {
    let Value::String(path) = value else { return Err("expected the path of a file".to_owned()) };
    if let Some(other) = layer.get(target) {
        return Err(format!("contradicts {target}, set by {}; keep one of {key} and {target}", other.place));
    }
    let text = read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    Ok((path.clone(), text.to_owned()))
}
