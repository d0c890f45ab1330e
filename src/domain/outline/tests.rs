//! Tests of splitting texts as people paste them.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

#[test]
fn a_text_from_a_word_processor_falls_into_its_parts() {
    let text = [
        "　　关于规范电动自行车充电的建议\u{b}\r\n\r\n一、基本情况\r\n",
        "\u{3000}\u{3000}我县有电动自行车３．２万辆。\u{a0}\r\n\u{3000}去年起火 12 起。\r\n",
        "二、存在问题的原因分析\r\n一是桩少。二是价高。\r\n三、对策建议\r\n（一）每个小区建一处充电棚。\r\n",
        "由县住建局牵头。\r\n（二）电价由县发改局统一。\r\n( 三 )别的\r\n",
    ];
    let text = &text.concat();
    let found = outline(text, 50);
    assert_eq!(found.title, "关于规范电动自行车充电的建议");
    assert_eq!(found.situation, "我县有电动自行车３．２万辆。\n去年起火 12 起。");
    assert_eq!(found.causes, "一是桩少。二是价高。");
    assert_eq!(found.suggestions, ["每个小区建一处充电棚。\n由县住建局牵头。", "电价由县发改局统一。", "别的"]);
    let causes = outline("甲\n现状：\n情形。\n原因分析\n一是桩少。\n建议：\n１．多建。\n２．降价，3.5 元改成 3 元。", 50);
    assert_eq!((causes.situation.as_str(), causes.causes.as_str()), ("情形。", "一是桩少。"));
    assert_eq!(causes.suggestions, ["多建。", "降价，3.5 元改成 3 元。"]);
}

#[test]
fn a_list_without_a_heading_is_what_is_suggested() {
    let found = outline("关于早市的建议\n早市占道，行人难走。\n一、划定早市的范围。\n二、八点收摊。\n三、给摊主办证。", 50);
    assert_eq!(found.situation, "早市占道，行人难走。");
    assert_eq!(found.suggestions, ["划定早市的范围。", "八点收摊。", "给摊主办证。"]);
    let row = outline("早市占道。\n为此建议：\n由街道办理：一是划线；二是八点收摊；三是办证。", 50);
    assert_eq!((row.title.as_str(), row.situation.as_str()), ("", "早市占道。"));
    assert_eq!(row.suggestions, ["由街道办理：划线；", "八点收摊；", "办证。"]);
    let plain = outline("只有一段话。", 50);
    assert_eq!((plain.situation.as_str(), plain.suggestions.len()), ("只有一段话。", 0));
    assert_eq!(outline(" \u{3000}\n", 50), Outline::default());
}

#[test]
fn headings_as_our_own_pages_and_bulletins_have_them() {
    let found =
        outline("关于照明的建议\n\n一、情况问题\n灯不亮。\n\n二、原因分析\n产权不清。\n\n三、建议\n1. 摸清底数。\n2. 换节能灯。", 50);
    assert_eq!((found.situation.as_str(), found.causes.as_str()), ("灯不亮。", "产权不清。"));
    assert_eq!(found.suggestions, ["摸清底数。", "换节能灯。"]);
    for heading in ["情况和问题", "一、情况与问题", "（一）情况及问题：", "情況與問題"] {
        assert_eq!(outline(&format!("甲\n{heading}\n灯不亮。\n建議\n换灯。"), 50).situation, "灯不亮。", "{heading}");
    }
    let causes = outline("灯不亮。\n存在的主要原因：\n产权不清。\n建议如下：\n换灯。", 50);
    assert_eq!(
        (causes.situation.as_str(), causes.causes.as_str(), &causes.suggestions[..]),
        ("灯不亮。", "产权不清。", &["换灯。".to_owned()][..])
    );
}

#[test]
fn a_long_first_line_is_no_title() {
    let found = outline(&format!("{}\n建议\n一二三。\n四五六。", "长".repeat(51)), 50);
    assert_eq!((found.title.as_str(), found.situation.chars().count()), ("", 51));
    assert_eq!(found.suggestions, ["一二三。", "四五六。"], "without numbers each paragraph is one");
}

