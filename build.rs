//! Tells the program what it was built from, for `--version`. The commit is asked for in release builds alone: in others it would
//! have everything compiled again after each commit.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=DEMARCHE_COMMIT");
    println!("cargo::rustc-env=DEMARCHE_TARGET={}", env::var("TARGET").unwrap_or_default());
    // Where sources come without their history, such as in an image, whoever builds may say it.
    let given = env::var("DEMARCHE_COMMIT").ok().filter(|commit| !commit.is_empty());
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = given.or_else(|| if is_release { asked() } else { None });
    println!("cargo::rustc-env=DEMARCHE_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
    if !is_release {
        println!("cargo::rerun-if-changed=build.rs");
    }
}

fn asked() -> Option<String> {
    // A commit moves the log of HEAD whichever branch it is on, and a worktree has a log of its own.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
