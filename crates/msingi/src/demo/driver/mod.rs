//! The story, told over HTTP: an officer's desk, a resident's browser, nothing else. It imports no
//! block, so that it can do only what anyone could.

mod abroad;
mod benefit;
mod calls;
mod cast;
mod consents;
mod money;
mod mother;
mod operators;
mod outside;
mod post;
mod probes;
mod reads;
mod seeding;
mod watch;

pub use operators::Account;
pub use outside::{Party, outside_client};
pub use probes::prepare_probes;

use super::client::{Browser, StoryError};
use super::screen::Screen;
use super::world::World;
use basis::{Clock, Id, Rng};

/// The country's instance code.
const INSTANCE: &str = "TB";

/// What the story leaves behind, for whoever wants to explore or to check.
pub struct Told {
    /// The number the mother signs in with.
    pub vid: String,
    /// The secret in her authenticator app (base32).
    pub totp_secret: String,
    /// Officers' accounts to try the desks with.
    pub accounts: Vec<Account>,
    /// Her browser, still signed in to the portal.
    pub browser: Browser,
    /// Reads shown on her page.
    pub reads: usize,
    /// Reads that the story made, in words, which must be as many.
    pub reads_made: Vec<&'static str>,
    /// The number of her case at the ministry.
    pub case: String,
    /// Rows of audit trails that another installation compared; none in one process.
    pub audit_rows: Option<i64>,
    /// True if a row of the civil register's audit trail was changed behind the back of its code.
    pub tampered: bool,
    /// Benefits that were paid.
    pub paid: i64,
    /// Benefits that a bank refused.
    pub failed: i64,
    /// The sum of all postings, which must be zero: `0.00`.
    pub sum_of_postings: String,
}

/// Tells the whole story, in a country of `residents`.
///
/// # Errors
/// The first [`StoryError`]: the story stops where it goes wrong.
pub async fn tell(world: &World, residents: u32, screen: &mut Screen) -> Result<Told, StoryError> {
    operators::introduce(world, screen).await?;
    screen.begin();
    let cast = cast::assemble(world).await?;
    cast::prepare(&cast, world).await?;
    let notice = benefit::prepare(&cast).await?;
    money::prepare(&cast, residents).await?;
    screen.done(
        "Officers sign in, each at their own institution with a key of their own",
        "registers, service packages, data agreements and the programme's account are set up",
    );
    seeding::seed(&cast, residents, screen).await?;

    let mut mother = mother::enrol(&cast, screen).await?;
    match (&world.post, &world.hands) {
        (Some(site), Some(hands)) => post::birth(&cast, site, hands, &mut mother, screen).await?,
        _ => mother::birth(&cast, &mut mother, screen).await?,
    }
    mother::identity_follows(&cast, residents, screen).await?;
    mother::sign_in(world, &mut mother, screen).await?;
    mother::resident_record(&cast, &mut mother, screen).await?;

    let number = benefit::apply(world, &mut mother, &notice, screen).await?;
    let application = benefit::take(&cast, &number, &mut mother).await?;
    reads::ministry_reads(&cast, &number, &mut mother, screen).await?;
    benefit::approve(&cast, &application, &mut mother, screen).await?;
    let paid = money::run(&cast, world, screen).await?;
    watch::inbox(world, &mother, screen).await?;

    reads::consent_story(&cast, world, &mut mother, screen).await?;
    reads::curiosity(&cast, &number, &mut mother, screen).await?;
    watch::complaint(&cast, world, &mut mother, screen).await?;
    if let Some(abroad) = &world.abroad {
        abroad::sign_in(&cast, world, abroad, &mut mother, screen).await?;
    }
    let reads = watch::tracker(world, &mother, screen).await?;
    let audit_rows = match world.witnessed {
        true => Some(watch::audit(&cast, screen).await?),
        false => None,
    };
    let tampered = world.witnessed && world.hands.is_some();
    if tampered {
        watch::tamper(&cast, world, screen).await?;
    }
    Ok(Told {
        accounts: operators::open_accounts(world).await?,
        reads_made: mother.reads,
        vid: mother.vid,
        totp_secret: mother.app.secret,
        browser: mother.browser,
        reads,
        case: application.number,
        audit_rows,
        tampered,
        paid: paid.paid,
        failed: paid.failed,
        sum_of_postings: paid.sum_of_postings,
    })
}

/// A new idempotency key.
fn key() -> String {
    Id::mint(&Clock::system(), &Rng::system()).to_string()
}