#[test]
fn a_list_within_one_paragraph_is_taken_apart_below_a_heading_only() {
    let items = |list: &str| outline(&format!("情形。\n建议：\n{list}"), 50).suggestions;
    for list in [
        "一是划线；二是收摊；三是办证。",
        "①划线；②收摊；③办证。",
        "①划线②收摊③办证。",
        "1.划线；2.收摊；3.办证。",
        "１、划线；２、收摊；３、办证。",
        "(1)划线；(2)收摊；(3)办证。",
        "⑴划线；⑵收摊；⑶办证。",
        "⒈划线；⒉收摊；⒊办证。",
        "㈠划线；㈡收摊；㈢办证。",
        "❶划线；❷收摊；❸办证。",
        "（一）划线；（二）收摊；（三）办证。",
        "第一，划线；第二，收摊；第三，办证。",
        "1.划线；2.收摊；\n3.办证。",
    ] {
        let plain: Vec<String> = items(list).iter().map(|item| item.trim_end_matches(['；', '。']).to_owned()).collect();
        assert_eq!(plain, ["划线", "收摊", "办证"], "{list}");
    }
    assert_eq!(outline("情形。\n建议：一是划线；二是收摊。", 50).suggestions, ["划线；", "收摊。"]);
    let untouched = outline("一是划线；二是收摊。\n一是占道。\n二是噪音。", 50);
    assert_eq!((untouched.situation.as_str(), untouched.suggestions.len()), ("一是划线；二是收摊。\n一是占道。\n二是噪音。", 0));
    let words = "建议规范管理，标准不统一是当前难点，难点之二是人手不足，请县里研究。";
    assert_eq!(outline(words, 50).situation, words);
    assert_eq!(items(words), [words]);
    let eleven: String = (1..=12).map(|n| format!("{n}、第{n}件事。\n")).collect();
    assert_eq!(items(&eleven).len(), 12);
    let han = "一 二 三 四 五 六 七 八 九 十 十一 十二".split(' ').map(|n| format!("{n}、办第{n}件事。\n")).collect::<String>();
    assert_eq!(items(&han).last().map(String::as_str), Some("办第十二件事。"));
    assert_eq!(
        items("（一）管好：1.划线；2.收摊。\n（二）3.5 万元、2026.11 前办完。"),
        ["管好：1.划线；2.收摊。", "3.5 万元、2026.11 前办完。"]
    );
}

#[test]
fn signature_and_date_stand_apart_and_a_sentence_that_leads_in_stays() {
    let found = outline("灯不亮。\n针对上述情况，提出如下建议：\n1.换灯。\n2.巡查。\n民盟县总支 周敏\n2026年11月3日", 50);
    assert_eq!(found.situation, "灯不亮。\n针对上述情况，提出如下建议：");
    assert_eq!(found.suggestions, ["换灯。", "巡查。"]);
    assert_eq!(found.signature, "民盟县总支 周敏\n2026年11月3日");
}

#[test]
fn a_number_that_belongs_to_the_words_stays_with_them() {
    let of = |list: &str| outline(&format!("关于停车的建议\n车多。\n建议：\n{list}"), 50).suggestions;
    for lines in [
        &["5、6月份雨水多，要清沟。", "7、8月份天热，要洒水。"][..],
        &["一、二年级不留书面作业。", "三、四年级半小时。"],
        &["1、2号楼装扶手。", "3、4号楼装灯。"],
        &["(1)、(2)号楼装扶手。"],
        &["5、划线。", "9、收摊。"],
        &["7、8月份洒水。"],
    ] {
        assert_eq!(of(&lines.join("\n")), lines);
    }
    assert_eq!(outline("一、二级公路要养护。\n三、四级公路要硬化。", 50).situation, "一、二级公路要养护。\n三、四级公路要硬化。");
    assert_eq!(outline("甲\n情形。\n建议\n换灯。\n以上建议", 50).suggestions, ["换灯。", "以上建议"], "the heading of nothing");
    assert_eq!(of("三、五年内完成改造。"), ["三、五年内完成改造。"]);
    assert_eq!(of("1、划线。\n2、收摊。\n2、巡查。\n3、公布。"), ["划线。", "收摊。", "巡查。", "公布。"], "somebody has counted wrongly");
    assert_eq!(of("1、2025年底前划线。\n2、三个月内收摊。"), ["2025年底前划线。", "三个月内收摊。"]);
}

