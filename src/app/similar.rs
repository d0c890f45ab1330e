//! Manuscripts on a like matter: what a reviewer should have seen before they decide, and into what they may merge.

use std::collections::BTreeSet;

use crate::app::reading::list::{self, ManuscriptListQuery};
use crate::app::reading::views::ManuscriptLine;
use crate::app::{AppError, Tx, transition};
use crate::domain::folding;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::store::{manuscripts, texts};

/// So many of the newest are compared.
const COMPARED: i64 = 200;
/// So many are shown at most.
const SHOWN: usize = 5;
/// Below this share of common pairs of characters, two titles have nothing to do with each other.
const ALIKE: f64 = 0.28;
/// What nearly every title says.
const EMPTY_WORDS: [&str; 8] = ["关于", "进一步", "加强", "加快", "推进", "我县", "建议", "的"];

/// The manuscripts whose titles are most like this one's, the likest first, as far as this person sees them.
///
/// # Errors
/// The store's.
pub fn similar(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, title: &str) -> Result<Vec<ManuscriptLine>, AppError> {
    let newest = list::list(tx, actor, &ManuscriptListQuery { limit: COMPARED, ..ManuscriptListQuery::default() })?;
    let own = pairs(title);
    let likeness = |line: &ManuscriptLine| alike(&own, &pairs(&line.title));
    let mut found: Vec<(f64, ManuscriptLine)> = newest
        .lines
        .into_iter()
        .filter(|line| line.id != id)
        .map(|line| (likeness(&line), line))
        .filter(|(share, _)| *share >= ALIKE)
        .collect();
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    Ok(found.into_iter().take(SHOWN).map(|(_, line)| line).collect())
}

/// Those of these manuscripts that another one may be merged into by this person: none that they wrote or that holds one of theirs.
///
/// # Errors
/// The store's.
pub fn merge_targets(tx: &mut Tx<'_>, actor: &Actor, lines: &[ManuscriptLine]) -> Result<Vec<ManuscriptId>, AppError> {
    let mut targets = Vec::new();
    for line in lines.iter().filter(|line| line.stage.takes_merged()) {
        let authors = texts::authors_of_many(tx.conn, &[line.id])?;
        let is_own = authors.iter().any(|author| author.user_id == actor.user);
        if !is_own && !texts::authors_of_merged(tx.conn, line.id)?.contains(&actor.user) {
            targets.push(line.id);
        }
    }
    Ok(targets)
}

/// The manuscript of this number, as far as this person sees it.
///
/// # Errors
/// The store's.
pub fn numbered(tx: &mut Tx<'_>, actor: &Actor, number: &str) -> Result<Option<ManuscriptId>, AppError> {
    let Some(id) = manuscripts::by_number(tx.conn, actor.channel, &folding::number(number))? else { return Ok(None) };
    match transition::load(tx, actor, id) {
        Ok(loaded) => Ok(Some(loaded.row.id)),
        Err(AppError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn pairs(title: &str) -> BTreeSet<(char, char)> {
    let bare = EMPTY_WORDS.iter().fold(title.to_owned(), |title, word| title.replace(word, ""));
    let letters: Vec<char> = bare.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.windows(2).filter_map(|two| Some((*two.first()?, *two.get(1)?))).collect()
}

/// The share of common pairs (Dice's coefficient).
fn alike(a: &BTreeSet<(char, char)>, b: &BTreeSet<(char, char)>) -> f64 {
    let (all, common) = (a.len() + b.len(), a.intersection(b).count());
    match (u32::try_from(2 * common), u32::try_from(all)) {
        (Ok(common), Ok(all)) if all > 0 => f64::from(common) / f64::from(all),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_on_one_matter_are_alike_and_others_are_not() {
        let share = |a: &str, b: &str| alike(&pairs(a), &pairs(b));
        let one = "关于提高乡村医生待遇、稳住村级医疗队伍的建议";
        assert!(share(one, "关于解决乡村医生养老待遇的建议") > ALIKE);
        assert!(share(one, "关于规范电动自行车集中充电收费的建议") < ALIKE);
        assert!(share("", "") < ALIKE);
    }
}
