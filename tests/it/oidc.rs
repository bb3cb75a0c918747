//! OIDC: a client asks the token endpoint for its token, with the library that was built in for that.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use demarche::kafka::{Feeder, Options};

#[test]
fn the_token_is_asked_for_at_the_configured_endpoint() {
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/token", endpoint.local_addr().unwrap());
    let (sender, asked) = mpsc::channel();
    thread::spawn(move || {
        for stream in endpoint.incoming().map_while(Result::ok) {
            let lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            if sender.send(lines.collect::<Vec<String>>()).is_err() {
                return;
            }
        }
    });
    let options = [
        ("security.protocol", "SASL_PLAINTEXT"),
        ("sasl.mechanisms", "OAUTHBEARER"),
        ("sasl.oauthbearer.method", "oidc"),
        ("sasl.oauthbearer.client.id", "demarche"),
        ("sasl.oauthbearer.client.secret", "hush"),
        ("sasl.oauthbearer.token.endpoint.url", url.as_str()),
    ];
    let options: BTreeMap<String, String> =
        options.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let options = Options { options, ..Options::default() };
    assert_eq!(options.problems(), []);
    let _client = Feeder::new(&options).unwrap();
    let request = asked.recv_timeout(Duration::from_mins(10)).expect("nobody asked for a token");
    assert_eq!(request[0], "POST /token HTTP/1.1", "{request:?}");
    assert!(request.iter().any(|line| line.starts_with("Authorization: Basic ")), "{request:?}");
}
