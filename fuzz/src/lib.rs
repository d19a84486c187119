//! What the fuzz targets assert.

pub mod scan;
pub mod text;
