//! Which SKU each shopper wants: uniform, or by Zipf's law.

use std::sync::Arc;

use crate::requests::Requests;

/// SKUs and the demand for each.
pub(crate) struct Demand {
    pub(crate) skus: Vec<String>,
    /// Cumulative share of the shoppers for this SKU and those before it.
    shares: Vec<f64>,
}

impl Demand {
    /// `count` SKUs. The demand for the n-th is n^-`skew` of that for the first.
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

    /// Reservations of one unit, each by a different user.
    pub(crate) fn reserves(self) -> Arc<Requests> {
        self.reserves_for(|number| number)
    }

    /// Reservations of one unit, by the users with these numbers.
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

/// A pseudorandom number from 0 to 1, determined by `number` (the mixer of `SplitMix64`).
pub(crate) fn fraction(number: u64) -> f64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let high = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(u32::MAX);
    f64::from(high) / f64::from(u32::MAX)
}
