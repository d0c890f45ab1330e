//! Figures of statistics, pure.

/// Two quantiles: half of the values are at most the median, nine tenths at most the other (nearest rank).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantiles {
    /// The number of values.
    pub count: usize,
    /// The median.
    pub median: i32,
    /// The ninth decile.
    pub p90: i32,
}

impl Quantiles {
    /// Computes those of these values; `None` without values.
    #[must_use]
    pub fn of(mut values: Vec<i32>) -> Option<Self> {
        values.sort_unstable();
        let rank = |tenths: usize| values.get((values.len() * tenths).div_ceil(10).saturating_sub(1)).copied();
        Some(Self { count: values.len(), median: rank(5)?, p90: rank(9)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_there_are() {
        assert_eq!(Quantiles::of(Vec::new()), None);
        assert_eq!(Quantiles::of(vec![4]), Some(Quantiles { count: 1, median: 4, p90: 4 }));
        assert_eq!(Quantiles::of((1..=10).rev().collect()), Some(Quantiles { count: 10, median: 5, p90: 9 }));
        assert_eq!(Quantiles::of(vec![1, 2, 100]), Some(Quantiles { count: 3, median: 2, p90: 100 }));
    }
}
