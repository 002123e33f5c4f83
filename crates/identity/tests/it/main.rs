//! Identity on both engines, with a scripted civil register, a relying party and a browser.

// Marked as test code for clippy, which otherwise sees only functions with #[test] as such.
#[cfg(test)]
mod app;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod history;
#[cfg(test)]
mod many;
#[cfg(test)]
mod party;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod persons;
#[cfg(test)]
mod reconciliation;
#[cfg(test)]
mod sectors;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod tokens;
