//! What one block may ask of another: identifiers of members and services, the context every
//! call carries, the [`Wire`](wire::Wire) it travels on, and one file of data types and a typed
//! client per provider.
//!
//! Nothing here opens a socket or a database. A block depends on this crate and never on the
//! block it asks; the exchange block implements [`Wire`](wire::Wire), and the test kit scripts it.
//!
//! Layout: `ids` and `context` are the vocabulary, `wire` the transport seam, `call` the helpers
//! the typed clients share, `caller` the extractor a provider's handler starts with. The rest is
//! one file per provider.

pub mod batches;
pub mod call;
pub mod caller;
pub mod cases;
pub mod civil;
pub mod consent;
pub mod context;
pub mod governance;
pub mod identity;
pub mod ids;
pub mod messaging;
pub mod payments;
pub mod rails;
pub mod reads;
pub mod registration;
pub mod registry;
pub mod wire;
pub mod witness;

pub use call::CallError;
pub use caller::Caller;
pub use context::{CallContext, LegalBasis, Pseudonym, WIRE_VERSION};
pub use ids::{MemberId, ServiceId, SubsystemId};
pub use wire::{Refusal, RefusalReason, Wire, WireError, WireRequest, WireResponse};
