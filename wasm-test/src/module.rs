//! Where the built module is.

use std::path::{Path, PathBuf};

/// The repository this crate stands in.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("wasm-test lies in the repository")
}

/// The module under test: `TOLLGATE_WASM` where it is set, else what `make wasm` writes.
///
/// # Panics
/// When the file is not there: a proof of nothing would look green.
pub fn path() -> PathBuf {
    let path = std::env::var_os("TOLLGATE_WASM")
        .map_or_else(|| repository().join("dist/tollgate.wasm"), PathBuf::from);
    assert!(path.is_file(), "no module at {}: run `make wasm`, or set TOLLGATE_WASM", path.display());
    path
}
