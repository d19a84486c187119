//! What operators are shown.

pub mod page;
