//! The command line and the environment, read; what can't be is refused by its names.

use std::env;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory, Error, FromArgMatches, Parser, Subcommand};
use fairhold::access::keys_command::KeysTask;
use fairhold::config::Settings;

/// What an error shows in place of a value that may be secret.
const BLOT: &str = "***";

/// Inventory reservations that never oversell: reserve, confirm, cancel, on PostgreSQL.
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
    /// Serve until told to stop (the default)
    Serve,
    /// Bring the schema up to date and end
    Migrate,
    /// Prove the rules from the books; exit 1 when one is broken, 2 when they could not be audited
    Audit,
    /// Print the URL of the database, for psql
    DatabaseUrl,
    /// Print the OpenAPI document of the HTTP API
    Openapi,
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Keys(KeysTask),
}

impl Cli {
    /// Ends the process where help was asked for, or something can't be.
    pub(crate) fn read() -> Self {
        Self::try_read().unwrap_or_else(|error| error.exit())
    }

    pub(crate) fn task(&self) -> Task {
        self.command.clone().unwrap_or(Task::Serve)
    }

    fn try_read() -> Result<Self, Error> {
        let mut command = Self::command().mut_args(without_empty_variable);
        let matches = command
            .try_get_matches_from_mut(env::args_os())
            .map_err(with_names)?;
        let cli = Self::from_arg_matches(&matches)?;
        match cli.settings.check() {
            Ok(()) => Ok(cli),
            Err(error) => Err(command.error(ErrorKind::ValueValidation, error)),
        }
    }
}

/// A variable that is empty counts as unset.
fn without_empty_variable(argument: Arg) -> Arg {
    let value = argument.get_env().and_then(env::var_os);
    if value.is_some_and(|value| value.is_empty()) {
        argument.env(Resettable::Reset)
    } else {
        argument
    }
}

/// Help shows the variables that are empty, too; an error names its variable.
fn with_names(error: Error) -> Error {
    match error.kind() {
        ErrorKind::DisplayHelp => Cli::command().try_get_matches().err().unwrap_or(error),
        ErrorKind::InvalidUtf8 => without_text(Cli::command()).unwrap_or(error),
        _ => with_variable(error),
    }
}

/// Names the environment variable where clap names only the flag, and blots out what may be secret.
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
            let blot = ContextValue::String(BLOT.to_owned());
            error.insert(ContextKind::InvalidValue, blot);
        }
    }
    error
}

/// The error of a variable whose value is no text.
fn without_text(mut command: Command) -> Option<Error> {
    let no_text = |argument: &Arg| {
        let variable = argument.get_env()?;
        let flag = argument.get_long()?;
        env::var_os(variable)?
            .to_str()
            .is_none()
            .then(|| format!("--{flag} ({}) is not UTF-8", variable.display()))
    };
    let message = command.get_arguments().find_map(no_text)?;
    Some(command.error(ErrorKind::InvalidUtf8, message))
}