#[test]
fn marks_within_a_sentence_stay_in_it() {
    let of = |list: &str| outline(&format!("关于停车的建议\n车多。\n建议：{list}"), 50).suggestions;
    assert_eq!(of("①划线，参照附件②的标准；②收摊，按附件①执行；③巡查。"), ["划线，参照附件②的标准；", "收摊，按附件①执行；", "巡查。"]);
    assert_eq!(of("①划线，②收摊，③巡查。"), ["划线，", "收摊，", "巡查。"]);
    assert_eq!(of("\n②收摊，按附件③执行。"), ["②收摊，按附件③执行。"]);
    for whole in [
        "一是一，二是二，实事求是抓整改。",
        "一是一；二是二。",
        "坚持一是一、二是二，抓好台账。",
        "①划线，参照附件②和③的标准。",
        "①号线参照方案②办理③号线参照方案④办理。",
        "第一，划线，第二，收摊。",
    ] {
        assert_eq!(of(&format!("\n{whole}")), [whole]);
    }
    assert_eq!(of("\n一是一\n二是二"), ["一是一", "二是二"]);
}

#[test]
fn a_list_of_problems_is_no_list_of_suggestions() {
    for lead in ["目前存在以下问题：", "停车存在以下幾個問題。", "原因有以下几点："] {
        let found = outline(&format!("关于停车的建议\n{lead}\n1.车多。\n2.位少。\n建议加强管理。"), 50);
        assert_eq!(found.situation, format!("{lead}\n1.车多。\n2.位少。\n建议加强管理。"));
        assert_eq!(found.suggestions.len(), 0, "{found:?}");
    }
    let found = outline("关于停车的建议\n针对以上问题，应做到：\n1.划线。\n2.收摊。", 50);
    assert_eq!(found.suggestions, ["划线。", "收摊。"]);
}

#[test]
fn headings_in_traditional_characters_and_in_markdown() {
    let found = outline("關於停車的建議\n一、現狀問題\n車多。\n二、產生的主要原因：\n少。\n三、具體建議\n㈠劃線。\n㈡收攤。", 50);
    assert_eq!((found.situation.as_str(), found.causes.as_str()), ("車多。", "少。"));
    assert_eq!(found.suggestions, ["劃線。", "收攤。"]);
    let found =
        outline("# 关于水的建议\n## 一、情况\n难。\n## 二、原因\n旧。\n## **三、建议**\n### 1. 换管\n由县住建局牵头。\n### 2. 巡查", 50);
    assert_eq!((found.title.as_str(), found.situation.as_str(), found.causes.as_str()), ("关于水的建议", "难。", "旧。"));
    assert_eq!(found.suggestions, ["换管\n由县住建局牵头。", "巡查"]);
}

#[test]
fn a_deadline_is_no_signature() {
    let found = outline("关于水的建议\n难。\n建议：\n1.划线。\n2.收摊。\n整改期限\n2026年12月31日", 50);
    assert_eq!((found.suggestions.last().map(String::as_str), found.signature.as_str()), (Some("收摊。\n整改期限\n2026年12月31日"), ""));
    let found = outline("关于水的建议\n难。\n建议：\n1.划线\n2.收摊\n2026年11月28日\n魏东海", 50);
    assert_eq!((&found.suggestions[..], found.signature.as_str()), (&["划线".to_owned(), "收摊".to_owned()][..], "2026年11月28日\n魏东海"));
}

