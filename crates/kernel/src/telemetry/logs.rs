//! The form and level of log lines.

use crate::config::{Log, LogFormat};
use tracing_subscriber::EnvFilter;

/// Why logging could not start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The level cannot be read.
    #[error(
        "`log.level`: {0}; write error, warn, info, debug, trace or a list as \"info,kernel=debug\""
    )]
    Level(String),
    /// Logging was started already.
    #[error("logging was started twice in one process")]
    Twice,
}

/// Starts logging to standard error, for the whole process.
///
/// # Errors
/// A level that cannot be read, or a second call.
pub fn init(config: &Log) -> Result<(), LogError> {
    let filter =
        EnvFilter::try_new(&config.level).map_err(|error| LogError::Level(error.to_string()))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let outcome = match config.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    outcome.map_err(|_| LogError::Twice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_cannot_be_read_names_its_key() {
        let config = Log { level: "kernel=loud".to_owned(), ..Log::default() };
        let error = init(&config).unwrap_err().to_string();
        assert!(error.starts_with("`log.level`: "), "{error}");
    }
}
