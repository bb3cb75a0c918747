//! Work, counted: what tests look at to see that no text costs the square of its length, whatever else the machine does.
//!
//! What reads words, and what compares many things with many, tells how much it is about to do. Builds with debug assertions
//! count, so tests do; in others a count costs nothing and is always 0.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Tells that so many steps are about to be done: words looked up, bytes read, pairs compared.
#[inline(always)]
pub fn count(steps: usize) {
    if cfg!(debug_assertions) {
        STEPS.with(|all| all.set(all.get() + steps as u64));
    }
}

/// The steps that this thread does in a call, and what the call returns.
pub fn counted<R>(call: impl FnOnce() -> R) -> (u64, R) {
    let before = STEPS.with(Cell::get);
    let result = call();
    (STEPS.with(Cell::get) - before, result)
}
