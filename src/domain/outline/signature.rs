//! Names and date below a text: its writers, and the time of writing. They belong to no suggestion. A line is recognised as a signature by
//! its words, never by its form alone, and possible deadlines, addresses or lists stay in the text.

use super::headings::simplified;
use super::marks::mark;

/// The largest number of characters of a line with a name or an organisation.
const NAME: usize = 24;
/// The largest number of lines of a signature.
const LINES: usize = 8;
/// Labels before a colon that name the writer.
const AUTHORS: [&str; 17] = [
    "作者",
    "建言人",
    "提案人",
    "提案者",
    "提交人",
    "撰稿人",
    "供稿人",
    "供稿",
    "执笔人",
    "执笔",
    "署名",
    "落款",
    "作者单位",
    "报送人",
    "报送单位",
    "提交单位",
    "信息员",
];
/// Labels before a colon that may accompany the name of the writer; alone they are part of the text.
const CONTACTS: [&str; 9] = ["单位", "工作单位", "职务", "联系人", "联系方式", "联系电话", "电话", "手机", "日期"];
/// Endings of the names of bodies.
const BODIES: [&str; 49] = [
    "委员会",
    "总支",
    "支部",
    "支社",
    "党委",
    "工委",
    "县委",
    "市委",
    "区委",
    "省委",
    "统战部",
    "宣传部",
    "组织部",
    "局",
    "厅",
    "管理处",
    "办事处",
    "办公室",
    "政府",
    "政协",
    "人大",
    "协会",
    "商会",
    "学会",
    "研究会",
    "联谊会",
    "联合会",
    "工商联",
    "侨联",
    "台联",
    "公司",
    "集团",
    "银行",
    "大学",
    "学院",
    "学校",
    "中学",
    "小学",
    "医院",
    "卫生院",
    "事务所",
    "研究院",
    "研究所",
    "合作社",
    "民盟",
    "民革",
    "民建",
    "民进",
    "九三学社",
];
/// Words with the ending of a body's name that are none.
const NO_BODIES: [&str; 6] = ["布局", "格局", "结局", "全局", "大局", "僵局"];
/// Posts that accompany a name.
const POSTS: [&str; 20] = [
    "委员",
    "代表",
    "会员",
    "盟员",
    "社员",
    "党员",
    "成员",
    "律师",
    "教授",
    "教师",
    "医生",
    "医师",
    "主任",
    "主委",
    "会长",
    "理事",
    "董事长",
    "经理",
    "工程师",
    "研究员",
];
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟\
    谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂\
    章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农\
    司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝";
const LONG_SURNAMES: [&str; 14] =
    ["欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "宇文", "端木"];
/// Endings of the names of places and times: 和平路 is no person.
const NO_PEOPLE: &str = "路街巷桥村县市区镇乡站所点处期限日年月时前后";
/// Words that announce a date, a list or a contact.
const ANNOUNCING: [&str; 4] = ["以下", "如下", "下列", "下述"];
/// Words that indicate a deadline on a line that does not end a sentence.
const DEADLINES: [&str; 10] = ["期限", "时限", "截止", "时间", "日期", "完成", "整改", "办结", "之前", "以前"];

/// The content of a line of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SignaturePart {
    Date,
    Name,
    /// A name followed by the date.
    DatedName,
    /// A post in brackets.
    Post,
    Author,
    Contact,
    /// 此致 敬礼
    Closing,
}

/// Removes names and date from the end of a text; some text always remains, and in doubt all of it.
pub(super) fn take<'a>(lines: &mut Vec<&'a str>) -> Vec<&'a str> {
    let mut parts = Vec::new();
    while parts.len() < LINES && parts.len() + 1 < lines.len() {
        let Some(part) = part(lines[lines.len() - 1 - parts.len()]) else { break };
        parts.push(part);
    }
    let first = lines.len() - parts.len();
    let is_bare = parts.iter().all(|part| *part == SignaturePart::Date);
    match lines[..first].last() {
        Some(above) if is_signature(&parts) && stands_apart(above, is_bare) => lines.split_off(first),
        _ => Vec::new(),
    }
}

fn part(line: &str) -> Option<SignaturePart> {
    let line = simplified(line);
    let plain: String = line.chars().filter(|c| !c.is_whitespace() && !"！!，,。".contains(*c)).collect();
    if is_date(&line) {
        return Some(SignaturePart::Date);
    }
    if ["此致", "敬礼", "此致敬礼"].contains(&plain.as_str()) {
        return Some(SignaturePart::Closing);
    }
    if line.chars().count() > NAME * 2 {
        return None;
    }
    if let Some((label, rest)) = line.split_once(['：', ':']) {
        let (label, rest) = (label.trim(), rest.trim());
        let is_short = !rest.is_empty() && rest.chars().count() <= NAME && !rest.contains(['。', '；', ';', '，', '：']);
        return match label {
            "日期" if is_date(rest) => Some(SignaturePart::Date),
            _ if is_short && AUTHORS.contains(&label) => Some(SignaturePart::Author),
            _ if is_short && CONTACTS.contains(&label) => Some(SignaturePart::Contact),
            _ => None,
        };
    }
    if let Some(inner) = plain.strip_prefix(['（', '(']).and_then(|rest| rest.strip_suffix(['）', ')'])) {
        return is_name(inner).then_some(SignaturePart::Post);
    }
    if is_name(&line) {
        return Some(SignaturePart::Name);
    }
    let dated = line.match_indices(char::is_whitespace).any(|(at, _)| is_date(line[at..].trim()) && is_name(&line[..at]));
    dated.then_some(SignaturePart::DatedName)
}

