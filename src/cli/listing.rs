//! Prints lists: columns for people, JSON for programs.

use std::io::Write;

use serde::Serialize;

/// A column: its heading, and the text of its cells.
pub type TableColumn<T> = (&'static str, fn(&T) -> String);

/// Prints `rows` in columns, or as one JSON array with `--json`.
///
/// # Errors
/// When standard output is closed.
pub fn print<T: Serialize>(rows: &[T], columns: &[TableColumn<T>], json: bool) -> anyhow::Result<()> {
    let text = if json { format!("{}\n", serde_json::to_string_pretty(rows)?) } else { table(rows, columns) };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn table<T>(rows: &[T], columns: &[TableColumn<T>]) -> String {
    let head = columns.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> =
        std::iter::once(head).chain(rows.iter().map(|row| columns.iter().map(|(_, cell)| cell(row)).collect())).collect();
    let widths: Vec<usize> = (0..columns.len()).map(|at| lines.iter().map(|line| width(&line[at])).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for line in lines {
        for (cell, wanted) in line.iter().zip(&widths) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', wanted - width(cell) + 2));
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text
}

/// The number of terminal cells of a text: Chinese characters and full-width forms have two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}') { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_chinese_in_them() {
        let rows = [("zhang", "张建国"), ("li", "李 A")];
        let columns: [TableColumn<(&str, &str)>; 2] = [("login", |row| row.0.to_owned()), ("name", |row| format!("{}|", row.1))];
        assert_eq!(table(&rows, &columns), "login  name\nzhang  张建国|\nli     李 A|\n");
        let swapped: [TableColumn<(&str, &str)>; 2] = [("name", |row| row.1.to_owned()), ("login", |row| row.0.to_owned())];
        assert_eq!(table(&rows, &swapped), "name    login\n张建国  zhang\n李 A    li\n");
    }
}
