//! A county with authors, an office, a leader and three departments, and a manuscript that has reached the leaders.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use zhitongche::app::accounts::people::NewPerson;
use zhitongche::app::accounts::roles::RoleView;
use zhitongche::app::accounts::{By, channels, organizations, people, roles};
use zhitongche::app::endorsements::{self, NewEndorsement};
use zhitongche::app::forwarding::{self, Forwarding};
use zhitongche::app::handling::forms::{Department, NewAssignments, NewItem, NewReply};
use zhitongche::app::handling::views::AssignmentView;
use zhitongche::app::handling::{self, reading};
use zhitongche::app::intake::{drafts, submission};
use zhitongche::app::reading::body;
use zhitongche::app::reading::views::ManuscriptView;
use zhitongche::app::review::{self, ReviewVerdict};
use zhitongche::app::{App, AppError, Tx, signing};
use zhitongche::domain::assignment::{AssignmentForm, AssignmentPart, Consultation};
use zhitongche::domain::calendar::Calendar;
use zhitongche::domain::clock::{Clock, Moment};
use zhitongche::domain::ids::{AssignmentId, ChannelId, EndorsementId, ManuscriptId, OrganizationId};
use zhitongche::domain::manuscript::{Declarations, DraftForm};
use zhitongche::domain::numbers::Day;
use zhitongche::domain::outcome::EndorsementKind;
use zhitongche::domain::permission::{Actor, Grant};
use zhitongche::domain::vocabulary::{Answer, Classification, OrganizationKind, Role, Stage};
use zhitongche::store::{AnyConn, StoreError};

use crate::support::database::{Engine, TestDatabase};

/// One channel with people of every role that handling needs.
pub(crate) struct World {
    pub(crate) desk: App,
    pub(crate) clock: Clock,
    pub(crate) channel: ChannelId,
    people: BTreeMap<&'static str, Actor>,
    organizations: BTreeMap<&'static str, OrganizationId>,
    _database: TestDatabase,
}

/// Login, role, organisation.
const PEOPLE: [(&str, Role, &str); 11] = [
    ("author", Role::Submitter, "party"),
    ("joint", Role::Submitter, "party"),
    ("reviewer", Role::Reviewer, "office"),
    ("signer", Role::Signer, "office"),
    ("dispatcher", Role::Dispatcher, "office"),
    ("leader", Role::Leader, "county"),
    ("other_leader", Role::Leader, "county"),
    ("housing", Role::Handler, "housing"),
    ("schools", Role::Handler, "schools"),
    ("police", Role::Handler, "police"),
    ("auditor", Role::Auditor, "county"),
];

impl World {
    /// On Friday 20 November 2026, 10:32 in Beijing.
    pub(crate) fn new(engine: Engine) -> Self {
        let database = TestDatabase::with_schema(engine);
        let db = database.open();
        let at = "2026-11-20T02:32:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let clock = Clock::at(Moment::from(at));
        let desk = App::new(db, clock.clone(), Arc::new(database.settings()), Calendar::shipped().unwrap());
        let channel = desk.write_now("test", |tx| channels::add(tx, "yunxi", "云溪县建言献策直通车")).unwrap();
        let mut world = Self { desk, channel, clock, people: BTreeMap::new(), organizations: BTreeMap::new(), _database: database };
        for (login, role, organization) in PEOPLE {
            let organization = world.add_organization(organization);
            let person = world.add_person(login, role, organization);
            world.people.insert(login, person);
        }
        world.add_organization("empty");
        world
    }

    fn add_organization(&mut self, name: &'static str) -> OrganizationId {
        if let Some(known) = self.organizations.get(name) {
            return *known;
        }
        let (channel, kind) = (self.channel, OrganizationKind::Department);
        let add = move |tx: &mut Tx<'_>| organizations::add(tx, By::Program, channel, name, kind, false);
        let id = self.desk.write_now("test", add).unwrap();
        self.organizations.insert(name, id);
        id
    }

