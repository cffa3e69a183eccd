//! Which SKU a shopper wants: evenly, or by the law of Zipf.

use std::sync::Arc;

use crate::line::Requests;

/// SKUs, and how much they are sought.
pub(crate) struct Crowd {
    pub(crate) skus: Vec<String>,
    /// The share of the shoppers that want this SKU or one before it.
    shares: Vec<f64>,
}

impl Crowd {
    /// `count` SKUs, the n-th of which is sought n^-`skew` times as much as the first.
    pub(crate) fn new(prefix: &str, count: u32, skew: f64) -> Self {
        let mut sum = 0.0;
        let mut shares: Vec<_> = (1..=count)
            .map(|rank| {
                sum += f64::from(rank).powf(-skew);
                sum
            })
            .collect();
        for share in &mut shares {
            *share /= sum;
        }
        Self {
            skus: (1..=count).map(|rank| format!("{prefix}-{rank}")).collect(),
            shares,
        }
    }

    /// Reservations of one unit each, every one by another user.
    pub(crate) fn reserves(self) -> Arc<Requests> {
        self.reserves_for(|number| number)
    }

    /// The same, for the users with these numbers.
    pub(crate) fn reserves_for(self, user: fn(u64) -> u64) -> Arc<Requests> {
        Requests::new("/inventory/reserve", move |number| {
            let draw = fraction(number);
            let rank = self.shares.partition_point(|&share| share < draw);
            let sku = &self.skus[rank.min(self.skus.len() - 1)];
            let user = user(number);
            format!("{{\"sku\":\"{sku}\",\"user_id\":\"{sku}-{user}\",\"quantity\":1}}")
        })
    }
}

/// A number that looks random, from 0 to 1; the same for the same number (the mix of `SplitMix64`).
pub(crate) fn fraction(number: u64) -> f64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let high = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(u32::MAX);
    f64::from(high) / f64::from(u32::MAX)
}
