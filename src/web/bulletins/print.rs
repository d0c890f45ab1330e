//! `/bulletins/{id}/print`: the sheet, laid out after GB/T 9704.

use actix_web::web;
use askama::Template;

use crate::app::bulletins::{self, BulletinView, ManuscriptInBulletin, PrintedCheckpoint};
use crate::domain::bulletin::{BulletinKind, RecipientKind};
use crate::domain::ids::BulletinId;
use crate::web::bulletins::acts::names;
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "bulletins/print.html", config = "src/web/askama.toml")]
struct PrintPage {
    f: Layout,
    b: BulletinView,
    issuer: String,
}

/// The number of characters of a text's digest that the sheet shows.
const DIGEST: usize = 16;

impl PrintPage {
    /// The number of the bulletin, 第N期（总第N期）.
    fn number(&self) -> String {
        self.b.line.number.map(|number| number.to_string()).unwrap_or_default()
    }

    fn is_single(&self) -> bool {
        self.b.line.kind == BulletinKind::Single || self.b.manuscripts.len() < 2
    }

    fn kinds(&self) -> &'static [RecipientKind] {
        RecipientKind::ALL
    }

    /// A sheet is Chinese whatever the reader's language.
    fn named(&self, kind: &RecipientKind) -> String {
        names(&self.b, *kind, "、")
    }

    /// 报, 送 or 发.
    fn kind(&self, kind: &RecipientKind) -> String {
        crate::text::word(crate::domain::lang::Lang::Zh, *kind)
    }

    fn paragraphs<'a>(&self, text: &'a str) -> Vec<&'a str> {
        text.lines().filter(|line| !line.trim().is_empty()).collect()
    }

    /// The first characters of the digest of a text as it was issued, in groups of four.
    fn check(&self, manuscript: &ManuscriptInBulletin) -> String {
        let digest = manuscript.text.digest.iter().flat_map(|digest| digest.chars()).take(DIGEST);
        in_groups(digest, 4)
    }

    /// The full root of the ledger's checkpoint: the paper copy serves as an anchor for it.
    fn root(&self, checkpoint: &PrintedCheckpoint) -> String {
        in_groups(checkpoint.root.chars(), 8)
    }
}

/// Formats digits in groups, so that they can be compared by eye.
fn in_groups(digits: impl Iterator<Item = char>, size: usize) -> String {
    let digits: Vec<char> = digits.collect();
    digits.chunks(size).map(|some| some.iter().collect::<String>().to_uppercase()).collect::<Vec<_>>().join(" ")
}

pub(super) async fn print(visitor: Visitor, path: web::Path<BulletinId>) -> PageResult {
    let id = path.into_inner();
    let (b, issuer) = visitor.read(move |tx, actor| Ok((bulletins::find(tx, actor, id)?, bulletins::issuer(tx, actor, id)?))).await?;
    visitor.page(NavItem::Bulletins, |f| PrintPage { f, b, issuer })
}
