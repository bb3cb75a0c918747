//! What Prometheus' own clients tell of a process, under the names that dashboards know: memory, processor time, open files, start.
//! Read from `/proc` when somebody asks; where there is none, nothing is told.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// Clock ticks a second in `/proc`, on every Linux whatever the kernel's own clock (`USER_HZ`).
const TICKS: f64 = 100.0;

/// A registry of this process's own figures.
pub(super) fn registry() -> Registry {
    let mut registry = Registry::with_prefix("process");
    registry.register_collector(Box::new(Process));
    registry
}

#[derive(Debug)]
struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut tell = |name: &str, help: &str, unit: Unit, value: Option<f64>| match value {
            Some(value) => {
                let gauge = ConstGauge::new(value);
                gauge.encode(encoder.encode_descriptor(name, help, Some(&unit), gauge.metric_type())?)
            }
            None => Ok(()),
        };
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        tell("resident_memory", "Memory that is in use", Unit::Bytes, resident_bytes())?;
        tell("start_time", "When the process began, since 1970", Unit::Seconds, start_seconds(&stat))?;
        if let Ok(files) = fs::read_dir("/proc/self/fd") {
            let n_files = u32::try_from(files.count()).unwrap_or(u32::MAX);
            let gauge = ConstGauge::new(f64::from(n_files));
            gauge.encode(encoder.encode_descriptor(
                "open_fds",
                "Files and connections that are open",
                None,
                gauge.metric_type(),
            )?)?;
        }
        if let (Some(user), Some(system)) = (field(&stat, 11), field(&stat, 12)) {
            let counter = ConstCounter::new((user + system) / TICKS);
            let unit = Unit::Seconds;
            let help = "Processor time of all threads";
            counter.encode(encoder.encode_descriptor("cpu", help, Some(&unit), counter.metric_type())?)?;
        }
        Ok(())
    }
}

/// A number of `/proc/self/stat`, counted from behind the name, which may hold anything.
fn field(stat: &str, index: usize) -> Option<f64> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(index)?.parse().ok()
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0)
}

fn start_seconds(stat: &str) -> Option<f64> {
    let system = fs::read_to_string("/proc/stat").ok()?;
    let boot: f64 = system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(boot + field(stat, 19)? / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_does_not_shift_the_fields() {
        let stat = "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 9 0 4200 1 2";
        assert_eq!((field(stat, 11), field(stat, 12), field(stat, 19)), (Some(250.0), Some(50.0), Some(4200.0)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_scrape_names_what_dashboards_look_for() {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry()).unwrap();
        for name in [
            "process_resident_memory_bytes ",
            "process_start_time_seconds ",
            "process_open_fds ",
            "process_cpu_seconds_total ",
        ] {
            let value =
                text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}in {text}"));
            // A process that has only just begun has used no tick of a processor yet.
            let least = if name.starts_with("process_cpu") { 0.0 } else { 1.0 };
            assert!(value.parse::<f64>().unwrap() >= least, "{name}{value}");
        }
    }
}
