//! The reader's stand-ins, the persons for whom they stand in, and the permanent handover of their work.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;
use chrono::Days;

use crate::app::AppError;
use crate::app::accounts::directory::{self, PeopleQuery, PersonView};
use crate::app::accounts::handover;
use crate::app::accounts::input::{Naming, Successor};
use crate::app::accounts::roles::RoleView;
use crate::app::accounts::stand_ins::{self, StandInView};
use crate::app::channel_time::ChannelTime;
use crate::domain::clock::Moment;
use crate::domain::ids::{StandInId, UserId};
use crate::domain::numbers::Day;
use crate::domain::queues::lendable_roles;
use crate::domain::violation::{Violation, Violations};
use crate::domain::vocabulary::Role;
use crate::text::{word, words};
use crate::web::components::choice::Choice;
use crate::web::components::rows::{self, PageRows};
use crate::web::errors::{PageResult, html, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/account/stand-ins", web::get().to(list))
        .route("/account/stand-ins", web::post().to(name))
        .route("/account/stand-ins/{id}/end", web::post().to(end))
        .route("/account/handover", web::post().to(hand_over));
}

/// A period with the names of both persons.
struct Period {
    view: StandInView,
    absent: String,
    stand_in: String,
    /// Whether the reader is the absent person.
    mine: bool,
    /// Its last day; `to` is the midnight after that day.
    last: Moment,
    over: bool,
}

#[derive(Template)]
#[template(path = "account/stand-ins.html", config = "src/web/askama.toml")]
struct StandInsPage {
    f: Layout,
    office: bool,
    rows: PageRows<Period>,
    roles: Vec<Choice>,
    people: Vec<Choice>,
    successors: Vec<Choice>,
    offices: String,
    from: String,
    to: String,
}

impl StandInsPage {
    async fn new(visitor: &Visitor, f: Layout, typed: &Fields) -> Result<Self, AppError> {
        let (before, me, organization) = (rows::before(visitor), visitor.me.id, visitor.me.organization.id);
        let reading = visitor.read(move |tx, actor| {
            let mut periods = stand_ins::list(tx, actor, before, rows::ASKED)?;
            periods.retain(|one| [one.absent_id, one.stand_in_id].contains(&actor.user));
            let ids: Vec<UserId> = periods.iter().flat_map(|one| [one.absent_id, one.stand_in_id]).collect();
            let names = directory::names(tx, actor, &ids)?;
            let (now, name) = (tx.now, |id: UserId| names.get(&id).cloned().unwrap_or_default());
            let period = |view: StandInView| Period {
                absent: name(view.absent_id),
                stand_in: name(view.stand_in_id),
                mine: view.absent_id == me,
                last: view.to - chrono::Duration::minutes(1),
                over: view.ended_at.is_some() || view.to <= now,
                view,
            };
            let periods: Vec<Period> = periods.into_iter().map(period).collect();
            let wanted = PeopleQuery { organization: Some(organization), suspended: Some(false), ..PeopleQuery::default() };
            Ok((periods, directory::list(tx, actor, wanted, None, 200)?))
        });
        let (periods, people) = reading.await?;
        let others = |chosen: &str| {
            let office = |held: &RoleView| held.role.is_office() && held.organization_id == organization;
            let able = |one: &&PersonView| one.roles.iter().any(office) && !one.roles.iter().any(|held| held.role.is_administrative());
            let others = people.iter().filter(|one| one.id != me).filter(able);
            others.map(|one| Choice::new(one.id, format!("{}　{}", one.name, one.post), chosen)).collect()
        };
        let own = own_roles(visitor);
        let lendable = lendable_roles();
        let desks: Vec<Role> = own.iter().copied().filter(|role| lendable.contains(role)).collect();
        let offices: Vec<Role> = own.into_iter().filter(|role| role.is_office()).collect();
        Ok(Self {
            f,
            office: super::has_office(visitor),
            rows: PageRows::new(visitor, periods, |one| one.view.id.to_string()),
            roles: desks.iter().map(|role| Choice::new(role, word(visitor.lang, *role), typed.get("role"))).collect(),
            people: others(typed.get("stand_in_id")),
            successors: others(typed.get("to_id")),
            offices: words(visitor.lang, &offices),
            from: typed.get("from").to_owned(),
            to: typed.get("to").to_owned(),
        })
    }
}

/// The reader's own roles, each once.
fn own_roles(visitor: &Visitor) -> Vec<Role> {
    let mut own: Vec<Role> = visitor.me.roles.iter().filter(|held| held.stands_in_for_id.is_none()).map(|held| held.role).collect();
    own.dedup();
    own
}

async fn list(visitor: Visitor) -> PageResult {
    html(&StandInsPage::new(&visitor, visitor.frame(NavItem::Account), &Fields::default()).await?)
}

async fn refused(visitor: &Visitor, fields: &Fields, error: AppError) -> PageResult {
    let f = visitor.frame(NavItem::Account).with(visitor.problems(error)?);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &StandInsPage::new(visitor, f, fields).await?)
}

async fn name(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let typed = as_input(&visitor.time, &fields);
    let done = visitor.write(move |tx, actor| {
        let new: Naming = typed?.input()?;
        stand_ins::name(tx, actor, new.into())
    });
    match done.await {
        Ok(_) => Ok(see_other("/account/stand-ins", Some("stand-in-named"))),
        Err(error) => refused(&visitor, &fields, error).await,
    }
}

/// Converts the form to the input of the command: the form has days, the last one included, where the command takes moments.
fn as_input(time: &ChannelTime, fields: &Fields) -> Result<Fields, AppError> {
    let mut wrong = Violations::default();
    let mut sent = fields.clone();
    for (name, plus) in [("from", 0), ("to", 1)] {
        if fields.get(name).is_empty() {
            continue;
        }
        match fields.read::<Day>(name).and_then(|day| day.0.checked_add_days(Days::new(plus))) {
            Some(day) => sent = sent.with(name, time.working().start_of(day).to_string()),
            None => wrong.add(Violation::new(name, "bad_date")),
        }
    }
    Ok(wrong.or(sent)?)
}

async fn end(id: web::Path<StandInId>, form: PageForm) -> PageResult {
    let id = id.into_inner();
    form.visitor.write(move |tx, actor| stand_ins::end(tx, actor, id)).await?;
    Ok(see_other("/account/stand-ins", Some("stand-in-ended")))
}

async fn hand_over(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let (typed, own) = (fields.clone(), visitor.me.id);
    let done = visitor.write(move |tx, actor| {
        let Successor { to_id } = typed.input()?;
        handover::hand_over(tx, actor, own, to_id)
    });
    match done.await {
        Ok(_) => Ok(see_other("/account", Some("handed-over"))),
        Err(error) => refused(&visitor, &fields, error).await,
    }
}
