//! The reader's notices about their manuscripts and their work, each with a link.

use actix_web::web;
use askama::Template;

use crate::app::notices::{self, Notice, Slice};
use crate::domain::ids::LetterId;
use crate::web::components::rows::{self, PageRows};
use crate::web::errors::PageResult;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/inbox", web::get().to(inbox)).route("/inbox/read", web::post().to(read_all)).route("/inbox/{id}", web::post().to(open));
}

/// The largest number of unread notices that is counted.
const MOST: usize = 999;

#[derive(Template)]
#[template(path = "inbox/inbox.html", config = "src/web/askama.toml")]
struct InboxPage {
    f: Layout,
    rows: PageRows<Notice>,
    unread: usize,
    unread_only: bool,
}

async fn inbox(visitor: Visitor) -> PageResult {
    let unread_only = rows::query(&visitor).has("unread");
    let (slice, lang) = (Slice { before: rows::before(&visitor), limit: rows::ASKED }, visitor.lang);
    let reading = visitor.read(move |tx, actor| {
        let rows = notices::inbox(tx, actor, lang, unread_only, slice)?;
        Ok((rows, notices::unread(tx, actor, MOST)?))
    });
    let (rows, unread) = reading.await?;
    let rows = PageRows::new(&visitor, rows, |one| one.id.to_string());
    visitor.page(NavItem::Inbox, |f| InboxPage { f, rows, unread, unread_only })
}

/// Marks a notice as read and redirects to its subject; without a subject, back to the list.
async fn open(id: web::Path<LetterId>, form: PageForm) -> PageResult {
    let id = id.into_inner();
    form.visitor.write(move |tx, actor| notices::mark_read(tx, actor, id)).await?;
    let path = form.fields.find("path").filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
    Ok(see_other(path.unwrap_or("/inbox"), None))
}

/// Marks the notices on the page as read; those that arrived since stay unread.
async fn read_all(form: PageForm) -> PageResult {
    let newest = form.fields.read::<LetterId>("newest");
    form.visitor.write(move |tx, actor| notices::mark_all_read(tx, actor, newest)).await?;
    Ok(see_other("/inbox", Some("read-all")))
}
