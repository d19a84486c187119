//! Where no address stands near numbers.

use super::super::email;
use super::super::view::View;

/// Where in the text no address is, as far as somebody asked.
#[derive(Default)]
pub(in crate::scan) struct Addresses {
    /// None from `from` up to `to`, if `to` is not before `from`.
    from: usize,
    to: usize,
}

/// How much further is looked than somebody asked, so that the next question
/// is answered already.
const ADDRESSES_AHEAD_BYTES: usize = 256;

impl Addresses {
    /// Whether no `@` of an address stands from `from` to `to`; `false` too
    /// where the text ends before.
    #[inline]
    pub(in crate::scan) fn none_near(&mut self, view: &View, from: usize, to: usize) -> bool {
        (self.from <= from && to <= self.to) || (to <= view.len() && self.look(view, from, to))
    }

    #[inline(never)]
    fn look(&mut self, view: &View, from: usize, to: usize) -> bool {
        let ahead = to.saturating_add(ADDRESSES_AHEAD_BYTES).min(view.len());
        // What is known to hold none need not be looked at again.
        let goes_on = self.from <= from && (from..=to).contains(&self.to);
        if !goes_on {
            (self.from, self.to) = (from, from);
        }
        while let Some(at) = memchr::memchr(b'@', view.slice(self.to, ahead)) {
            let sign = self.to.saturating_add(at);
            // What more text could make one counts as one.
            if view.try_out(|| email::is_bounded(view, sign)) != Some(false) {
                self.to = sign;
                return sign >= to;
            }
            self.to = sign.saturating_add(1);
        }
        self.to = ahead;
        true
    }
}