    fn add_person(&self, login: &'static str, role: Role, organization: OrganizationId) -> Actor {
        let new = NewPerson {
            login: login.to_owned(),
            name: login.to_owned(),
            post: "主任".to_owned(),
            email: format!("{login}@example.org"),
            password_hash: Some("no password fits".to_owned()),
            roles: vec![role.into()],
            ..NewPerson::default()
        };
        let channel = self.channel;
        let hire = move |tx: &mut Tx<'_>| {
            let user = people::add(tx, By::Program, organization, channel, new)?;
            Ok((user, roles::held(tx, user)?))
        };
        let (user, held) = self.desk.write_now("test", hire).unwrap();
        let grant = |one: &RoleView| Grant { id: one.id, role: one.role, organization, serves: None, for_user: None };
        Actor { user, channel, grants: held.iter().map(grant).collect() }
    }

    pub(crate) fn by_hand<T: Send + 'static>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, StoreError> + Send + 'static) -> T {
        self.desk.db.write_now(f).unwrap()
    }

    pub(crate) fn person(&self, login: &str) -> Actor {
        self.people[login].clone()
    }

    pub(crate) fn organization(&self, name: &str) -> OrganizationId {
        self.organizations[name]
    }

    /// An act of this person, a minute after the last one.
    pub(crate) fn act<T: Send + 'static>(
        &self,
        login: &str,
        act: impl FnOnce(&mut Tx<'_>, &Actor) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        self.clock.advance(Duration::minutes(1));
        let actor = self.person(login);
        self.desk.write_now("test", move |tx| act(tx, &actor))
    }

    /// A reading of this person.
    pub(crate) fn read<T>(&self, login: &str, reading: impl FnOnce(&mut Tx<'_>, &Actor) -> Result<T, AppError>) -> Result<T, AppError> {
        let actor = self.person(login);
        self.desk.read_now(|tx| reading(tx, &actor))
    }

    pub(crate) fn manuscript(&self, login: &str, id: ManuscriptId) -> Result<ManuscriptView, AppError> {
        self.read(login, |tx, actor| body::manuscript(tx, actor, id))
    }

    pub(crate) fn stage(&self, login: &str, id: ManuscriptId) -> Stage {
        self.manuscript(login, id).unwrap().stage
    }

    pub(crate) fn version(&self, id: ManuscriptId) -> i64 {
        self.manuscript("dispatcher", id).unwrap().version
    }

    pub(crate) fn assignment(&self, login: &str, id: AssignmentId) -> Result<AssignmentView, AppError> {
        self.read(login, |tx, actor| reading::read(tx, actor, id))
    }

    /// Hands a manuscript with these suggestions in.
    pub(crate) fn submitted(&self, login: &str, suggestions: &[&str]) -> ManuscriptId {
        let form = DraftForm {
            title: "关于缓解学校周边停车难的建议".into(),
            category: "社会建设".into(),
            situation: "每天上下学时段，实验小学门前停满车辆。".into(),
            suggestions: suggestions.iter().map(ToString::to_string).collect(),
            declarations: Some(Declarations {
                submitted_elsewhere: None,
                may_publish: true,
                may_quote_name: false,
                classification: Classification::None,
            }),
            ..DraftForm::default()
        };
        let new = drafts::NewDraft { form, ..drafts::NewDraft::default() };
        self.act(login, move |tx, actor| submission::create_and_submit(tx, actor, &new)).unwrap().0
    }

    /// A manuscript that two leaders have before them.
    pub(crate) fn forwarded(&self, suggestions: &[&str]) -> ManuscriptId {
        let id = self.submitted("author", suggestions);
        self.forward(id);
        id
    }

    /// Takes a manuscript that was handed in to the leaders, and closes every window.
    pub(crate) fn forward(&self, id: ManuscriptId) {
        let opinion = ReviewVerdict::Recommend { opinion: "可以采用。".into() };
        let seen = self.manuscript("reviewer", id).unwrap().version;
        self.act("reviewer", move |tx, actor| review::decide(tx, actor, id, seen, &opinion)).unwrap();
        self.act("signer", move |tx, actor| signing::sign(tx, actor, id, seen + 1, "")).unwrap();
        self.close_window();
        let to = Forwarding { recipients: ["leader", "other_leader"].map(|login| self.person(login).user).into() };
        self.act("signer", move |tx, actor| forwarding::forward(tx, actor, id, seen + 2, &to)).unwrap();
    }

    /// The leader's word on it, in effect.
    pub(crate) fn endorsed(&self, id: ManuscriptId, kind: EndorsementKind, urgent: bool, due_on: Option<Day>) -> EndorsementId {
        let new = NewEndorsement {
            kind,
            commendatory: false,
            urgent,
            words: "请住建局研究办理。".into(),
            date: None,
            due_on,
            leader_id: None,
            scan_id: None,
        };
        let entered = self.act("leader", move |tx, actor| endorsements::enter(tx, actor, id, &new)).unwrap();
        self.close_window();
        entered
    }

    /// Later than any undo window, with what waited for its end carried out.
    pub(crate) fn close_window(&self) {
        self.clock.advance(Duration::minutes(11));
        let due = self.desk.read_now(|tx| endorsements::closed_windows(tx, 100)).unwrap();
        for id in due {
            assert!(self.desk.write_now("test", move |tx| endorsements::close_window(tx, id)).unwrap());
        }
    }

    /// Charges departments as the dispatcher does, and closes the window.
    pub(crate) fn assign(&self, id: ManuscriptId, form: NewAssignments) -> Vec<AssignmentId> {
        let seen = self.version(id);
        let (_, ids) = self.act("dispatcher", move |tx, actor| handling::assign(tx, actor, id, seen, &form)).unwrap();
        self.close_window();
        ids
    }

    /// What the dispatcher fills in for these departments; in a joint assignment the first leads.
    pub(crate) fn form(&self, form: AssignmentForm, departments: &[&str]) -> NewAssignments {
        let lead = departments.first().copied();
        let part = |name: &str| (form == AssignmentForm::Joint && Some(name) == lead).then_some(AssignmentPart::Lead);
        let department =
            |name: &&str| Department { organization_id: self.organization(name), part: part(name), suggestions: Vec::new(), due_on: None };
        let departments = departments.iter().map(department).collect();
        NewAssignments { form, departments, endorsement_id: None, note: "请认真办理。".into(), due_on: None }
    }

    /// One department alone has it.
    pub(crate) fn single(&self, id: ManuscriptId, department: &str) -> AssignmentId {
        self.assign(id, self.form(AssignmentForm::Single, &[department]))[0]
    }
}

