//! The page for people and the HTTP API behind it: an article is handed in and its analysis comes back, and what the topic
//! brought can be looked at as it is committed.
//!
//! It only looks on ([`crate::pipeline::Tap`]): it changes no outcome, its memory is bounded (`history`), and what it analyzes itself it does
//! on a thread of its own that waits for cores the topic does not need (`gate`). Article text is foreign text: it is served
//! as data, and the page puts it into the document as text and never as markup.

mod analyze;
mod answers;
mod desk;
mod gate;
mod guard;
mod history;
mod onlooker;
mod options;
mod page;
mod parameters;
mod problem;
mod routes;
mod row;
mod stream;
mod turns;

pub use guard::Access;
pub use onlooker::Explorer;
pub use options::{Admission, ExplorerOptions};
pub use page::report;
pub use routes::routes;
