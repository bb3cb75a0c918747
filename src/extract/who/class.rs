//! Classes of entities whose states are told in different ways: each has weights of its own.

/// The class of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A person or group with an office of a state.
    Official,
    /// Any other person.
    Person,
    /// A body.
    Body,
    /// Any other group.
    Group,
    /// What nobody knows the kind of.
    Open,
}

impl Class {
    /// Their names among the network's labels.
    pub(super) const NAMES: [&'static str; 5] = ["official", "person", "body", "group", "open"];
}
