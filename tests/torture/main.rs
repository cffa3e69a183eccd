//! Torture: clients at work while processes are killed and connections are cut, and then every rule
//! held against what they were told.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

mod arguments;
mod books;
mod client;
mod faults;
mod freeze;
mod load;
mod long_waitlist;
mod round;
mod site;
mod tally;

use std::process::ExitCode;
use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::StdRng;

use arguments::Arguments;
use site::Site;
use tally::{Tally, say};

fn main() -> ExitCode {
    let Some(arguments) = Arguments::read() else {
        return ExitCode::SUCCESS;
    };
    if torture(&arguments) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Whether every rule held.
#[tokio::main(worker_threads = 2)]
async fn torture(arguments: &Arguments) -> bool {
    let Arguments { seed, seconds, .. } = *arguments;
    say(&format!("torture with seed {seed}, for {seconds} s"));
    let mut random = StdRng::seed_from_u64(seed);
    let mut site = Site::open().await;
    let mut tally = Tally::default();
    let began = Instant::now();
    while tally.rounds == 0
        || began.elapsed().as_secs() < seconds
        || arguments.every_fault && tally.faults < faults::KINDS
    {
        round::play(&mut site, &mut random, arguments, &mut tally).await;
    }
    let report = site.close().await;
    if report.code != Some(0) {
        tally
            .breaches
            .push(format!("the last audit says:\n{}", report.out));
    }
    tally.ensure_enough();
    tally.tell(seed, arguments.back_within())
}
