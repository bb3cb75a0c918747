//! Which options of librdkafka are secrets: their values are never logged, printed or told in an error.

/// What is shown in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Whether the value of this option must not be shown. Rather one too many (`ssl.key.location` is a path) than one too
/// few.
pub(crate) fn is_secret(option: &str) -> bool {
    const MARKS: [&str; 8] =
        ["password", "passphrase", "secret", "token", "key", "jaas", "credential", "sasl.oauthbearer.config"];
    let option = option.to_lowercase();
    MARKS.iter().any(|mark| option.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        for secret in [
            "sasl.password",
            "SASL.Password",
            "ssl.key.password",
            "ssl.key.pem",
            "ssl.keystore.password",
            "sasl.oauthbearer.config",
            "sasl.oauthbearer.client.secret",
            "sasl.oauthbearer.assertion.private.key.passphrase",
            "sasl.oauthbearer.assertion.private.key.pem",
        ] {
            assert!(is_secret(secret), "{secret} would be shown");
        }
        for open in ["sasl.username", "security.protocol", "ssl.ca.location", "sasl.oauthbearer.client.id"] {
            assert!(!is_secret(open), "{open} would be hidden");
        }
    }
}
