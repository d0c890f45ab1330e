//! Headings that name a part of a manuscript, in simplified and traditional characters, and lines that introduce the suggestions.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::marks::mark;

/// The parts, in the order of a manuscript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HeadingSection {
    Situation,
    Causes,
    Suggestions,
}

/// The meaning of a line for the following lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadingLine {
    /// A heading: it only names the part, so it is removed.
    Heading(HeadingSection),
    /// A line that introduces a part in its own words: the part follows, and the line is preserved.
    LeadIn(HeadingSection),
    /// Anything else.
    Plain,
}

/// The largest number of characters of a heading without a colon; one with a colon may be a little longer.
const SHORT: usize = 12;
const WITH_COLON: usize = 16;
/// The largest number of characters of an introducing sentence.
const SENTENCE: usize = 60;
/// The largest number of characters of any heading or introducing sentence with its marks.
const LONGEST: usize = 90;
/// The characters around a heading: brackets, marks of Markdown, white space.
const WRAPPING: [char; 8] = ['【', '】', '#', '*', '_', ' ', '\u{a0}', '\u{3000}'];
const SITUATIONS: [&str; 53] = [
    "情况问题",
    "情况和问题",
    "情况与问题",
    "情况及问题",
    "现状",
    "情况",
    "背景",
    "问题",
    "困难",
    "案由",
    "基本情况",
    "基本现状",
    "情况说明",
    "情况介绍",
    "情况反映",
    "调研情况",
    "调研背景",
    "背景情况",
    "主要情况",
    "目前情况",
    "当前情况",
    "主要问题",
    "突出问题",
    "存在问题",
    "存在的问题",
    "存在的主要问题",
    "存在的突出问题",
    "目前存在的问题",
    "当前存在的问题",
    "存在的困难",
    "主要困难",
    "问题和困难",
    "问题与困难",
    "问题及困难",
    "困难和问题",
    "困难与问题",
    "困难及问题",
    "主要问题和困难",
    "存在的问题和困难",
    "存在的困难和问题",
    "现状问题",
    "问题现状",
    "现状和问题",
    "现状与问题",
    "现状及问题",
    "现状分析",
    "问题分析",
    "现状和存在问题",
    "现状和存在的问题",
    "现状及存在问题",
    "现状及存在的问题",
    "现状与存在问题",
    "现状与存在的问题",
];
/// Words that may precede the name of a part in a heading; any other word is the author's own.
const BEFORE: [&str; 41] = [
    "主要", "存在", "问题", "造成", "产生", "形成", "导致", "上述", "以上", "以下", "如下", "这一", "这些", "几个", "几点", "几条", "究其",
    "其", "的", "和", "与", "及", "情况", "现状", "困难", "对策", "意见", "具体", "工作", "为此", "对此", "因此", "特此", "特", "提出",
    "现", "解决", "改进", "相关", "有关", "为",
];
const CAUSES: [&str; 4] = ["原因", "成因", "原因分析", "成因分析"];
const SUGGESTIONS: [&str; 15] = [
    "建议",
    "对策",
    "建议如下",
    "对策如下",
    "建议措施",
    "对策措施",
    "建议和措施",
    "建议与措施",
    "建议及措施",
    "对策和建议",
    "对策与建议",
    "对策及建议",
    "建议和对策",
    "建议与对策",
    "建议及对策",
];
/// Words for problems, and words that introduce measures.
const WRONGS: [&str; 12] = ["问题", "困难", "原因", "成因", "不足", "矛盾", "短板", "隐患", "弊端", "表现", "现状", "情况"];
const REMEDIES: [&str; 10] = ["建议", "对策", "措施", "办法", "解决", "改进", "整改", "应", "请", "希望"];
/// Words that announce a list.
const ANNOUNCING: [&str; 9] = ["以下", "如下", "下列", "主要有", "表现", "存在", "几个", "几点", "几方面"];
/// The traditional characters in headings and signatures, each before its simplified form.
const TRADITIONAL: &str = "議议對对況况問问題题現现狀状說说調调難难與与點点幾几條条個个見见關关於于標标體体發发產产導导決决進进實实為为爲为這这\
    應应當当隱隐係系開开綜综總总結结標标準准機机單单聯联繫系絡络話话電电執执筆笔報报職职務务時时間间際际禮礼縣县區区鄉乡鎮镇黨党協协會会\
    學学醫医師师處处廳厅辦办團团銀银廠厂業业員员員员農农僑侨臺台國国華华張张劉刘陳陈楊杨黃黄趙赵吳吴孫孙馬马鄭郑謝谢許许韓韩馮冯鄧邓蕭萧\
    蔣蒋葉叶蘇苏呂吕盧卢鍾钟譚谭陸陆範范賈贾韋韦鄒邹龍龙賀贺顧顾龔龚萬万錢钱嚴严湯汤溫温齊齐喬乔龐庞顏颜莊庄聶聂魯鲁歐欧蘭兰紀纪畢毕\
    單单駱骆藍蓝羅罗責责權权補补類类級级專专題题優优設设規规劃划統统計计達达認认識识證证讀读護护變变過过還还運运連连選选邊边長长門门陽阳";
