//! Texts as people paste them, taken apart.

use proptest::prelude::*;

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
    for heading in ["情况和问题", "一、情况与问题", "（一）情况及问题："] {
        assert_eq!(outline(&format!("甲\n{heading}\n灯不亮。\n建议\n换灯。"), 50).situation, "灯不亮。", "{heading}");
    }
}

#[test]
fn a_long_first_line_is_no_title() {
    let found = outline(&format!("{}\n建议\n一二三。\n四五六。", "长".repeat(51)), 50);
    assert_eq!((found.title.as_str(), found.situation.chars().count()), ("", 51));
    assert_eq!(found.suggestions, ["一二三。", "四五六。"], "without numbers each paragraph is one");
}

proptest! {
    #[test]
    fn no_word_is_lost(text in "[甲乙建议原因一二（）、.0-9是\n 。]{0,200}") {
        let found = outline(&text, 20);
        let all = format!("{}{}{}{}", found.title, found.situation, found.causes, found.suggestions.concat());
        // Each line without heading and number is in one of the parts.
        for line in lines(&text) {
            let words = numbered(line).map_or(line, |(_, rest)| rest);
            for piece in words.split(['一', '二', '是', '，', '：', ' ', '、', '.']) {
                prop_assert!(heading(line).is_some() || all.contains(piece), "{line:?} of {text:?} in {all:?}");
            }
        }
    }
}
