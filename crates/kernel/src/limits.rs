//! Bounds on what one request and all requests together may take.

use http::Extensions;

/// The body limit that applies to a request when no layer set another: 1 MiB.
pub const BODY_BYTES_DEFAULT: usize = 1024 * 1024;

/// The limit put on a request by the layer, in bytes; for the text of a refusal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimit(pub(crate) usize);

pub(crate) fn body_limit(extensions: &Extensions) -> usize {
    extensions.get::<BodyLimit>().map_or(BODY_BYTES_DEFAULT, |limit| limit.0)
}
