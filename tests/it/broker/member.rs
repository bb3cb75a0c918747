//! One member of the consumer group: `demarche run` as a process of its own, which can be killed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use super::cluster::until;

pub(crate) struct Member {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Member {
    /// Starts a member with this configuration; its log lies beside it in `folder`.
    pub(crate) fn start(name: &str, config: &str, folder: &Path) -> Self {
        let config_path = folder.join(format!("{name}.toml"));
        std::fs::write(&config_path, config).expect("a configuration can be written");
        let log = folder.join(format!("{name}.log"));
        let log_file = File::create(&log).expect("a log can be written");
        let child = Command::new(env!("CARGO_BIN_EXE_demarche"))
            .arg("run")
            .arg("--config")
            .arg(&config_path)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(log_file.try_clone().expect("a second handle"))
            .stderr(log_file)
            .spawn()
            .expect("demarche starts");
        Self { name: name.to_owned(), child, log }
    }

    /// SIGKILL: no time for anything.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a running process can be killed");
        let status = self.child.wait().expect("its end is seen");
        assert!(!status.success(), "{} had ended by itself before it could be killed:\n{}", self.name, self.log());
    }

    /// Asks it to stop (SIGTERM) and waits for its end.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&mut self, name: &str) {
        self.assert_alive();
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill(1) runs").success(), "{} takes a signal", self.name);
    }

    /// How it ended, if it has.
    pub(crate) fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("its state can be asked")
    }

    /// Waits until it ends by itself.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let what = format!("{} ends (its log: {})", self.name, self.log.display());
        until(&what, || self.has_ended())
    }

    /// Fails, with its log, if it has ended by itself.
    pub(crate) fn assert_alive(&mut self) {
        if let Some(status) = self.has_ended() {
            panic!("{} ended by itself with {status}:\n{}", self.name, self.log());
        }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // Only a failing test comes here with a member still running. It is ours, so it is ended by its id.
        if let Ok(None) = self.child.try_wait() {
            drop(self.child.kill());
            drop(self.child.wait());
        }
        if std::thread::panicking() {
            eprintln!("--- log of {} ---\n{}", self.name, self.log());
        }
    }
}
