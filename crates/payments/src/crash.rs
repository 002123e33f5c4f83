//! Places where a test kills the process, so that it can be shown that nothing is lost or done twice.

use std::sync::Arc;

/// Names the place where the process ends by itself.
const VARIABLE: &str = "MSINGI_CRASH_POINT";

/// The place that was named, if any. There is none outside of the sandbox, whatever the environment says.
#[derive(Clone, Debug, Default)]
pub struct Crash(Option<Arc<str>>);

impl Crash {
    /// Looks at the environment once, and only in the sandbox.
    #[must_use]
    pub fn new(sandbox: bool) -> Self {
        Self::from(sandbox, || std::env::var(VARIABLE).ok())
    }

    fn from(sandbox: bool, named: impl FnOnce() -> Option<String>) -> Self {
        match sandbox {
            true => Self(named().map(Arc::from)),
            false => Self(None),
        }
    }

    fn is_at(&self, name: &str) -> bool {
        self.0.as_deref() == Some(name)
    }

    /// Ends the process as a kill would, if this place was named.
    pub fn point(&self, name: &'static str) {
        if self.is_at(name) {
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Crash;

    #[test]
    fn there_is_no_such_place_outside_of_the_sandbox() {
        let named = || Some("posted".to_owned());
        assert!(Crash::from(true, named).is_at("posted"));
        assert!(!Crash::from(true, named).is_at("planned"));
        assert!(!Crash::from(false, named).is_at("posted"));
        assert!(!Crash::from(true, || None).is_at("posted"));
    }
}
