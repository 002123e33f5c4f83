//! Telling everybody that it is time to stop.

use tokio::sync::watch;

/// Asks all holders of the [`Shutdown`] it was made with to stop; dropping it does the same.
#[derive(Debug)]
pub struct ShutdownTrigger(watch::Sender<bool>);

/// Tells when to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

impl ShutdownTrigger {
    /// A trigger and what it triggers.
    #[must_use]
    pub fn new() -> (Self, Shutdown) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Shutdown(receiver))
    }

    /// Asks everybody to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// A shutdown that SIGINT or SIGTERM triggers. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the system refuses a signal handler.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let (trigger, shutdown) = ShutdownTrigger::new();
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::info!("Asked to stop: finishing what is running");
            trigger.stop();
        });
        Ok(shutdown)
    }

    /// Returns when it is time to stop; at once if it was time before.
    pub async fn stopped(&mut self) {
        // An error means that the trigger is gone, and nobody could ask any more.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Whether it is time to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stopping_and_dropping_both_stop() {
        let (trigger, mut shutdown) = ShutdownTrigger::new();
        assert!(!shutdown.is_stopped());
        trigger.stop();
        shutdown.stopped().await;
        shutdown.clone().stopped().await;
        let (trigger, mut shutdown) = ShutdownTrigger::new();
        drop(trigger);
        shutdown.stopped().await;
        assert!(shutdown.is_stopped());
    }
}
