//! A channel with one person of each role, its use cases, and workers that the test sets to work by hand.

use std::collections::BTreeMap;

use diesel::prelude::*;
use zhitongche::app::events::{self, LedgerEvent};
use zhitongche::app::intake::drafts::NewDraft;
use zhitongche::app::intake::submission;
use zhitongche::app::{App, AppError, Tx};
use zhitongche::config::{MailTransport, Secret, Settings};
use zhitongche::domain::clock::{Clock, Moment};
use zhitongche::domain::ids::{AccountId, AnyId, ChannelId, GrantId, LetterId, ManuscriptId, OrganizationId, PersonId, UserId};
use zhitongche::domain::lang::Lang;
use zhitongche::domain::manuscript::{Declarations, DraftForm};
use zhitongche::domain::notice::Letter;
use zhitongche::domain::permission::{Actor, Grant};
use zhitongche::domain::vocabulary::{Classification, OrganizationKind, Role};
use zhitongche::jobs::{self, JobContext, Stop};
use zhitongche::server::database;
use zhitongche::store::letters::{self, LetterRow};
use zhitongche::store::rows::NewLetter;
use zhitongche::store::schema::{accounts, channels, grants, letters as letter_rows, organizations, persons, users};

use super::server::MailServer;
use crate::support::database::{Engine, TestDatabase};

/// Friday 20 November 2026, 10:32 in Beijing.
pub(crate) const START: &str = "2026-11-20T02:32:00Z";

pub(crate) struct World {
    pub(crate) desk: App,
    pub(crate) clock: Clock,
    pub(crate) context: JobContext,
    pub(crate) channel: ChannelId,
    pub(crate) office: OrganizationId,
    people: BTreeMap<Role, UserId>,
    _database: TestDatabase,
}

impl World {
    /// One whose letters go to this mail server, or stay in memory.
    pub(crate) fn new(engine: Engine, server: Option<&MailServer>) -> Self {
        Self::with(engine, server, |_| {})
    }

    /// The same with other settings.
    pub(crate) fn with(engine: Engine, server: Option<&MailServer>, change: impl FnOnce(&mut Settings)) -> Self {
        let database = TestDatabase::with_schema(engine);
        let mut settings = database.settings();
        settings.server.public_url = Some("https://ztc.example.gov.cn".to_owned());
        settings.mail.from = "直通车 <ztc@example.gov.cn>".to_owned();
        if let Some(server) = server {
            settings.mail.transport = MailTransport::Smtp;
            settings.mail.smtp_url = Secret::new(server.url());
        }
        change(&mut settings);
        let clock = Clock::at(at(START));
        let desk = database::app(&settings, &clock).unwrap();
        let context = JobContext::new(desk.clone()).unwrap();
        let (channel, office) = (clock.id(), clock.id());
        let world = Self { desk, clock, context, channel, office, people: BTreeMap::new(), _database: database };
        world.populate()
    }

    fn populate(mut self) -> Self {
        let (channel, office, now) = (self.channel, self.office, self.clock.now());
        self.write(move |tx| {
            let row = (
                channels::id.eq(channel),
                channels::code.eq("yunxi"),
                channels::name.eq("云溪县直通车"),
                channels::settings.eq("{}"),
                channels::version.eq(1_i64),
                channels::created_at.eq(now),
            );
            diesel::insert_into(channels::table).values(row).execute(tx.conn)?;
            let row = (
                organizations::id.eq(office),
                organizations::channel_id.eq(channel),
                organizations::name.eq("民盟云溪县委会"),
                organizations::kind.eq(OrganizationKind::Party),
                organizations::screening.eq(false),
                organizations::version.eq(1_i64),
                organizations::created_at.eq(now),
            );
            diesel::insert_into(organizations::table).values(row).execute(tx.conn)?;
            Ok(())
        });
        for role in [Role::Submitter, Role::Reviewer, Role::Signer, Role::Dispatcher, Role::SystemAdmin] {
            let id = self.add_person(role.as_str(), &[role]);
            self.people.insert(role, id);
        }
        self
    }

