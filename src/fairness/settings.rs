//! Settings of the fairness tiers.

use clap::Args;
use thiserror::Error;

use super::Policy;

const SECONDS_OF_A_DAY: f64 = 86_400.0;

/// Tier thresholds, and the hold time of each tier.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Fairness")]
#[group(id = "fairness")]
pub struct FairnessSettings {
    /// Minimum score of the full tier, 0.01 to 1
    #[arg(long = "fairness-full-threshold", env = "FAIRHOLD_FAIRNESS_FULL_THRESHOLD", global = true, value_name = "SCORE",
          default_value_t = 0.7, value_parser = share)]
    full_threshold: f64,

    /// Minimum score of the reduced tier, 0.01 to 1; users below it are in the minimal tier
    #[arg(long = "fairness-reduced-threshold", env = "FAIRHOLD_FAIRNESS_REDUCED_THRESHOLD", global = true, value_name = "SCORE",
          default_value_t = 0.4, value_parser = share)]
    reduced_threshold: f64,

    /// Share of the hold time in the reduced tier, 0.01 to 1
    #[arg(long = "fairness-reduced-share", env = "FAIRHOLD_FAIRNESS_REDUCED_SHARE", global = true, value_name = "SHARE",
          default_value_t = 0.6, value_parser = share)]
    reduced_share: f64,

    /// Share of the hold time in the minimal tier, 0.01 to 1
    #[arg(long = "fairness-minimal-share", env = "FAIRHOLD_FAIRNESS_MINIMAL_SHARE", global = true, value_name = "SHARE",
          default_value_t = 0.2, value_parser = share)]
    minimal_share: f64,

    /// Days after which a past outcome counts half, 0.01 to 3650
    #[arg(long = "fairness-half-life-days", env = "FAIRHOLD_FAIRNESS_HALF_LIFE_DAYS", global = true, value_name = "DAYS",
          default_value_t = 7.0, value_parser = days)]
    half_life_days: f64,

    /// Hold time factor for reservations promoted from the waitlist, 1 to 10
    #[arg(long = "fairness-promotion-factor", env = "FAIRHOLD_FAIRNESS_PROMOTION_FACTOR", global = true, value_name = "FACTOR",
          default_value_t = 2.0, value_parser = factor)]
    promotion_factor: f64,
}

/// Conflicting settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FairnessSettingsError {
    #[error(
        "--fairness-reduced-threshold (FAIRHOLD_FAIRNESS_REDUCED_THRESHOLD) must not be above --fairness-full-threshold (FAIRHOLD_FAIRNESS_FULL_THRESHOLD)"
    )]
    Thresholds,
}

impl FairnessSettings {
    /// Checks combinations of settings.
    ///
    /// # Errors
    /// The message names the settings.
    pub fn check(&self) -> Result<(), FairnessSettingsError> {
        if self.reduced_threshold > self.full_threshold {
            return Err(FairnessSettingsError::Thresholds);
        }
        Ok(())
    }

    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy {
            full_threshold: self.full_threshold,
            reduced_threshold: self.reduced_threshold,
            reduced_share: self.reduced_share,
            minimal_share: self.minimal_share,
            half_life_seconds: self.half_life_days * SECONDS_OF_A_DAY,
            promotion_factor: self.promotion_factor,
        }
    }
}

fn number_in(text: &str, least: f64, most: f64) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("must be a number from {least} to {most}"))
}

fn share(text: &str) -> Result<f64, String> {
    number_in(text, 0.01, 1.0)
}

fn days(text: &str) -> Result<f64, String> {
    number_in(text, 0.01, 3650.0)
}

fn factor(text: &str) -> Result<f64, String> {
    number_in(text, 1.0, 10.0)
}
