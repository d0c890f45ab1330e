//! Names and date under a text: whoever wrote it, and when. They belong to no suggestion.

use super::headings::{Line, read};
use super::marks::mark;

/// A line with a name or an organisation is no longer than this, in characters.
const NAME: usize = 24;
/// So many lines of names may stand above the date.
const NAMES: usize = 3;
/// Words before a colon that name who wrote, or how to reach them.
const LABELS: [&str; 14] =
    ["作者", "建言人", "提案人", "提交人", "撰稿人", "署名", "单位", "作者单位", "工作单位", "联系人", "联系电话", "电话", "手机", "日期"];

/// Takes names and date off the end of a text; something always remains.
pub(super) fn take<'a>(lines: &mut Vec<&'a str>) -> Vec<&'a str> {
    let mut first = lines.len();
    while first > 1 && (is_date(lines[first - 1]) || is_labelled(lines[first - 1])) {
        first -= 1;
    }
    if lines[first..].iter().any(|line| is_date(line)) {
        let most = first.saturating_sub(NAMES).max(1);
        while first > most && is_name(lines[first - 1]) && ends_sentence(lines, first) {
            first -= 1;
        }
    }
    lines.split_off(first)
}

/// Whether a line of names can stand here: above it a sentence ends, or another line of names stands.
fn ends_sentence(lines: &[&str], at: usize) -> bool {
    lines[..at - 1].iter().rev().take(NAMES).any(|line| line.ends_with(['。', '！', '？', '；', '.', '”', '）']))
}

fn is_name(line: &str) -> bool {
    let is_mark = |c: char| "。；;，,！!？?：:".contains(c);
    line.chars().count() <= NAME && !line.contains(is_mark) && mark(line).is_none() && read(line) == Line::Plain
}

fn is_labelled(line: &str) -> bool {
    line.split_once(['：', ':']).is_some_and(|(label, rest)| LABELS.contains(&label.trim()) && rest.chars().count() <= NAME)
}

/// 2026年11月3日, 2026.11.3, 2026-11-03, 二〇二六年十一月三日, with or without a full stop and digits of any width.
fn is_date(line: &str) -> bool {
    let line = line.trim_end_matches(['。', '.']).trim_matches(['（', '）', '(', ')']);
    let is_figure = |c: char| super::marks::is_digit(c) || "〇○零一二三四五六七八九十".contains(c);
    let parts: Vec<&str> =
        line.split(|c: char| !is_figure(c) && !c.is_whitespace()).map(str::trim).filter(|part| !part.is_empty()).collect();
    let signs: String = line.chars().filter(|c| !is_figure(*c) && !c.is_whitespace()).collect();
    let shapes = ["年月日", "年月", "..", "．．", "--", "//", "年月号"];
    shapes.contains(&signs.as_str())
        && (2..=3).contains(&parts.len())
        && parts.first().is_some_and(|year| year.chars().count() == 4)
        && parts.iter().skip(1).all(|part| (1..=3).contains(&part.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_date_are_taken_off_and_sentences_are_not() {
        let taken = |text: &str| {
            let mut lines: Vec<&str> = text.split('\n').collect();
            let tail = take(&mut lines).join("|");
            (lines.len(), tail)
        };
        assert_eq!(taken("多建。\n民盟县总支 周敏\n2026年11月3日"), (1, "民盟县总支 周敏|2026年11月3日".into()));
        assert_eq!(taken("多建。\n民盟县总支\n周敏\n二〇二六年十一月三日"), (1, "民盟县总支|周敏|二〇二六年十一月三日".into()));
        assert_eq!(taken("多建。\n作者：周敏\n联系电话：13800138000"), (1, "作者：周敏|联系电话：13800138000".into()));
        assert_eq!(taken("多建。\n由县住建局牵头。\n２０２６．１１．３"), (2, "２０２６．１１．３".into()));
        assert_eq!(taken("2026年11月3日"), (1, String::new()));
        assert_eq!(taken("多建。\n县里2026年11月3日开会。"), (2, String::new()));
        assert_eq!(taken("甲\n乙\n2026年11月"), (2, "2026年11月".into()), "no sentence ends above");
    }
}
