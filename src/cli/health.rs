//! `demarche health`: asks a running service on this machine whether it is ready. The shipped image has no shell and no
//! curl, so the program itself is its container's health check.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, anyhow};

use super::exit::{Exit, Failure, OrExit as _};
use super::{out, settings};
use crate::config::Sources;

/// Longer than any answer takes, shorter than the patience of a container runtime.
const WAIT: Duration = Duration::from_secs(2);

/// Asks a running service on this machine whether it is ready, for container health checks.
///
/// It asks the address in http.listen, so it takes the same configuration as the service.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche health                          0 when ready, 69 and the reason when not
  demarche health --live                   0 as long as the process need not be restarted")]
pub(super) struct HealthArgs {
    #[command(flatten)]
    named: settings::ConfigArgs,
    /// Ask whether it is alive instead.
    #[arg(long)]
    live: bool,
}

/// Runs the command.
pub(super) fn run(args: HealthArgs) -> Result<Exit, Failure> {
    let config = settings::load(&Sources::of_process(args.named.config))?;
    let listen = config.http.listen.ok_or_else(|| anyhow!("http.listen is empty: the service has no endpoints"));
    let path = if args.live { "/livez" } else { "/readyz" };
    let (status, body) = ask(reachable(listen.or_exit(Exit::Config)?), "GET", path, None).or_exit(Exit::Unavailable)?;
    if status != 200 {
        return Err(Failure::new(Exit::Unavailable, anyhow!("{}", body.trim())));
    }
    out::line(format_args!("{}", body.trim())).or_exit(Exit::Io)?;
    Ok(Exit::Ok)
}

/// A service that listens on all interfaces is asked on loopback.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Status and body of one answer. HTTP/1.0, so that the answer ends with the connection.
pub(super) fn ask(address: SocketAddr, method: &str, path: &str, token: Option<&str>) -> anyhow::Result<(u16, String)> {
    let action = || format!("no answer from http://{address}{path}");
    let exchange = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, WAIT)?;
        stream.set_read_timeout(Some(WAIT))?;
        stream.set_write_timeout(Some(WAIT))?;
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        write!(stream, "{method} {path} HTTP/1.0\r\nHost: {address}\r\n{token}Content-Length: 0\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(64 * 1024).read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().with_context(action)?;
    let (head, body) = answer.split_once("\r\n\r\n").with_context(action)?;
    let status = head.split_whitespace().nth(1).and_then(|code| code.parse().ok()).with_context(action)?;
    Ok((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_interfaces_are_asked_on_loopback() {
        let asked = |listen: &str| reachable(listen.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(asked("[::]:8080"), "[::1]:8080");
        assert_eq!(asked("192.0.2.1:80"), "192.0.2.1:80");
    }
}
