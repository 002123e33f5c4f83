//! A real server on a free port, and a client that talks to it.

use axum::Router;
use kernel::config::Limits;
use kernel::serve::{Server, ShutdownTrigger, bind};
use reqwest::{Client, Method};
use serde_json::Value;

/// A router behind a socket of 127.0.0.1. Dropping it stops it.
pub struct TestServer {
    url: String,
    client: Client,
    trigger: ShutdownTrigger,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body as text.
    pub text: String,
}

impl TestServer {
    /// Serves `router` on a free port.
    ///
    /// # Panics
    /// When the machine has no free port.
    pub async fn start(router: Router) -> Self {
        // reqwest asks for a provider even where no TLS is spoken; a second install changes nothing.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let listener = bind("test", ([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        let (trigger, shutdown) = ShutdownTrigger::new();
        let server = Server::new(router, &Limits::default());
        tokio::spawn(server.run(listener, shutdown));
        Self { url: format!("http://{address}"), client: Client::new(), trigger }
    }

    /// The server's base URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sends a request, with a JSON body where there is one.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a body") }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.trigger.stop();
    }
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.text) {
            Ok(json) => json,
            Err(error) => panic!("{} is not JSON ({error}): {}", self.status, self.text),
        }
    }

    /// A header's value, empty if it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
