//! The link to the hub, as a cable that can be pulled: what is sent to the hub's address passes
//! through here, until it is cut.

use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A link that passes on to one address. Dropping it ends it.
pub struct Relay {
    address: SocketAddr,
    whole: Arc<watch::Sender<bool>>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Listens on a free port of loopback for what is meant for `target`.
    ///
    /// # Errors
    /// When no port is to be had.
    pub async fn to(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind((target.ip(), 0)).await?;
        let address = listener.local_addr()?;
        let whole = Arc::new(watch::Sender::new(true));
        let task = tokio::spawn(run(listener, target, Arc::clone(&whole)));
        Ok(Self { address, whole, task })
    }

    /// Where senders reach it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Pulls the cable: what is under way breaks off, and nothing new gets through.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Puts it back.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(listener: TcpListener, target: SocketAddr, whole: Arc<watch::Sender<bool>>) {
    while let Ok((from, _)) = listener.accept().await {
        let mut link = whole.subscribe();
        // A connection over a cut cable is dropped, which the sender sees as one that was reset.
        if *link.borrow() {
            tokio::spawn(async move {
                tokio::select! {
                    () = pass_on(from, target) => {}
                    _ = link.wait_for(|whole| !whole) => {}
                }
            });
        }
    }
}

/// Until one side closes. What goes wrong is what went wrong at the other end, and the sender sees it.
async fn pass_on(mut from: TcpStream, target: SocketAddr) {
    if let Ok(mut to) = TcpStream::connect(target).await {
        // Messages are small and answered: waiting for more to send would cost 40 ms each.
        let _ = from.set_nodelay(true).and_then(|()| to.set_nodelay(true));
        let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        address
    }

    /// Whether a byte comes back.
    async fn works(stream: &mut TcpStream) -> bool {
        let mut byte = [0];
        stream.write_all(b"x").await.is_ok() && stream.read_exact(&mut byte).await.is_ok()
    }

    #[tokio::test]
    async fn what_is_cut_breaks_off_and_what_is_mended_works_again() {
        let relay = Relay::to(echo().await).await.unwrap();
        let mut open = TcpStream::connect(relay.address()).await.unwrap();
        assert!(works(&mut open).await);
        relay.cut();
        assert!(!works(&mut open).await, "what was open is broken");
        let mut new = TcpStream::connect(relay.address()).await.unwrap();
        assert!(!works(&mut new).await, "nothing new gets through");
        relay.mend();
        let mut again = TcpStream::connect(relay.address()).await.unwrap();
        assert!(works(&mut again).await);
    }
}
