//! Who acts, as revisions, audit rows and the read log name them.

/// Who does something in a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `officer:CLASS/MEMBER/ID` or `job:NAME`.
    pub name: String,
    /// The officer's id at the member; none where the block acts by itself.
    pub officer: Option<String>,
    /// The case worked on.
    pub case: Option<String>,
}

impl Actor {
    /// The block itself or the installation, by the name of what runs.
    #[must_use]
    pub fn job(name: &str) -> Self {
        Self { name: format!("job:{name}"), officer: None, case: None }
    }
}
