//! The frame of every page: shell, design tokens, components, texts in several languages, forms that cannot be forged.
//!
//! A block builds one [`Ui`] with its own templates and texts, hands it to its router as state
//! (`impl FromRef<MyState> for Ui`), and its handlers take a [`Visit`] (a page is asked for) or a [`Submitted`] (a form was
//! sent, and its token has been checked):
//!
//! ```ignore
//! async fn show(visit: Visit) -> Response {
//!     visit.page("consent/list.html", ListPage { agreements }).respond()
//! }
//! ```
//!
//! # Invariants
//! - **Pages work without script**, at 320 px, by keyboard, in print; none asks for anything from another host.
//! - **A form handler cannot forget the token**: [`Submitted`] is the only way to the fields.
//! - **A template cannot print what is not escaped, nor use what is not there**: autoescape and strict undefined.
//! - **Texts stand in catalogues**, never in templates or Rust; [`Ui::check`] finds gaps in any language.
//! - Pages are personal: all are `no-store`. Only `/assets/` is cached, for ever, under names that change with the content.
//! - This crate knows no block and no database.
#![warn(missing_docs)]

pub mod assets;
pub mod charts;
pub mod check;
pub mod cookies;
pub mod csrf;
pub mod desk;
pub mod form;
pub mod format;
pub mod gallery;
pub mod headers;
pub mod lang;
pub mod page;
pub mod parts;
pub mod site;
pub mod texts;
pub mod visit;

pub use check::Sample;
pub use cookies::Cookie;
pub use desk::Desk;
pub use form::{Errors, Fields, Submitted};
pub use lang::Lang;
pub use page::Page;
pub use site::{Site, Ui, UiBuilder};
pub use texts::TextsError;
pub use visit::{Account, NavItem, Visit, see_other};