    /// Another person.
    pub(crate) fn add_person(&self, login: &str, roles: &[Role]) -> UserId {
        let (id, channel, office, now): (UserId, _, _, _) = (self.clock.id(), self.channel, self.office, self.clock.now());
        let account: AccountId = self.clock.id();
        let held: Vec<(GrantId, Role)> = roles.iter().map(|role| (self.clock.id(), *role)).collect();
        let login = login.to_owned();
        self.write(move |tx| {
            let row = (
                users::id.eq(id),
                users::channel_id.eq(channel),
                users::organization_id.eq(office),
                users::login.eq(&login),
                users::name.eq(format!("{login}先生")),
                users::post.eq("委员"),
                users::email.eq(format!("{login}@example.org")),
                users::mobile.eq("13800138000"),
                users::language.eq(Lang::Zh),
                users::salt.eq(vec![7_u8; 16]),
                users::version.eq(1_i64),
                users::created_at.eq(now),
                users::person_id.eq(PersonId(id.0)),
            );
            let person = (
                persons::id.eq(PersonId(id.0)),
                persons::name.eq(format!("{login}先生")),
                persons::salt.eq(vec![7_u8; 16]),
                persons::version.eq(1_i64),
                persons::created_at.eq(now),
            );
            diesel::insert_into(persons::table).values(person).execute(tx.conn)?;
            let account = (
                accounts::id.eq(account),
                accounts::person_id.eq(PersonId(id.0)),
                accounts::login.eq(&login),
                accounts::email.eq(format!("{login}@example.org")),
                accounts::mobile.eq("13800138000"),
                accounts::language.eq(Lang::Zh),
                accounts::salt.eq(vec![7_u8; 16]),
                accounts::version.eq(1_i64),
                accounts::created_at.eq(now),
            );
            diesel::insert_into(accounts::table).values(account).execute(tx.conn)?;
            diesel::insert_into(users::table).values(row).execute(tx.conn)?;
            for (grant, role) in held {
                let row = (
                    grants::id.eq(grant),
                    grants::user_id.eq(id),
                    grants::channel_id.eq(channel),
                    grants::organization_id.eq(office),
                    grants::role.eq(role),
                    grants::granted_at.eq(now),
                );
                diesel::insert_into(grants::table).values(row).execute(tx.conn)?;
            }
            Ok(())
        });
        id
    }

    /// The person who holds this role.
    pub(crate) fn person(&self, role: Role) -> UserId {
        self.people[&role]
    }

    /// The same as the rules see them.
    pub(crate) fn actor(&self, role: Role) -> Actor {
        let of = grants::table.filter(grants::user_id.eq(self.person(role))).filter(grants::role.eq(role)).select(grants::id);
        let id = self.desk.read_now::<GrantId>(|tx| Ok(of.first(tx.conn)?)).unwrap();
        let grant = Grant { id, role, organization: self.office, serves: None, for_user: None };
        Actor { user: self.person(role), channel: self.channel, grants: vec![grant] }
    }

    /// An act that must succeed.
    pub(crate) fn write<T: Send + 'static>(&self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static) -> T {
        self.desk.write_now("test", act).unwrap()
    }

    /// A manuscript handed in by the submitter.
    pub(crate) fn submitted(&self, title: &str) -> ManuscriptId {
        let actor = self.actor(Role::Submitter);
        let declarations =
            Declarations { submitted_elsewhere: None, may_publish: true, may_quote_name: true, classification: Classification::None };
        let form = DraftForm {
            title: title.to_owned(),
            category: "社会建设".to_owned(),
            situation: "老旧小区没有电梯，老人出行难。".to_owned(),
            suggestions: vec!["由住建局牵头加装电梯。".to_owned()],
            declarations: Some(declarations),
            ..DraftForm::default()
        };
        let new = NewDraft { form, ..NewDraft::default() };
        self.write(move |tx| submission::create_and_submit(tx, &actor, &new)).0
    }

    /// A letter by hand, to the submitter, without any act.
    pub(crate) fn letter(&self, kind: Letter) -> LetterId {
        let (id, channel, recipient, now) = (self.clock.id(), self.channel, self.person(Role::Submitter), self.clock.now());
        let new = NewLetter {
            id,
            channel,
            entry: self.clock.id(),
            recipient,
            kind,
            manuscript: Some(self.clock.id()),
            subject: self.clock.id::<AnyId>(),
            args: r#"{"number":"2026-0001","title":"关于加装电梯的建议"}"#.to_owned(),
            at: now,
            not_before: now,
            by_mail: true,
        };
        let written = self.write(move |tx| {
            let entry = LedgerEvent::by_program(channel, "test", "letter", new.entry.0, serde_json::Value::Null);
            events::append_event(tx, entry)?;
            Ok(letters::write(tx.conn, &new)?)
        });
        assert!(written);
        id
    }

    /// A letter's row.
    pub(crate) fn row(&self, id: LetterId) -> LetterRow {
        self.write(move |tx| Ok(letters::find(tx.conn, id)?))
    }

    /// All letters to a person, oldest first.
    pub(crate) fn letters_to(&self, person: UserId) -> Vec<LetterRow> {
        self.write(move |tx| {
            Ok(letter_rows::table.filter(letter_rows::recipient_id.eq(person)).order(letter_rows::created_at).load(tx.conn)?)
        })
    }

    /// Lets a worker take one batch; says how many letters it took.
    pub(crate) fn deliver(&self) -> usize {
        jobs::deliver_mail::run_once(&self.context, &Stop::default()).unwrap()
    }

    /// Moves the clock.
    pub(crate) fn later(&self, by: chrono::Duration) {
        self.clock.advance(by);
    }
}

/// A point in time as RFC 3339 writes it.
pub(crate) fn at(text: &str) -> Moment {
    Moment::from(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap())
}
