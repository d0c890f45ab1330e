//! Slips with a one-time link, to be printed and handed over where there is no mail. The links are shown only once.

use actix_web::web;
use askama::Template;
use qrcode::QrCode;
use qrcode::render::svg;

use crate::app::accounts::By;
use crate::app::accounts::links::{self, Slip};
use crate::domain::ids::UserId;
use crate::web::errors::PageResult;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;

/// The minimum width and height of a code in pixels; the style sheet sets the printed size.
const SIDE: u32 = 180;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/people/slips", web::post().to(print));
}

/// A slip as it is drawn.
struct Drawn {
    slip: Slip,
    link: String,
    code: String,
}

#[derive(Template)]
#[template(path = "people/slips.html", config = "src/web/askama.toml")]
struct SlipsPage {
    f: Layout,
    slips: Vec<Drawn>,
    site: String,
}

async fn print(form: PageForm) -> PageResult {
    let people: Vec<UserId> = form.fields.all("person").iter().filter_map(|id| id.parse().ok()).collect();
    let visitor = form.visitor;
    let slips = visitor.write(move |tx, actor| links::print(tx, By::Person(actor), &people)).await?;
    let site = visitor.app.settings.public_url();
    let drawn = slips.into_iter().map(|slip| {
        let link = format!("{site}{}", links::path(&slip.secret));
        Drawn { code: drawing(&link), slip, link }
    });
    let slips = drawn.collect();
    visitor.page(NavItem::People, |f| SlipsPage { f, slips, site })
}

/// The QR code of a link as inline SVG; empty if the link is too long for a code.
fn drawing(link: &str) -> String {
    let Ok(code) = QrCode::new(link) else { return String::new() };
    let file = code.render::<svg::Color<'_>>().min_dimensions(SIDE, SIDE).quiet_zone(true).build();
    // The XML declaration of a file is not allowed inside a page.
    file.split_once("?>").map_or(file.clone(), |(_, drawing)| drawing.to_owned())
}
