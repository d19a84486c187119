//! What of it all is to be measured.

#[cfg(test)]
mod tests;

use crate::cell::Cell;
use crate::contender::Contender;

/// The cells that these words choose: names of contenders and of kinds of work, in any order, parted by blanks or
/// commas. Of a sort that no word names, all are chosen.
///
/// # Errors
/// A word that names neither.
pub(crate) fn select(words: &[String]) -> Result<Vec<Cell>, String> {
    let words: Vec<_> =
        words.iter().flat_map(|word| word.split([',', ' '])).filter(|word| !word.is_empty()).collect();
    let cells = Cell::all();
    let is_contender = |word: &&str| Contender::ALL.iter().any(|contender| contender.name() == *word);
    let is_work = |word: &&str| cells.iter().any(|cell| cell.work_name() == *word);
    if let Some(unknown) = words.iter().find(|word| !is_contender(word) && !is_work(word)) {
        return Err(format!("'{unknown}' is neither a contender nor work\n{}", names(&cells)));
    }
    let (contenders, work): (Vec<_>, Vec<_>) = words.iter().partition(|word| is_contender(word));
    let is_chosen = |cell: &Cell| {
        (contenders.is_empty() || contenders.contains(&&cell.contender.name()))
            && (work.is_empty() || work.contains(&&cell.work_name().as_str()))
    };
    let chosen: Vec<_> = cells.iter().copied().filter(is_chosen).collect();
    if chosen.is_empty() {
        Err(format!("nothing of that is measured\n{}", names(&cells)))
    } else {
        Ok(chosen)
    }
}

fn names(cells: &[Cell]) -> String {
    let contenders = Contender::ALL.map(Contender::name).join(" ");
    let mut work: Vec<_> = cells.iter().map(|cell| cell.work_name()).collect();
    work.dedup();
    format!("contenders: {contenders}\nwork: {}", work.join(" "))
}
