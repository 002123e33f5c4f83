//! Bounds on what one request, one client and all requests together may take.
//!
//! Whoever goes over a bound gets an answer that says so; nothing waits in a queue. The number of connections, slow headers
//! and slow handshakes are bounded by the listener ([`crate::serve`]); a slow body runs into the request timeout.

use crate::config::Limits;
use crate::problem::Problem;
use crate::serve::Peer;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use basis::Clock;
use http::Extensions;
use http::header::CONTENT_LENGTH;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The body limit that applies to a request when no layer set another: 1 MiB.
pub const BODY_BYTES_DEFAULT: usize = 1024 * 1024;

/// Requests that a client may send at once, as seconds' worth of its rate.
const BURST_SECONDS: i64 = 10;
/// Client addresses that are remembered at the same time.
const ADDRESSES_MAX: usize = 10_000;

/// The limit put on a request by the layer, in bytes; for the text of a refusal.
#[derive(Clone, Copy, Debug)]
struct BodyLimit(usize);

pub(crate) fn body_limit(extensions: &Extensions) -> usize {
    extensions.get::<BodyLimit>().map_or(BODY_BYTES_DEFAULT, |limit| limit.0)
}

/// Puts the bounds of `limits` on every route of `router`.
pub fn bound(router: Router, limits: &Limits, clock: Clock) -> Router {
    let gate = Gate {
        body_bytes: limits.body_bytes,
        timeout: Duration::from_secs(limits.timeout_seconds),
        running: Arc::new(Semaphore::new(limits.concurrent_requests.min(Semaphore::MAX_PERMITS))),
        rates: Rates::new(limits.requests_per_second).map(Arc::new),
        clock,
    };
    router.layer(DefaultBodyLimit::max(limits.body_bytes)).layer(from_fn_with_state(gate, pass))
}

#[derive(Clone)]
struct Gate {
    body_bytes: usize,
    timeout: Duration,
    running: Arc<Semaphore>,
    rates: Option<Arc<Rates>>,
    clock: Clock,
}

async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let Ok(_permit) = gate.running.try_acquire() else {
        return Problem::unavailable("Too many requests are being answered at once.", 1)
            .into_response();
    };
    if let Err(problem) = gate.check(&request) {
        return problem.into_response();
    }
    request.extensions_mut().insert(BodyLimit(gate.body_bytes));
    match tokio::time::timeout(gate.timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = "The answer took too long. Whether the request had an effect is not known: \
                          send it again with the same Idempotency-Key.";
            Problem::unavailable(detail, 5).into_response()
        }
    }
}

impl Gate {
    fn check(&self, request: &Request) -> Result<(), Problem> {
        let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let length = length.and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
        if length > self.body_bytes as u64 {
            return Err(Problem::too_large(self.body_bytes));
        }
        let (Some(rates), Some(peer)) = (&self.rates, request.extensions().get::<Peer>()) else {
            return Ok(());
        };
        rates.take(peer.address.ip(), self.clock.monotonic_micros()).map_err(Problem::too_many)
    }
}

/// Requests by client address, as the time at which the client's budget is whole again (GCRA, the leaky bucket of ATM).
struct Rates {
    interval_micros: i64,
    whole_at: Mutex<HashMap<IpAddr, i64>>,
}

impl Rates {
    fn new(per_second: u32) -> Option<Self> {
        (per_second > 0).then(|| Self {
            interval_micros: 1_000_000 / i64::from(per_second),
            whole_at: Mutex::default(),
        })
    }

    /// Takes one request from the client's budget, or answers after how many seconds there is one.
    fn take(&self, client: IpAddr, now: i64) -> Result<(), u64> {
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        if whole_at.len() >= ADDRESSES_MAX {
            whole_at.retain(|_, whole| *whole > now);
        }
        // Still full: the crowd is larger than what is remembered; the bound on all requests remains.
        let client = network(client);
        if whole_at.len() >= ADDRESSES_MAX && !whole_at.contains_key(&client) {
            return Ok(());
        }
        let whole = whole_at.entry(client).or_insert(now);
        let next = (*whole).max(now) + self.interval_micros;
        let over = next - now - BURST_SECONDS * 1_000_000;
        if over > 0 {
            return Err(u64::try_from(over / 1_000_000).unwrap_or_default() + 1);
        }
        *whole = next;
        Ok(())
    }
}

/// One client holds a whole /64 of IPv6.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = address.to_bits() & !u128::from(u64::MAX);
            Ipv6Addr::from_bits(prefix).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_its_burst_and_then_its_rate() {
        let rates = Rates::new(2).unwrap();
        let client: IpAddr = "192.0.2.1".parse().unwrap();
        for _ in 0..20 {
            rates.take(client, 0).unwrap();
        }
        assert_eq!(rates.take(client, 0), Err(1));
        rates.take(client, 500_000).unwrap();
        assert_eq!(rates.take(client, 500_000), Err(1));
        rates.take("192.0.2.2".parse().unwrap(), 0).unwrap();
        assert!(Rates::new(0).is_none());
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn the_memory_of_clients_is_bounded() {
        let rates = Rates::new(1).unwrap();
        for number in 0..20_000_u32 {
            rates.take(IpAddr::from(number.to_be_bytes()), 0).unwrap();
        }
        assert_eq!(rates.whole_at.lock().unwrap().len(), ADDRESSES_MAX);
        rates.take("255.0.0.1".parse().unwrap(), 60_000_000).unwrap();
        assert_eq!(rates.whole_at.lock().unwrap().len(), 1);
    }
}
