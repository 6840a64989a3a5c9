//! Contexts whose memory is used again: a call that is given a dict reads it where
//! the context of an earlier call was.

use std::cell::Cell;
use std::ops::Deref;
use std::sync::LazyLock;

use tactful::Context;

/// How many bytes a context may take that is kept for its memory alone: room for a
/// customer with some hundred interactions.
const MOST_BYTES: usize = 64 << 10;

thread_local! {
    /// What the thread keeps: one context that nobody has any more.
    ///
    /// So facts about former customers may stay in memory until the thread ends, as
    /// they may in memory that was given back. Nobody can see them: in a context that
    /// was read over another there is nothing of the former.
    static SPARE: Cell<Option<Box<Context>>> = const { Cell::new(None) };
}

/// A context on the heap. Once nobody has it any more, its memory is used again.
pub(crate) struct Kept(Option<Box<Context>>);

impl Kept {
    pub(crate) const fn new(context: Box<Context>) -> Self {
        Self(Some(context))
    }
}

impl Deref for Kept {
    type Target = Context;

    fn deref(&self) -> &Context {
        static NOTHING: LazyLock<Context> = LazyLock::new(Context::new);

        // There is one up to the drop.
        self.0.as_deref().unwrap_or_else(|| &NOTHING)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let small = self.0.take().filter(|context| context.memory_bytes() <= MOST_BYTES);
        if let Some(context) = small {
            // Where the thread is about to end, it is dropped at once.
            let _ended = SPARE.try_with(|spare| spare.set(Some(context)));
        }
    }
}

/// Returns a context to read another over, which may say anything.
pub(crate) fn take() -> Box<Context> {
    SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
}
