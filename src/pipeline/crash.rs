//! Points at which a test lets the process die, as SIGKILL would just there: between two steps of a transaction a signal from
//! outside hits only by chance. Builds without debug assertions, as the ones that are shipped, have none of it.

/// Where.
#[cfg_attr(
    all(not(feature = "kafka"), not(debug_assertions)),
    expect(dead_code, reason = "the steps of a transaction are the Kafka client's")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CrashPoint {
    /// A thread has begun with a message.
    InWorker,
    /// A record was handed to the client.
    AfterEnqueue,
    /// All records are acknowledged; the offsets are not sent.
    BeforeOffsets,
    /// The offsets are sent; the transaction is not committed.
    BeforeCommit,
    /// It is committed; nothing here has taken note of that.
    AfterCommit,
    /// The group wants partitions back; it was not answered.
    BeforeRevocation,
}

#[cfg(debug_assertions)]
impl CrashPoint {
    /// All of them.
    const ALL: [Self; 6] = [
        Self::InWorker,
        Self::AfterEnqueue,
        Self::BeforeOffsets,
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::BeforeRevocation,
    ];

    /// Its name for people.
    fn name(self) -> &'static str {
        match self {
            Self::InWorker => "in_worker",
            Self::AfterEnqueue => "after_enqueue",
            Self::BeforeOffsets => "before_offsets",
            Self::BeforeCommit => "before_commit",
            Self::AfterCommit => "after_commit",
            Self::BeforeRevocation => "before_revocation",
        }
    }
}

/// Lets the process die here if it was told to.
#[cfg(debug_assertions)]
pub(crate) fn crash_at(point: CrashPoint) {
    armed::pass(point);
}

/// Nothing, in a build that is shipped.
#[cfg(not(debug_assertions))]
pub(crate) fn crash_at(_: CrashPoint) {}

#[cfg(debug_assertions)]
pub use armed::arm;

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::CrashPoint;

    /// Where to die, and at how many more passes.
    static ARMED: OnceLock<(CrashPoint, AtomicUsize)> = OnceLock::new();

    /// Lets this process die when it passes a point for the `n`th time, written `after_commit:3`.
    ///
    /// # Errors
    /// It is written otherwise.
    pub fn arm(text: &str) -> Result<(), String> {
        let wrong = || {
            let names = CrashPoint::ALL.map(CrashPoint::name).join(", ");
            format!("`{text}` is no point to crash at: expected one of {names}, a colon and a number from 1")
        };
        let (name, n) = text.split_once(':').ok_or_else(wrong)?;
        let point = CrashPoint::ALL.into_iter().find(|point| point.name() == name).ok_or_else(wrong)?;
        let n = n.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
        ARMED.get_or_init(|| (point, AtomicUsize::new(n)));
        Ok(())
    }

    pub(super) fn pass(point: CrashPoint) {
        if let Some((armed, n_left)) = ARMED.get()
            && *armed == point
            && n_left.fetch_sub(1, Ordering::AcqRel) == 1
        {
            // No destructor runs and nothing is flushed.
            std::process::abort();
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_point_that_there_is_not_is_refused_with_those_that_there_are() {
            for text in ["", "after_commit", "after_commit:0", "somewhere:1"] {
                let told = arm(text).unwrap_err();
                assert!(told.contains("before_revocation") && ARMED.get().is_none(), "{text}: {told}");
            }
        }
    }
}
