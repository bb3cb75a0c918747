//! The output topics, as they are named on the command line.

use clap::ValueEnum;

use crate::record::Channel;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputTopic {
    /// Who said what to whom.
    Statements,
    /// Who did what to whom.
    Events,
    /// Whole analyses, with the texts, where output.analyses is on.
    Analyses,
    /// What was refused.
    DeadLetters,
}

impl OutputTopic {
    /// The kind of message in it.
    pub(super) fn channel(self) -> Channel {
        match self {
            Self::Statements => Channel::Statements,
            Self::Events => Channel::Events,
            Self::Analyses => Channel::Analyses,
            Self::DeadLetters => Channel::DeadLetter,
        }
    }
}