/// An answer to these suggestions: the first adopted, the others planned for the end of June.
pub(crate) fn answer(numbers: &[u32]) -> NewReply {
    let item = |number: &u32| NewItem {
        number: *number,
        answer: Some(if *number == 1 { Answer::Adopted } else { Answer::Planned }),
        words: format!("第{number}条的答复。"),
        promised_on: (*number != 1).then(|| day("2027-06-30")),
    };
    NewReply {
        words: "已会同有关单位研究。".into(),
        result_code: "B".into(),
        consultation: Some(Consultation::Visit),
        officer: "周敏".into(),
        officer_phone: "55550101".into(),
        items: numbers.iter().map(item).collect(),
    }
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The date on which something is due, in Beijing.
pub(crate) fn date(at: Moment) -> String {
    at.utc().with_timezone(&chrono_tz::Asia::Shanghai).date_naive().to_string()
}

/// The codes of the fields that were refused.
pub(crate) fn faults<T: std::fmt::Debug>(result: Result<T, AppError>) -> Vec<String> {
    match result {
        Err(AppError::Invalid(all)) => all.into_iter().map(|one| format!("{} {}", one.field, one.code)).collect(),
        other => panic!("it was not refused as input: {other:?}"),
    }
}

/// The code of the rule that stood against it.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    match result {
        Err(AppError::Refused(refusal)) => refusal.code(),
        Err(AppError::NotFound) => "not found",
        Err(AppError::Stale { .. }) => "stale",
        other => panic!("no rule stood against it: {other:?}"),
    }
}
