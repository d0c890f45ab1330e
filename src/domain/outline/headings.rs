//! Headings that name a part of a manuscript, in simplified and traditional characters, and lines that lead in to the suggestions.

use super::marks::mark;

/// The parts, in the order in which a manuscript has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Situation,
    Causes,
    Suggestions,
}

/// What a line says of the lines below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A heading: it names the part and nothing else, so it goes.
    Heading(Section),
    /// A line that leads in to a part in words of its own: the part follows, and the line stays.
    LeadIn(Section),
    /// Anything else.
    Plain,
}

/// A heading without a colon is no longer than this, in characters; one with a colon may be a little longer.
const SHORT: usize = 12;
const WITH_COLON: usize = 16;
/// A sentence that leads in.
const SENTENCE: usize = 60;
const SITUATIONS: [&str; 24] = [
    "情况问题",
    "情况和问题",
    "情况与问题",
    "情况及问题",
    "现状",
    "情况",
    "背景",
    "问题",
    "困难",
    "基本情况",
    "基本现状",
    "情况说明",
    "调研情况",
    "调研背景",
    "主要问题",
    "存在问题",
    "存在的问题",
    "存在的主要问题",
    "存在的困难",
    "主要困难",
    "现状和问题",
    "现状与问题",
    "现状及问题",
    "情况反映",
];
/// What may stand before the name of a part in a heading; any other word is the author's own.
const BEFORE: [&str; 40] = [
    "主要", "存在", "问题", "造成", "产生", "形成", "导致", "上述", "以上", "以下", "如下", "这一", "这些", "几个", "几点", "几条", "究其",
    "其", "的", "和", "与", "及", "情况", "现状", "困难", "对策", "意见", "具体", "工作", "为此", "对此", "因此", "特此", "特", "提出",
    "现", "解决", "改进", "相关", "有关",
];
const CAUSES: [&str; 4] = ["原因", "成因", "原因分析", "成因分析"];
const SUGGESTIONS: [&str; 8] = ["建议", "对策", "建议如下", "对策如下", "建议措施", "对策措施", "建议和措施", "对策和建议"];
/// The traditional characters that such headings are written with.
const TRADITIONAL: [(char, char); 19] = [
    ('議', '议'),
    ('對', '对'),
    ('況', '况'),
    ('問', '问'),
    ('題', '题'),
    ('現', '现'),
    ('狀', '状'),
    ('說', '说'),
    ('調', '调'),
    ('難', '难'),
    ('與', '与'),
    ('點', '点'),
    ('幾', '几'),
    ('條', '条'),
    ('個', '个'),
    ('見', '见'),
    ('關', '关'),
    ('於', '于'),
    ('標', '标'),
];
const COLONS: [char; 2] = ['：', ':'];

/// The characters of headings in their simplified form, one for one.
pub(super) fn simplified(text: &str) -> String {
    text.chars().map(|c| TRADITIONAL.iter().find(|(old, _)| *old == c).map_or(c, |(_, new)| *new)).collect()
}

/// Reads a line. What is not surely a heading is none: it would be lost.
pub(super) fn read(line: &str) -> Line {
    let line = simplified(line);
    let has_colon = line.ends_with(COLONS);
    let words = mark(&line).map_or(line.as_str(), |mark| &line[mark.length..]);
    let words = words.trim_matches(['【', '】', '：', ':', '#', '*', ' ', '\u{a0}', '\u{3000}']);
    let length = words.chars().count();
    if words.is_empty() || words.starts_with("关于") || words.contains(['。', '；', ';', '！', '？', '\n']) {
        return Line::Plain;
    }
    let is_numbered = words.len() < line.trim_matches(['：', ':', ' ']).len();
    let is_name = !words.contains(['，', ',', '“', '”']) && length <= if has_colon { WITH_COLON } else { SHORT };
    let named = |some: &[&str]| some.iter().any(|name| words.strip_suffix(name).is_some_and(is_before));
    let ends = |some: &[&str]| some.iter().any(|name| words.ends_with(name));
    if is_name && named(&SUGGESTIONS) {
        Line::Heading(Section::Suggestions)
    } else if is_name && named(&CAUSES) {
        Line::Heading(Section::Causes)
    } else if is_name && SITUATIONS.contains(&words) {
        Line::Heading(Section::Situation)
    } else if is_name && (is_numbered || has_colon) && ends(&CAUSES) {
        Line::LeadIn(Section::Causes)
    } else if (is_name && is_numbered && ends(&SUGGESTIONS))
        || (has_colon && length <= SENTENCE && (words.contains("建议") || words.contains("对策")))
    {
        Line::LeadIn(Section::Suggestions)
    } else {
        Line::Plain
    }
}

/// Whether these are only words that stand before the name of a part.
fn is_before(words: &str) -> bool {
    words.is_empty() || BEFORE.iter().any(|word| words.strip_prefix(word).is_some_and(is_before))
}

/// The length in bytes of a heading of the suggestions with which a line begins, with its colon: 建议：一是…；二是….
pub(super) fn inline(line: &str) -> Option<usize> {
    let end = line.find(COLONS)?;
    let behind = end + line[end..].chars().next()?.len_utf8();
    (read(&line[..behind]) == Line::Heading(Section::Suggestions)).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_both_scripts_and_sentences_are_none() {
        let of = |section| Line::Heading(section);
        for (text, expected) in [
            ("建議", of(Section::Suggestions)),
            ("三、對策建議：", of(Section::Suggestions)),
            ("为此建议：", of(Section::Suggestions)),
            ("【建议】", of(Section::Suggestions)),
            ("存在的主要原因：", of(Section::Causes)),
            ("造成上述问题的几个主要原因：", of(Section::Causes)),
            ("（二）原因分析", of(Section::Causes)),
            ("一、基本情況", of(Section::Situation)),
            ("問題", of(Section::Situation)),
            ("针对上述情况，提出如下建议：", Line::LeadIn(Section::Suggestions)),
            ("建议县里做好以下几件事：", Line::LeadIn(Section::Suggestions)),
            ("我们建议：", Line::LeadIn(Section::Suggestions)),
            ("三、对停车的几点建议", Line::LeadIn(Section::Suggestions)),
            ("二、停车难的原因", Line::LeadIn(Section::Causes)),
            ("我们的建议", Line::Plain),
            ("关于停车的建议", Line::Plain),
            ("建议规范管理，标准不统一是当前难点。", Line::Plain),
            ("我们去年提过建议。", Line::Plain),
            ("建议", of(Section::Suggestions)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(inline("建议：一是划线；二是收摊。"), Some("建议：".len()));
        assert_eq!(inline("我们建议，县里：一是划线"), None);
    }
}