/// Returns whether these are a name with a date, a label that names the writer, a closing formula, or dates alone.
fn is_signature(parts: &[SignaturePart]) -> bool {
    let has = |some: &[SignaturePart]| parts.iter().any(|part| some.contains(part));
    let is_dated = has(&[SignaturePart::Date, SignaturePart::DatedName]);
    has(&[SignaturePart::Author, SignaturePart::Closing])
        || (is_dated && has(&[SignaturePart::Name, SignaturePart::DatedName]))
        || (is_dated && parts.iter().all(|part| *part == SignaturePart::Date))
}

/// Returns whether a signature can begin below this line. A date alone requires that a sentence or an item of a list ends there.
fn stands_apart(above: &str, is_bare: bool) -> bool {
    let above = simplified(above);
    let holds = |words: &[&str]| words.iter().any(|word| above.contains(word));
    let ends_sentence = above.ends_with(['。', '！', '？', '；', '.', '!', '?', ';', '”', '）']);
    if above.ends_with(['：', ':', '，', ',', '、']) || holds(&ANNOUNCING) || (!ends_sentence && holds(&DEADLINES)) {
        return false;
    }
    !is_bare || ends_sentence || mark(&above).is_some()
}

/// Returns whether a line consists of names of people and bodies, with their posts: 民盟县总支 周敏, 县政协委员魏东海、周敏（律师）.
fn is_name(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.chars().count() > NAME || mark(line).is_some() {
        return false;
    }
    let joined: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    // 魏 海 is one name.
    let is_spaced = joined.chars().count() == 2 && is_person(&joined);
    is_spaced || line.split(|c: char| c.is_whitespace() || c == '、').filter(|word| !word.is_empty()).all(is_word_of_name)
}

fn is_word_of_name(word: &str) -> bool {
    let word = word.strip_suffix(['）', ')']).and_then(|rest| rest.split_once(['（', '('])).map_or(word, |(before, _)| before);
    let is_whole = |word: &str| is_person(word) || is_body(word);
    // 民盟县总支周敏
    is_whole(word) || word.char_indices().any(|(at, _)| is_body(&word[..at]) && is_person(&word[at..]))
}

fn is_body(word: &str) -> bool {
    let ends = |some: &[&str]| some.iter().any(|end| word.ends_with(end));
    word.chars().all(char::is_alphanumeric) && (ends(&BODIES) || ends(&POSTS)) && !ends(&NO_BODIES)
}

/// Returns whether a word is a common surname with one or two more characters, or a name with a dot in it: 阿不都·热依木.
fn is_person(word: &str) -> bool {
    let length = word.chars().count();
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    if let Some((one, other)) = word.split_once(['·', '•']) {
        return length <= 15 && [one, other].iter().all(|part| !part.is_empty() && part.chars().all(is_han));
    }
    let is_short = word.chars().next().is_some_and(|first| SURNAMES.contains(first)) && (2..=3).contains(&length);
    let is_long = LONG_SURNAMES.iter().any(|name| word.starts_with(name)) && (3..=4).contains(&length);
    (is_short || is_long) && word.chars().all(is_han) && !word.ends_with(|c| NO_PEOPLE.contains(c))
}

/// Returns whether a line is a date: 2026年11月3日, 2026.11.3, 2026-11-03, 二〇二六年十一月三日, with or without a full stop and digits of any width.
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

    fn taken(text: &str) -> (usize, String) {
        let mut lines: Vec<&str> = text.split('\n').collect();
        let tail = take(&mut lines).join("|");
        (lines.len(), tail)
    }

    #[test]
    fn names_and_date_are_taken_off() {
        for (text, signature) in [
            ("多建。\n民盟县总支 周敏\n2026年11月3日", "民盟县总支 周敏|2026年11月3日"),
            ("多建。\n民盟县总支\n周敏\n二〇二六年十一月三日", "民盟县总支|周敏|二〇二六年十一月三日"),
            ("多建。\n作者：周敏\n联系电话：13800138000", "作者：周敏|联系电话：13800138000"),
            ("多建。\n由县住建局牵头。\n２０２６．１１．３", "２０２６．１１．３"),
            ("2.收摊\n2026年11月28日\n魏东海", "2026年11月28日|魏东海"),
            (
                "2.收摊。\n此致\n敬礼！\n民盟澄江县委员会 魏东海\n（律师）\n2026年11月28日",
                "此致|敬礼！|民盟澄江县委员会 魏东海|（律师）|2026年11月28日",
            ),
            ("多建\n民盟縣總支 張敏 2026年11月3日", "民盟縣總支 張敏 2026年11月3日"),
            ("多建。\n县政协委员欧阳明、阿不都·热依木\n魏　海\n2026年11月", "县政协委员欧阳明、阿不都·热依木|魏　海|2026年11月"),
        ] {
            assert_eq!(taken(text).1, signature, "{text}");
        }
    }

    #[test]
    fn in_doubt_the_words_stay() {
        for text in [
            "2026年11月3日",
            "多建。\n县里2026年11月3日开会。",
            "甲\n乙\n2026年11月",
            "划线。\n整改期限\n2026年12月31日",
            "划线。\n完成时间：\n2027年6月30日",
            "2.整改期限\n2026年12月31日",
            "公布以下电话。\n电话：12345",
            "公布热线。\n联系人：王强\n电话：12345",
            "划线。\n牵头单位：县住建局\n完成时间：2026年12月31日",
            "责任单位：\n县住建局\n2026年12月31日",
            "在这些路口设岗。\n和平路\n文化路",
            "优化布局\n2026年12月31日",
            "多建。\n周敏",
        ] {
            assert_eq!(taken(text), (text.split('\n').count(), String::new()), "{text}");
        }
    }
}
