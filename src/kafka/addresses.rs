//! Addresses of brokers, as librdkafka takes them: `host:port` with commas between, `HOST` for port 9092, `[::1]:9092`, with
//! `PLAINTEXT://` or the like before. What is none it would only report when nobody can be reached, half a minute later.

/// What is wrong with a list of them.
pub(crate) fn problems(list: &str) -> Vec<String> {
    if list.trim().is_empty() {
        return Vec::new();
    }
    let wrong = list.split(',').map(str::trim).filter_map(|address| Some((address, complaint(address)?)));
    wrong
        .map(|(address, why)| format!("\"{address}\" is no address: {why}; expected host:port, with commas between"))
        .collect()
}

fn complaint(address: &str) -> Option<&'static str> {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, port) = match address.strip_prefix('[') {
        // The colons of an IPv6 address are not what stands before the port.
        Some(rest) => match rest.split_once(']') {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, Some(port.strip_prefix(':').unwrap_or(""))),
            None => return Some("its bracket is not closed"),
        },
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    if host.is_empty() {
        return Some("it names no host");
    }
    if host.contains(|c: char| c.is_whitespace() || c == '/') {
        return Some("a host has no such name");
    }
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => None,
        Some(Ok(0) | Err(_)) => Some("a port is a number from 1 to 65535"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_librdkafka_takes_is_taken_and_the_rest_is_named() {
        for good in ["localhost:9092", "broker", "a:1, b:65535", "[::1]:9092", "[::1]", "SASL_SSL://b.example:9093"] {
            assert_eq!(problems(good), [""; 0], "{good}");
        }
        for (bad, n_problems) in [
            ("localhost:99999", 1),
            ("localhost:x", 1),
            (",", 2),
            ("a:1,,b:2", 1),
            (":9092", 1),
            ("a:0", 1),
            ("[::1", 1),
        ] {
            assert_eq!(problems(bad).len(), n_problems, "{bad}: {:?}", problems(bad));
        }
        assert!(problems("localhost:x")[0].starts_with("\"localhost:x\" is no address: a port is a number"));
    }
}