const COLONS: [char; 2] = ['：', ':'];

/// Returns the characters of headings in their simplified form, one for one.
pub(super) fn simplified(text: &str) -> String {
    static TABLE: LazyLock<HashMap<char, char>> =
        LazyLock::new(|| TRADITIONAL.chars().step_by(2).zip(TRADITIONAL.chars().skip(1).step_by(2)).collect());
    text.chars().map(|c| TABLE.get(&c).copied().unwrap_or(c)).collect()
}

/// Classifies a line. A line that is not certainly a heading is treated as text, because a heading is removed.
pub(super) fn read(line: &str) -> HeadingLine {
    if line.chars().nth(LONGEST).is_some() {
        return HeadingLine::Plain;
    }
    let line = simplified(line);
    let inner = line.trim_matches(WRAPPING);
    let has_colon = inner.ends_with(COLONS) || line.ends_with(COLONS);
    let mark = mark(inner);
    let words = mark.map_or(inner, |mark| &inner[mark.length..]).trim_matches(WRAPPING).trim_matches(COLONS).trim_matches(WRAPPING);
    let length = words.chars().count();
    if words.is_empty() || words.starts_with("关于") || words.contains(['。', '；', ';', '！', '？', '\n']) {
        return HeadingLine::Plain;
    }
    let is_numbered = mark.is_some() || inner.len() < line.trim().len();
    let is_name = !words.contains(['，', ',', '“', '”']) && length <= if has_colon { WITH_COLON } else { SHORT };
    let named = |some: &[&str]| some.iter().any(|name| words.strip_suffix(name).is_some_and(is_before));
    let ends = |some: &[&str]| some.iter().any(|name| words.ends_with(name));
    if is_name && named(&SUGGESTIONS) {
        HeadingLine::Heading(HeadingSection::Suggestions)
    } else if is_name && named(&CAUSES) {
        HeadingLine::Heading(HeadingSection::Causes)
    } else if is_name && SITUATIONS.contains(&words) {
        HeadingLine::Heading(HeadingSection::Situation)
    } else if is_name && (is_numbered || has_colon) && ends(&CAUSES) {
        HeadingLine::LeadIn(HeadingSection::Causes)
    } else if (is_name && is_numbered && ends(&SUGGESTIONS))
        || (has_colon && length <= SENTENCE && (words.contains("建议") || words.contains("对策")))
    {
        HeadingLine::LeadIn(HeadingSection::Suggestions)
    } else {
        HeadingLine::Plain
    }
}

/// Returns whether these are only words that precede the name of a part.
fn is_before(words: &str) -> bool {
    words.is_empty() || BEFORE.iter().any(|word| words.strip_prefix(word).is_some_and(is_before))
}

