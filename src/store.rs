//! State shared by all workers: named cells of a few bytes, changed by compare-and-swap.
//!
//! What a cell means is a pure function of its bytes; this module owns the loop around it.

/// How often [`update`] tries before it gives up. With `n` workers on one cell a try fails
/// only if another worker succeeded in between, so this is the number of other requests
/// that may overtake one request.
pub const ATTEMPTS_MAX: usize = 32;

/// Where shared cells live. Implemented by the adapter over the host's shared data.
pub trait Store {
    /// The cell's bytes and version; `None` when the cell does not exist.
    fn read(&self, cell: &str) -> Option<Snapshot>;

    /// Sets the cell if its version is still the one given (`None`: if it still does not exist).
    ///
    /// # Errors
    /// [`Conflict`] when the cell was changed in between, or could not be written.
    fn write(&self, cell: &str, bytes: &[u8], seen: Option<Version>) -> Result<(), Conflict>;

    /// Sets the cell, whatever is in it.
    fn put(&self, cell: &str, bytes: &[u8]);
}

/// A cell as it was read.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Its content; nothing is assumed of it.
    pub bytes: Vec<u8>,
    /// Which write it is of.
    pub version: Version,
}

/// Which write a cell's content is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(pub u32);

/// A write that came too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict;

/// Gave up after [`ATTEMPTS_MAX`] conflicts. The caller decides what that means,
/// and must not let the request have what it could not book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contended;

/// Changes a cell by `step`, a pure function from its present bytes to an answer and, where
/// anything is to be kept, new bytes. `seen` is what the caller read of the cell before, so
/// that the usual case costs no second read; `step` runs again for each conflict.
///
/// # Errors
/// [`Contended`], and then nothing was changed.
pub fn update<T>(
    store: &dyn Store,
    cell: &str,
    mut seen: Option<Snapshot>,
    mut step: impl FnMut(Option<&[u8]>) -> (T, Option<Vec<u8>>),
) -> Result<T, Contended> {
    for _ in 0..ATTEMPTS_MAX {
        let (answer, next) = step(seen.as_ref().map(|cell| cell.bytes.as_slice()));
        let Some(next) = next else { return Ok(answer) };
        match store.write(cell, &next, seen.map(|cell| cell.version)) {
            Ok(()) => return Ok(answer),
            Err(Conflict) => seen = store.read(cell),
        }
    }
    Err(Contended)
}

/// The name of a cell: a letter and the last `digits` hexadecimal digits of a number. Every
/// request names some, and format strings would take longer than what the name is for.
pub fn cell_name(letter: char, number: u64, digits: u32) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |place: u32| (number >> place.saturating_mul(4)) as usize & 0xf;
    let mut name = String::with_capacity(1usize.saturating_add(digits as usize));
    name.push(letter);
    name.extend((0..digits).rev().filter_map(|place| DIGITS.get(digit(place))));
    name
}

/// Fills a cell with zeros, where there is anything else in it; whether there was.
pub fn forget(store: &dyn Store, cell: &str) -> bool {
    let forgotten = update(store, cell, store.read(cell), |bytes| {
        let kept = bytes.unwrap_or_default();
        let anything = kept.iter().any(|byte| *byte != 0);
        (anything, anything.then(|| vec![0; kept.len()]))
    });
    forgotten == Ok(true)
}

#[cfg(test)]
pub(crate) mod memory;
#[cfg(test)]
mod tests;
