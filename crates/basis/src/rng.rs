//! Chance: the only place in the workspace that asks for randomness, keys and nonces inside `credential` apart.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Separates this stream from any other use of HMAC under the same key.
const SEEDED_LABEL: &[u8] = b"msingi basis::Rng::seeded v1";

/// One HMAC-SHA256 output.
const BLOCK_LENGTH: usize = 32;

/// Gives random bytes. Cheap to clone; clones of a seeded one draw from the same stream, so two never repeat each other.
#[derive(Clone)]
pub struct Rng(Source);

#[derive(Clone)]
enum Source {
    System(SystemRandom),
    Seeded(Arc<Mutex<Stream>>),
}

impl Rng {
    /// The cryptographic generator of aws-lc: a DRBG a thread, seeded by the operating system, with no lock between threads.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System(SystemRandom::new()))
    }

    /// A stream that is the same for the same `seed`, on every platform. **Tests and demo data only**: whoever knows the
    /// seed knows every key, id and pseudonym drawn from it.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(Stream::new(seed)))))
    }

    /// Fills `target` with random bytes.
    ///
    /// # Panics
    /// If the operating system can give no entropy. Going on with predictable keys would be worse than stopping.
    pub fn fill(&self, target: &mut [u8]) {
        match &self.0 {
            Source::System(random) => {
                random.fill(target).expect("the operating system gives entropy")
            }
            Source::Seeded(stream) => {
                stream.lock().unwrap_or_else(PoisonError::into_inner).fill(target)
            }
        }
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// `length` decimal digits, each equally likely, leading zeros included: one-time codes, the body of a number.
    #[must_use]
    pub fn digits(&self, length: usize) -> String {
        let mut digits = String::with_capacity(length);
        let mut buffer = [0_u8; BLOCK_LENGTH];
        while digits.len() < length {
            // A block at a time: a call for each digit would cost more than the digits.
            self.fill(&mut buffer);
            let fair = buffer.iter().filter_map(|byte| fair_digit(*byte));
            digits.extend(fair.take(length - digits.len()));
        }
        digits
    }

    /// A number from 0 to `bound - 1`, each equally likely.
    ///
    /// # Panics
    /// If `bound` is 0: there is no such number.
    #[must_use]
    pub fn u64_below(&self, bound: u64) -> u64 {
        assert!(bound > 0, "a bound of 0 leaves no number to draw");
        // Draws at or above the largest multiple of `bound` are thrown away, or the low numbers would come more often.
        let unfair_from = u64::MAX - (u64::MAX % bound + 1) % bound;
        loop {
            let draw = u64::from_le_bytes(self.bytes());
            if draw <= unfair_from {
                return draw % bound;
            }
        }
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::System(_) => "Rng::system",
            Source::Seeded(_) => "Rng::seeded",
        })
    }
}

/// 250 of the 256 bytes fall evenly on ten digits; the last six would favour 0 to 5.
fn fair_digit(byte: u8) -> Option<char> {
    (byte < 250).then(|| char::from(b'0' + byte % 10))
}

/// HMAC-SHA256 in counter mode: block i is HMAC(seed, label || i), read in order.
struct Stream {
    key: hmac::Key,
    counter: u64,
    block: [u8; BLOCK_LENGTH],
    used: usize,
}

impl Stream {
    fn new(seed: u64) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &seed.to_be_bytes());
        Self { key, counter: 0, block: [0; BLOCK_LENGTH], used: BLOCK_LENGTH }
    }

    fn fill(&mut self, target: &mut [u8]) {
        for byte in target {
            if self.used == BLOCK_LENGTH {
                self.next_block();
            }
            *byte = self.block[self.used];
            self.used += 1;
        }
    }

    fn next_block(&mut self) {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(SEEDED_LABEL);
        context.update(&self.counter.to_be_bytes());
        self.block.copy_from_slice(context.sign().as_ref());
        self.counter += 1;
        self.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_shareable<T: Clone + Send + Sync + 'static>(_: &T) {}

    #[test]
    fn the_system_generator_does_not_repeat() {
        let rng = Rng::system();
        assert_shareable(&rng);
        assert_ne!(rng.bytes::<16>(), rng.bytes::<16>());
        assert_ne!(rng.bytes::<16>(), Rng::system().bytes::<16>());
    }

    #[test]
    fn a_seed_always_gives_the_same_stream_however_it_is_cut() {
        let whole = Rng::seeded(7).bytes::<100>();
        let rng = Rng::seeded(7);
        let mut parts = Vec::new();
        for length in [1, 31, 33, 0, 35] {
            let mut part = vec![0; length];
            rng.fill(&mut part);
            parts.extend(part);
        }
        assert_eq!(parts, whole);
        assert_ne!(Rng::seeded(8).bytes::<100>(), whole);
    }

    #[test]
    fn clones_of_a_seeded_generator_share_its_stream() {
        let whole = Rng::seeded(9).bytes::<32>();
        let rng = Rng::seeded(9);
        let first: [u8; 16] = rng.clone().bytes();
        assert_eq!([first, rng.bytes()].concat(), whole);
    }

    #[test]
    fn digits_are_as_many_as_asked_and_evenly_spread() {
        let rng = Rng::seeded(10);
        assert_eq!(rng.digits(0), "");
        let digits = rng.digits(20_000);
        assert_eq!(digits.len(), 20_000);
        for digit in '0'..='9' {
            let count = digits.chars().filter(|c| *c == digit).count();
            assert!((1_800..2_200).contains(&count), "{digit} came {count} times");
        }
    }

    #[test]
    fn exactly_25_bytes_give_each_digit() {
        for digit in '0'..='9' {
            assert_eq!((0..=u8::MAX).filter(|byte| fair_digit(*byte) == Some(digit)).count(), 25);
        }
    }

    #[test]
    fn numbers_stay_below_the_bound_and_reach_all_of_it() {
        let rng = Rng::seeded(11);
        let mut counts = [0_u32; 3];
        for _ in 0..3_000 {
            counts[usize::try_from(rng.u64_below(3)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
        assert_eq!(rng.u64_below(1), 0);
    }

    #[test]
    fn a_bound_of_three_quarters_of_the_range_is_not_biased() {
        // With a plain remainder the last quarter of the draws would wrap around onto the low numbers, and only three of eight
        // results lie in the upper half: about 1125 here. Fair draws put 1500 there.
        let rng = Rng::seeded(12);
        let bound = (1_u64 << 63) + (1 << 62);
        let upper = (0..3_000).filter(|_| rng.u64_below(bound) >= bound / 2).count();
        assert!((1_350..1_650).contains(&upper), "{upper}");
    }

    #[test]
    #[should_panic(expected = "a bound of 0")]
    fn a_bound_of_zero_is_refused() {
        let _ = Rng::seeded(13).u64_below(0);
    }

    #[test]
    fn debug_does_not_show_the_seed() {
        assert_eq!(format!("{:?}", Rng::seeded(424_242)), "Rng::seeded");
        assert_eq!(format!("{:?}", Rng::system()), "Rng::system");
    }
}
