//! `demarche --version`: what a report about a defect has to say.

use crate::analyzer::Models;

/// The version, and below it everything that decides what the program writes.
pub(super) fn long() -> String {
    let models = Models::embedded();
    let made_with = models.provenance();
    let features =
        [("kafka", cfg!(feature = "kafka")), ("tls", cfg!(feature = "tls")), ("oidc", cfg!(feature = "oidc"))];
    let features: Vec<&str> = features.into_iter().filter_map(|(name, is_on)| is_on.then_some(name)).collect();
    let features = if features.is_empty() { "none".to_owned() } else { features.join(", ") };
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    format!(
        "demarche {}\ncommit    {}\nmodel     {}\ndata      {}\nfeatures  {features}\ntarget    {}, {profile}\n",
        env!("CARGO_PKG_VERSION"),
        env!("DEMARCHE_COMMIT"),
        made_with.model.as_deref().unwrap_or("none"),
        made_with.data,
        env!("DEMARCHE_TARGET"),
    )
}
