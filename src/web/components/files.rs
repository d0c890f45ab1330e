//! How pages show files.

/// The size of a file in readable units.
#[must_use]
pub fn size(bytes: i64) -> String {
    if bytes < 1_048_576 {
        format!("{} KB", (bytes / 1024).max(1))
    } else {
        format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576)
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_has_one_figure_behind_the_point() {
        assert_eq!([0, 2048, 1_048_576, 5_400_000].map(size), ["1 KB", "2 KB", "1.0 MB", "5.1 MB"]);
    }
}