/// Returns all parts in the order of the text.
fn all(found: &Outline) -> String {
    let parts = [&found.title, &found.situation, &found.causes].into_iter().chain(&found.suggestions).chain([&found.signature]);
    parts.map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Returns whether `kept` is `whole` without some of the removable pieces: headings, labels and marks, which `pieces` lists.
fn is_all_but(whole: &str, kept: &str, pieces: &[String]) -> bool {
    // The positions of `kept` that can be reached after each character of `whole`.
    let (whole, kept): (Vec<char>, Vec<char>) = (whole.chars().collect(), kept.chars().collect());
    let pieces: Vec<Vec<char>> = pieces.iter().map(|piece| piece.chars().collect()).collect();
    let mut reached = vec![vec![false; kept.len() + 1]; whole.len() + 1];
    reached[0][0] = true;
    for at in 0..whole.len() {
        for have in 0..=kept.len() {
            if !reached[at][have] {
                continue;
            }
            if kept.get(have) == Some(&whole[at]) {
                reached[at + 1][have + 1] = true;
            }
            for piece in pieces.iter().filter(|piece| whole[at..].starts_with(piece)) {
                reached[at + piece.len()][have] = true;
            }
        }
    }
    reached[whole.len()][kept.len()]
}

const HEADINGS: [&str; 17] = [
    "一、現狀問題",
    "三、具體建議",
    "產生的主要原因：",
    "## 三、建议",
    "# 情况",
    "**建议：**",
    "為此建議：",
    "建议",
    "一、基本情况",
    "二、原因分析",
    "三、对策建议：",
    "建議如下：",
    "存在的主要原因：",
    "情況：",
    "（三）建议",
    "为此建议：",
    "問題",
];
const BODIES: [&str; 24] = [
    "划线，参照附件②的标准",
    "收摊，按附件①执行",
    "一是一，二是二，实事求是",
    "坚持一是一、二是二",
    "目前存在以下问题：",
    "原因有以下几点：",
    "整改期限",
    "完成时间：",
    "公布以下电话",
    "第一，划线，第二，收摊",
    "占道经营，行人难走",
    "标准不统一是难点，难点之二是人手",
    "共 3.5 万元，2026.11 前",
    "２０２６．１１办完，见第一批",
    "我们建议：县里研究",
    "一是一，二是二",
    "县里的建议很好",
    "方案①和方案②都行",
    "“建议”二字",
    "隐\u{200b}藏\u{202e}字",
    "去年(3)起",
    "十一国庆",
    "，：、。",
    "x",
];
const ENDS: [&str; 6] = ["。", "；", "，", "：", "", " "];

const SIGNATURES: [&str; 9] = [
    "\n民盟县总支 周敏\n2026年11月3日\n",
    "\n作者：周敏\n",
    "\n2026年11月28日\n魏东海",
    "\n此致\n敬礼\n民盟澄江县委员会 魏东海\n（律师）\n2026年11月28日",
    "\n整改期限\n2026年12月31日",
    "\n完成时间：\n2027年6月30日",
    "\n电话：12345",
    "\n此致 敬礼！",
    "\n2026.11.3",
];

fn marks_of(value: usize) -> Vec<String> {
    let han = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"][value % 12];
    let n = value % 12 + 1;
    let of = |base: u32| char::from_u32(base + u32::try_from(n).unwrap() - 1).unwrap();
    let mut all =
        vec![format!("{han}、"), format!("（{han}）"), format!("({han})"), format!("{han}是"), format!("{han}是，"), format!("第{han}，")];
    all.extend([format!("{n}."), format!("{n}、"), format!("（{n}）"), format!("{n}）"), of(0x2460).to_string(), of(0x2474).to_string()]);
    all.extend([of(0x2488).to_string(), char::from_u32(0x3220 + u32::try_from(n).unwrap().min(10) - 1).unwrap().to_string()]);
    all.extend([char::from_u32(0x2776 + u32::try_from(n).unwrap().min(10) - 1).unwrap().to_string()]);
    let wide: String = n.to_string().chars().map(|c| char::from_u32(u32::from(c) - 0x30 + 0xFF10).unwrap()).collect();
    all.extend([format!("{wide}．"), format!("{wide}、")]);
    all
}

/// Generates the text of one item, with marks inside. A figure behind a full stop would form one with the number: １．２０２６．
fn sentence() -> impl Strategy<Value = &'static str> {
    let is_sentence =
        |body: &&str| body.chars().count() > 2 && !body.ends_with('：') && !body.contains("：县") && !body.starts_with(['，', '２']);
    select(BODIES.iter().copied().filter(is_sentence).collect::<Vec<_>>())
}

