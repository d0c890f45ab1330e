//! Manuscripts on a similar matter: those that a reviewer should know before deciding, and those that a manuscript may be merged into.

use std::collections::BTreeSet;

use crate::app::reading::list::{self, ManuscriptListQuery};
use crate::app::reading::views::ManuscriptLine;
use crate::app::{AppError, Tx, transition};
use crate::domain::folding;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::store::{manuscripts, texts};

/// The number of newest manuscripts that are compared.
const COMPARED: i64 = 200;
/// The largest number of results.
const SHOWN: usize = 5;
/// The smallest share of common pairs of characters at which two titles are considered similar.
const ALIKE: f64 = 0.28;
/// Words that nearly every title contains.
const EMPTY_WORDS: [&str; 8] = ["关于", "进一步", "加强", "加快", "推进", "我县", "建议", "的"];

/// Returns the visible manuscripts with the most similar titles, the most similar first.
///
/// # Errors
/// Fails if a database operation fails.
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

/// Returns those of these manuscripts that this person may merge another one into: none that they wrote or that contains one of theirs.
///
/// # Errors
/// Fails if a database operation fails.
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

/// Returns the manuscript with this number, if this person may see it.
///
/// # Errors
/// Fails if a database operation fails.
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

/// Computes the share of common pairs (Dice's coefficient).
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
