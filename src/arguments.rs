//! Parses the command line and environment. Errors name both the flag and the variable.

use std::env;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory, Error, FromArgMatches, Parser, Subcommand};
use fairhold::access::keys_command::KeysTask;
use fairhold::config::Settings;

/// Shown in errors instead of a value that may be secret.
const REDACTED: &str = "***";

/// Inventory reservations that never oversell: reserve, confirm and cancel, on PostgreSQL.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Task>,

    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum Task {
    /// Run the server (the default)
    Serve,
    /// Migrate the database schema, then exit
    Migrate,
    /// Check every rule against the tables and the ledger; exit with 1 if one is broken, 2 if the
    /// audit could not run
    Audit,
    /// Print the database URL, for psql
    DatabaseUrl,
    /// Print the OpenAPI document
    Openapi,
    /// Create, list and revoke API keys
    #[command(subcommand)]
    Keys(KeysTask),
}

impl Cli {
    /// Exits the process after `--help`, `--version` or an error.
    pub(crate) fn parse_or_exit() -> Self {
        Self::try_parse_env().unwrap_or_else(|error| error.exit())
    }

    pub(crate) fn task(&self) -> Task {
        self.command.clone().unwrap_or(Task::Serve)
    }

    fn try_parse_env() -> Result<Self, Error> {
        let mut command = Self::command().mut_args(ignore_empty_variable);
        let matches = command
            .try_get_matches_from_mut(env::args_os())
            .map_err(improve_error)?;
        let cli = Self::from_arg_matches(&matches)?;
        match cli.settings.check() {
            Ok(()) => Ok(cli),
            Err(error) => Err(command.error(ErrorKind::ValueValidation, error)),
        }
    }
}

/// An empty variable counts as unset.
fn ignore_empty_variable(argument: Arg) -> Arg {
    let value = argument.get_env().and_then(env::var_os);
    if value.is_some_and(|value| value.is_empty()) {
        argument.env(Resettable::Reset)
    } else {
        argument
    }
}

/// Makes help show empty variables too, and errors name their variable.
fn improve_error(error: Error) -> Error {
    match error.kind() {
        ErrorKind::DisplayHelp => Cli::command().try_get_matches().err().unwrap_or(error),
        ErrorKind::InvalidUtf8 => invalid_utf8_error(Cli::command()).unwrap_or(error),
        _ => with_variable(error),
    }
}

/// Adds the environment variable where clap names only the flag, and redacts values that may be secret.
fn with_variable(mut error: Error) -> Error {
    let command = Cli::command();
    let named = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(shown)) => command.get_arguments().find_map(|argument| {
            let flag = format!("--{}", argument.get_long()?);
            let variable = argument.get_env()?.to_str()?;
            let is_it = shown.split(' ').next() == Some(flag.as_str());
            is_it.then(|| (argument, format!("{flag} ({variable})")))
        }),
        Some(_) | None => None,
    };
    if let Some((argument, named)) = named {
        error.insert(ContextKind::InvalidArg, ContextValue::String(named));
        if argument.is_hide_env_values_set() {
            let redacted = ContextValue::String(REDACTED.to_owned());
            error.insert(ContextKind::InvalidValue, redacted);
        }
    }
    error
}

/// The error for a variable that is not UTF-8, with its name.
fn invalid_utf8_error(mut command: Command) -> Option<Error> {
    let not_utf8 = |argument: &Arg| {
        let variable = argument.get_env()?;
        let flag = argument.get_long()?;
        env::var_os(variable)?
            .to_str()
            .is_none()
            .then(|| format!("--{flag} ({}) is not UTF-8", variable.display()))
    };
    let message = command.get_arguments().find_map(not_utf8)?;
    Some(command.error(ErrorKind::InvalidUtf8, message))
}