/// Generates a piece of a text: a heading, a mark, words, an end, a break, a signature.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => select(HEADINGS.to_vec()).prop_map(|heading| format!("\n{heading}\n")),
        5 => (0..12_usize, 0..17_usize).prop_map(|(value, form)| marks_of(value)[form].clone()),
        6 => select(BODIES.to_vec()).prop_map(str::to_owned),
        5 => select(ENDS.to_vec()).prop_map(str::to_owned),
        3 => select(vec!["\n", "\r\n", "\u{b}", "\n\u{3000}\u{3000}"]).prop_map(str::to_owned),
        2 => select(SIGNATURES.to_vec()).prop_map(str::to_owned),
        1 => select(vec!["\n标题：早市\n", "\n## ", "\n# 早市\n"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every character of the input except white space, list marks and recognised headings is in the output once and in order.
    #[test]
    fn nothing_is_lost_doubled_or_moved(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        let found = outline(&text, 50);
        let mut may_go: Vec<String> = (0..12).flat_map(marks_of).collect();
        // A mark ends with the sign behind it: 一是： 第一、 （一）、
        let with_sign = |mark: &String| ["，", "、", "："].map(|sign| format!("{}{sign}", mark.trim_end_matches('，')));
        may_go.extend(may_go.clone().iter().filter(|mark| mark.ends_with(['是', '，', '）', ')'])).flat_map(with_sign));
        let heads = ["建议", "建议如下", "为此建议", "对策建议", "存在的主要原因", "情况", "基本情况", "原因分析", "问题", "标题"];
        may_go.extend(HEADINGS.iter().map(|heading| without_space(heading)));
        may_go.extend(["#", "##", "现状问题", "現狀問題", "具體建議", "產生的主要原因", "為此建議"].map(str::to_owned));
        may_go.extend(heads.iter().flat_map(|head| ["", "：", ":"].map(|colon| format!("{head}{colon}"))));
        may_go.extend(["建議".to_owned(), "建議如下".to_owned()]);
        prop_assert!(
            is_all_but(&without_space(&text), &without_space(&all(&found)), &may_go),
            "{text:?} became {found:?}"
        );
    }

    /// The text of an item stays in it, including marks.
    #[test]
    fn the_words_of_an_item_stay_whole(form in select((0..17_usize).collect::<Vec<_>>()), bodies in prop::collection::vec(sentence(), 2..6)) {
        let list: Vec<String> = bodies.iter().enumerate().map(|(at, body)| format!("{}{body}；", marks_of(at)[form])).collect();
        let expected: Vec<String> = bodies.iter().map(|body| format!("{body}；")).collect();
        for text in [format!("情形。\n建议：{}", list.concat()), format!("情形。\n建议：\n{}", list.concat()), format!("情形。\n建议：\n{}", list.join("\n"))] {
            prop_assert_eq!(&outline(&text, 50).suggestions, &expected, "{}", text);
        }
    }

    /// A text in which nothing is recognised is returned unchanged.
    #[test]
    fn prose_without_headings_and_lists_stays_whole(text in "[甲乙丙，。“”\u{200b}]{1,80}") {
        prop_assert_eq!(without_space(&all(&outline(&text, 50))), without_space(&text));
    }
}
