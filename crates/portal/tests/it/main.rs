//! The portal as a browser meets it: a real server, a real issuer beside it, sources on a scripted wire.

mod browser;
mod consents;
mod issuer;
mod reads;
mod sign_in;
mod town;
