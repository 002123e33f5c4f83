//! `msingi doctor`: looks at everything an installation needs and says what to do.

use super::{Failure, say};
use crate::boot;
use crate::country::Country;
use kernel::config::Config;
use kernel::serve::bind;

pub async fn run(config: Config) -> Result<(), Failure> {
    let mut checks = Checks::default();
    checks.note("configuration", config.validate().map(|()| config.installation.name.clone()));
    checks.note("country pack", Country::load(&config.country).map(|country| country.instance));
    checks.note(
        "keys",
        boot::place(&config).map(|place| format!("{} keys", place.keys.list().len())),
    );
    for (key, address) in
        [("listen.public", config.listen.public), ("listen.wire", config.listen.wire)]
    {
        checks.note(key, bind(key, address).await.map(|_| format!("{address} is free")));
    }
    mandates(&config);
    databases(&config, &mut checks).await;
    checks.verdict()
}

/// Names the members that run a block here and have no mandate: whoever asks them under which law they
/// act gets no answer.
fn mandates(config: &Config) {
    let Ok(country) = Country::load(&config.country) else { return };
    for member in country.hosted_by(&config.installation.name) {
        let own = country.subsystems.iter().filter(|entry| entry.id.member() == member.id);
        let runs: Vec<&str> = own.filter_map(|entry| entry.block.as_deref()).collect();
        if !runs.is_empty() && member.mandate.is_none() {
            let (member, runs) = (&member.id, runs.join(", "));
            say(format!(
                "  warn mandate: {member} runs {runs} and has none; set `mandate` in the country pack, or leave it to be named as one without"
            ));
        }
    }
}

/// Each database is opened as the installation would, and its events that wait or were given up on are counted.
async fn databases(config: &Config, checks: &mut Checks) {
    let (Ok(place), Ok(databases)) = (boot::place(config), boot::databases(config)) else { return };
    for (block, migrations) in databases {
        let opened = place.ctx(block, migrations, "doctor").await;
        let Ok(ctx) = opened else {
            checks.note(block, opened.map(|_| String::new()));
            continue;
        };
        let dead = kernel::outbox::dead_letters(&ctx.db).await;
        checks.note(
            &format!("{block} database"),
            Ok::<_, std::convert::Infallible>(ctx.db.engine().to_owned()),
        );
        match dead {
            Ok(dead) if dead.is_empty() => {}
            Ok(dead) => checks.bad(
                &format!("{block} events"),
                &format!(
                    "{} could not be delivered: the first said `{}`",
                    dead.len(),
                    dead[0].last_error
                ),
            ),
            Err(error) => checks.bad(&format!("{block} events"), &error.to_string()),
        }
    }
}

#[derive(Default)]
struct Checks {
    bad: usize,
}

impl Checks {
    fn note(&mut self, name: &str, outcome: Result<String, impl std::fmt::Display>) {
        match outcome {
            Ok(text) => say(format!("  ok   {name}: {text}")),
            Err(error) => self.bad(name, &error.to_string()),
        }
    }

    fn bad(&mut self, name: &str, text: &str) {
        self.bad += 1;
        say(format!("  BAD  {name}: {text}"));
    }

    fn verdict(self) -> Result<(), Failure> {
        match self.bad {
            0 => Ok(()),
            one_or_more => {
                Err(format!("{one_or_more} of the checks failed; each says what to do").into())
            }
        }
    }
}
