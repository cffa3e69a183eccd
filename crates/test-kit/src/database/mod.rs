//! Databases for tests: each test has its own, on a PostgreSQL server that the whole run shares.
//!
//! The first test that needs a database starts a [`keeper`] process, which owns the server. Every
//! test process holds a file lock while it lives; after the last one has ended, the keeper stops
//! the server and removes its folder. The schema is migrated once, into a template that is cloned.

mod keeper;
mod programs;
mod run;
mod sql;
mod template;
mod test_database;

pub use self::keeper::keep_the_server;
pub use self::programs::{embedded_options, postgres_programs};
pub use self::test_database::TestDatabase;
