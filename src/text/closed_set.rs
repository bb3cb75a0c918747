//! Closed sets whose members have a written name each: parts of speech, kinds of names, types of events.

/// A label that is in none of the closed sets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {set} is named '{name}'")]
pub struct UnknownLabel {
    set: &'static str,
    name: String,
}

impl UnknownLabel {
    /// This set has no member of this name.
    pub(crate) fn new(set: &'static str, name: &str) -> Self {
        Self { set, name: name.to_owned() }
    }
}

/// An enum whose members have a written name each, in the order given.
macro_rules! labels {
    ($(#[$meta:meta])* pub enum $set:ident { $($(#[$of_member:meta])* $member:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $set {
            $(#[doc = concat!("Written <code>", $name, "</code>.")] $(#[$of_member])* $member,)+
        }

        impl $set {
            /// All members, in order.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// The written name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $name,)+
                }
            }
        }

        impl std::fmt::Display for $set {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.name())
            }
        }

        impl std::str::FromStr for $set {
            type Err = $crate::text::UnknownLabel;

            fn from_str(name: &str) -> Result<Self, $crate::text::UnknownLabel> {
                match name {
                    $($name => Ok(Self::$member),)+
                    _ => Err($crate::text::UnknownLabel::new(stringify!($set), name)),
                }
            }
        }
    };
}

pub(crate) use labels;
