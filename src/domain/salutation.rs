//! Forms of address in letters. Authors are mostly people outside the Party, who are not addressed as 同志; officials are, and leaders by
//! their post, if it is a title.

use crate::domain::vocabulary::Role;

/// A form of address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Salutation {
    /// By the name alone.
    #[default]
    Name,
    /// As 同志.
    Comrade,
    /// By surname and title: 沈县长.
    Title(String),
}

/// The titles by which leaders are addressed. For a deputy, 副 is omitted.
const TITLES: [&str; 16] =
    ["秘书长", "书记", "县长", "市长", "区长", "省长", "州长", "旗长", "镇长", "乡长", "主席", "主任", "部长", "局长", "院长", "检察长"];

/// Surnames of two characters.
const DOUBLE: [&str; 16] =
    ["欧阳", "司马", "上官", "诸葛", "皇甫", "东方", "尉迟", "公孙", "慕容", "令狐", "夏侯", "司徒", "端木", "闻人", "独孤", "宇文"];

impl Salutation {
    /// Returns the form of address of a person with these roles of their own. A holder of an office is an official even when writing
    /// suggestions; the office of an author's own organisation does not count.
    #[must_use]
    pub fn of(name: &str, post: &str, roles: &[Role]) -> Self {
        let is_outside = |role: &Role| matches!(role, Role::Submitter | Role::Screener);
        if roles.iter().all(is_outside) {
            return Self::Name;
        }
        let title = title(post).filter(|_| roles.contains(&Role::Leader));
        title.zip(surname(name)).map_or(Self::Comrade, |(title, surname)| Self::Title(format!("{surname}{title}")))
    }
}

/// Returns the title in a post with exactly one: of two, the order would be unknown.
fn title(post: &str) -> Option<&'static str> {
    let post = post.trim();
    let is_one = !post.contains(['、', '，', ',', '；', ';', '兼', '/', ' ', '(', '（']);
    TITLES.into_iter().find(|title| is_one && post.ends_with(title))
}

/// Returns the surname of a Chinese name of two to four characters.
fn surname(name: &str) -> Option<String> {
    let is_han = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}');
    let length = name.chars().count();
    if !name.chars().all(is_han) || !(2..=4).contains(&length) {
        return None;
    }
    let double = DOUBLE.into_iter().find(|surname| length > 2 && name.starts_with(surname));
    Some(double.map_or_else(|| name.chars().take(1).collect(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_addressed_by_who_they_are() {
        let title = |text: &str| Salutation::Title(text.to_owned());
        for (name, post, roles, expected) in [
            ("王建国", "县一小校长", &[Role::Submitter][..], Salutation::Name),
            ("洪建平", "总支专职干部", &[Role::Screener], Salutation::Name),
            ("许敏", "信息科科长", &[Role::Reviewer], Salutation::Comrade),
            ("许敏", "县委办公室主任", &[Role::Submitter, Role::Handler], Salutation::Comrade),
            ("沈立新", "县长", &[Role::Leader], title("沈县长")),
            ("梁永强", "常务副县长", &[Role::Leader], title("梁县长")),
            ("林素珍", "县政协主席", &[Role::Leader], title("林主席")),
            ("皇甫松", "县委书记", &[Role::Leader], title("皇甫书记")),
            ("周明远", "县委副书记、县长", &[Role::Leader], Salutation::Comrade),
            ("周明远", "", &[Role::Leader], Salutation::Comrade),
            ("阿卜杜拉·买买提", "县长", &[Role::Leader], Salutation::Comrade),
            ("Li Ming", "县长", &[Role::Leader], Salutation::Comrade),
            ("孙悦", "", &[], Salutation::Name),
        ] {
            assert_eq!(Salutation::of(name, post, roles), expected, "{name} {post}");
        }
    }
}