/// Returns whether a line announces problems: the list below it is not a list of suggestions.
pub(super) fn announces_problems(line: &str) -> bool {
    let line = simplified(line);
    let has_colon = line.ends_with(COLONS);
    let line = line.trim_end_matches(['：', ':', '。', '.']);
    let clause = line.rsplit(['，', ',', '。', '；', '：', ':']).next().unwrap_or(line);
    let holds = |words: &[&str]| words.iter().any(|word| clause.contains(word));
    holds(&WRONGS) && !holds(&REMEDIES) && (has_colon || holds(&ANNOUNCING))
}

/// Returns the length in bytes of a heading of the suggestions, with its colon, at the beginning of a line: 建议：一是…；二是….
pub(super) fn inline(line: &str) -> Option<usize> {
    let end = line.find(COLONS)?;
    let behind = end + line[end..].chars().next()?.len_utf8();
    (read(&line[..behind]) == HeadingLine::Heading(HeadingSection::Suggestions)).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_both_scripts_and_sentences_are_none() {
        let of = |section| HeadingLine::Heading(section);
        for (text, expected) in [
            ("建議", of(HeadingSection::Suggestions)),
            ("三、對策建議：", of(HeadingSection::Suggestions)),
            ("为此建议：", of(HeadingSection::Suggestions)),
            ("【建议】", of(HeadingSection::Suggestions)),
            ("存在的主要原因：", of(HeadingSection::Causes)),
            ("造成上述问题的几个主要原因：", of(HeadingSection::Causes)),
            ("（二）原因分析", of(HeadingSection::Causes)),
            ("一、基本情況", of(HeadingSection::Situation)),
            ("問題", of(HeadingSection::Situation)),
            ("针对上述情况，提出如下建议：", HeadingLine::LeadIn(HeadingSection::Suggestions)),
            ("建议县里做好以下几件事：", HeadingLine::LeadIn(HeadingSection::Suggestions)),
            ("我们建议：", HeadingLine::LeadIn(HeadingSection::Suggestions)),
            ("三、对停车的几点建议", HeadingLine::LeadIn(HeadingSection::Suggestions)),
            ("二、停车难的原因", HeadingLine::LeadIn(HeadingSection::Causes)),
            ("我们的建议", HeadingLine::Plain),
            ("关于停车的建议", HeadingLine::Plain),
            ("建议规范管理，标准不统一是当前难点。", HeadingLine::Plain),
            ("我们去年提过建议。", HeadingLine::Plain),
            ("建议", of(HeadingSection::Suggestions)),
            ("一、現狀問題", of(HeadingSection::Situation)),
            ("三、具體建議", of(HeadingSection::Suggestions)),
            ("產生上述問題的原因", of(HeadingSection::Causes)),
            ("導致這一問題的成因：", of(HeadingSection::Causes)),
            ("為此建議：", of(HeadingSection::Suggestions)),
            ("爲解決問題提出對策建議", of(HeadingSection::Suggestions)),
            ("有關改進意見和建議", of(HeadingSection::Suggestions)),
            ("## 三、建议", of(HeadingSection::Suggestions)),
            ("**二、原因分析**", of(HeadingSection::Causes)),
            ("### **建议：**", of(HeadingSection::Suggestions)),
            ("【一、基本情况】", of(HeadingSection::Situation)),
            ("目前存在以下问题：", HeadingLine::Plain),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        for line in ["目前存在以下问题：", "存在以下幾個問題。", "占道严重，主要原因：", "主要有以下困难"]
        {
            assert!(announces_problems(line), "{line}");
        }
        for line in ["去年反映过停车问题。", "针对以上问题，应做到：", "请解决以下问题：", "为此，提出以下建议：", "早市占道，行人难走。"]
        {
            assert!(!announces_problems(line), "{line}");
        }
        assert_eq!(inline("建议：一是划线；二是收摊。"), Some("建议：".len()));
        assert_eq!(inline("我们建议，县里：一是划线"), None);
    }
}
