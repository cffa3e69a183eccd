//! Both stores give the same answers for the same history, each on a clock that the test moves.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::slice::from_ref;
use std::thread::yield_now;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use redis::{Client, Connection, Script};

use super::cost::Bucket;
use super::gcra;
use super::memory_store::MemoryStore;
use super::model::{Decision, Limit, RateLimitKey};
use super::redis_connection::CHARGE;
use super::redis_store::call;

/// A third of the time in which a unit of `7/m` comes back. Redis expires keys by real time, which
/// must not pass as fast as the test's: the shortest debt is one step.
const STEP: u64 = 8_571_429 / 3;

/// A Redis of this test. Killed when dropped.
struct Redis {
    child: Child,
    folder: PathBuf,
}

impl Redis {
    fn start() -> Self {
        let name = format!("fairhold-limits-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--unixsocket", "socket"])
            .arg("--dir")
            .arg(&folder)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        let redis = Self { child, folder };
        while UnixStream::connect(redis.folder.join("socket")).is_err() {
            yield_now();
        }
        redis
    }

    fn connect(&self) -> Connection {
        let url = format!("redis+unix://{}", self.folder.join("socket").display());
        Client::open(url).unwrap().get_connection().unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

#[derive(Debug, Clone)]
enum Step {
    Charge(Vec<usize>, u32),
    Refund(usize, u32),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let keys = prop_oneof![
        Just(vec![0]),
        Just(vec![1]),
        Just(vec![0, 1]),
        Just(vec![1, 0])
    ];
    prop_oneof![
        4 => (keys, 1_u32..5).prop_map(|(keys, units)| Step::Charge(keys, units)),
        1 => (0_usize..2, 1_u32..5).prop_map(|(key, units)| Step::Refund(key, units)),
        2 => (0_u64..30).prop_map(Step::Pass),
    ]
}

fn keys(case: usize) -> [RateLimitKey; 2] {
    let subject = case.to_string();
    [
        RateLimitKey::new(
            Limit::User,
            Bucket::General,
            "7/m".parse().unwrap(),
            &subject,
        ),
        RateLimitKey::new(
            Limit::Address,
            Bucket::General,
            "7/m,20".parse().unwrap(),
            &subject,
        ),
    ]
}

/// Runs the script at `now`.
fn run(
    script: &Script,
    connection: &mut Connection,
    keys: &[RateLimitKey],
    units: i64,
    now: u64,
) -> (bool, Vec<u64>) {
    let mut call = call(script, keys, units);
    call.arg(now / 1_000_000).arg(now % 1_000_000);
    call.invoke(connection).unwrap()
}

#[test]
fn both_stores_give_the_same_answers_for_the_same_history() {
    let redis = Redis::start();
    let mut connection = redis.connect();
    let clock = "redis.call('TIME')";
    assert!(CHARGE.contains(clock));
    let script = Script::new(&CHARGE.replace(clock, "{ARGV[#ARGV - 1], ARGV[#ARGV]}"));
    let mut case = 0;
    let mut apply = |history: Vec<Step>| {
        let memory = MemoryStore::new();
        let all = keys(case);
        case += 1;
        let mut now = 1_796_000_000_123_457;
        for step in history {
            match step {
                Step::Charge(indexes, units) => {
                    let keys: Vec<_> = indexes.iter().map(|index| all[*index].clone()).collect();
                    let (allowed, debts) = run(&script, &mut connection, &keys, units.into(), now);
                    let decide = |(key, debt): (_, &u64)| gcra::decide(key, *debt, units, allowed);
                    let in_redis: Vec<Decision> = keys.iter().zip(&debts).map(decide).collect();
                    assert_eq!(memory.charge(&keys, units, now), in_redis);
                }
                Step::Refund(index, units) => {
                    let key = &all[index];
                    memory.refund(key, units);
                    run(
                        &script,
                        &mut connection,
                        from_ref(key),
                        -i64::from(units),
                        now,
                    );
                }
                Step::Pass(steps) => now += steps * STEP,
            }
        }
    };
    let histories = prop::collection::vec(step(), 1..60);
    let cell = std::cell::RefCell::new(&mut apply);
    let outcome = TestRunner::default().run(&histories, |history| {
        (cell.borrow_mut())(history);
        Ok(())
    });
    outcome.unwrap();
}
