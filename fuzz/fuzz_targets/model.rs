//! Any bytes are a model file or refused with an error; never a panic.
#![no_main]

use demarche::analyzer::Models;
use demarche::nlp::model_file::ModelBytes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Models::load(ModelBytes::Read(bytes.into()));
});
