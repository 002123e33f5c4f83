//! The portal as a browser meets it: a real server, a real issuer beside it, sources on a scripted wire.

mod applications;
mod browser;
mod consents;
mod grievances;
mod issuer;
mod messages;
mod offices;
mod reads;
mod sign_in;
mod town;
