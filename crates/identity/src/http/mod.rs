//! The block's API, by who may call it.

pub(crate) mod desk;
pub(crate) mod exchange;
pub(crate) mod openid;
