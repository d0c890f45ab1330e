//! The real program with the people and the three manuscripts of the model in `domain/tests/world.rs`, so that both can run the same
//! sequence.

use std::sync::Arc;

use tempfile::TempDir;

use crate::app::accounts::people::NewPerson;
use crate::app::accounts::roles::NewRole;
use crate::app::accounts::{self, By, channels, organizations};
use crate::app::handling::forms::{ReturnDecision, ReturnRequest, Verdict};
use crate::app::handling::receiving;
use crate::app::intake::{authors, drafts};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::step::{self, StepDetails};
use crate::app::tests::acts::ModelAct;
use crate::app::{App, AppError, Tx, endorsements, transition};
use crate::config::{Secret, Settings};
use crate::documents::token_key::TokenKey;
use crate::domain::assignment::AssignmentAction;
use crate::domain::calendar::Calendar;
use crate::domain::clock::{Clock, Moment};
use crate::domain::ids::{AssignmentId, ChannelId, ManuscriptId, OrganizationId, UserId};
use crate::domain::manuscript::{Declarations, DraftForm};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Classification, OrganizationKind, Role};
use crate::store::assignments::{self, UNDONE};
use crate::store::endorsements::{self as endorsement_rows, Endorsement};
use crate::store::limits::DatabaseTimeouts;
use crate::store::opener::Opener;
use crate::store::{Db, manuscripts, migrate, stand_ins};

/// The result of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActOutcome {
    Done,
    Refused,
    /// The model does not distinguish this act as the program does: a second signature or rating of one person.
    Skipped,
}

pub(super) struct Program {
    pub(super) app: App,
    pub(super) people: Vec<UserId>,
    pub(super) manuscripts: Vec<ManuscriptId>,
    channel: ChannelId,
    department: OrganizationId,
    acts: usize,
    /// Deleted together with the program.
    _folder: TempDir,
}

/// The people of the model, in its order: the name of their organisation and their roles.
const CAST: [(&str, &[Role]); 11] = [
    ("party", &[Role::Submitter]),
    ("party", &[Role::Submitter, Role::Reviewer]),
    ("others", &[Role::Submitter]),
    ("party", &[Role::Screener]),
    ("others", &[Role::Screener]),
    ("party", &[Role::Reviewer]),
    ("party", &[Role::Signer]),
    ("party", &[Role::Dispatcher]),
    ("others", &[Role::Leader]),
    ("others", &[Role::Secretary]),
    ("bureau", &[Role::Handler]),
];
/// The leader's position in the cast.
pub(super) const LEADER: usize = 8;

impl Program {
    pub(super) fn new(at: Moment, undo_minutes: i64) -> Self {
        let folder = TempDir::with_prefix("ztc-sequences-").unwrap();
        let mut settings = Settings::defaults_in(folder.path()).unwrap();
        settings.database.url = Secret::new(format!("sqlite://{}", folder.path().join("test.db").display()));
        settings.database.readers = 1;
        settings.undo.minutes = undo_minutes;
        let mut conn = Opener::new(&settings.database_url(), DatabaseTimeouts::from(&settings.database)).unwrap().open().unwrap();
        migrate::run(&mut conn).unwrap();
        drop(conn);
        TokenKey::generate().create(&settings.token_key_file()).unwrap();
        let db = Db::open(&settings).unwrap();
        let app = App::new(db, Clock::at(at), Arc::new(settings), Calendar::shipped().unwrap());
        let (channel, department, people) = app.write_now("test", open).unwrap();
        let mut program = Self { app, people, manuscripts: Vec::new(), channel, department, acts: 0, _folder: folder };
        for author in 0..3 {
            let id =
                program.by(author, |tx, actor| drafts::create(tx, actor, &drafts::NewDraft { form: form("起初"), ..Default::default() }));
            program.manuscripts.push(id.unwrap());
        }
        // The second person signs the first manuscript as a joint author.
        let (first, second) = (program.manuscripts[0], program.people[1]);
        program.by(0, move |tx, actor| authors::set(tx, actor, first, 1, &[second.to_string()])).unwrap();
        program
    }

    /// Performs an act as a person of the cast.
    pub(super) fn by<T: Send + 'static>(
        &self,
        person: usize,
        act: impl FnOnce(&mut Tx<'_>, &Actor) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let (user, channel) = (self.people[person], self.channel);
        self.app.write_now("test", move |tx| {
            let actor = Actor { user, channel, grants: stand_ins::acting_grants(tx.conn, user, channel, tx.now)? };
            act(tx, &actor)
        })
    }

    /// Performs a reading as a person of the cast.
    pub(super) fn seen_by<T>(&self, person: usize, read: impl FnOnce(&mut Tx<'_>, &Actor) -> Result<T, AppError>) -> Result<T, AppError> {
        let (user, channel) = (self.people[person], self.channel);
        self.app.read_now(|tx| {
            let actor = Actor { user, channel, grants: stand_ins::acting_grants(tx.conn, user, channel, tx.now)? };
            read(tx, &actor)
        })
    }

    /// Loads a manuscript with all facts that the rules consider.
    pub(super) fn loaded(&self, m: usize) -> Option<LoadedCase> {
        let (channel, id) = (self.channel, self.manuscripts[m]);
        let read = move |tx: &mut Tx<'_>| {
            let row = manuscripts::find(tx.conn, channel, id)?;
            manuscript_case::of_row(tx, row)
        };
        match self.app.read_now(read) {
            Ok(loaded) => Some(loaded),
            Err(AppError::NotFound) => None,
            Err(error) => panic!("{error:?}"),
        }
    }

    pub(super) fn act(&mut self, person: usize, m: usize, action: Action, other: usize) -> ActOutcome {
        self.acts += 1;
        let what = ModelAct {
            id: self.manuscripts[m],
            other: self.manuscripts[other],
            words: format!("第{}步", self.acts),
            department: self.department,
            leader: self.people[LEADER],
        };
        let done = self.by(person, move |tx, actor| {
            let loaded = manuscript_case::view(tx, actor, what.id)?;
            let seen = loaded.row.version_for(loaded.sight(actor));
            what.carry_out(tx, actor, action, seen)
        });
        match done {
            Ok(()) => ActOutcome::Done,
            Err(AppError::Refused(Refusal::AlreadyDone)) => ActOutcome::Skipped,
            Err(AppError::Refused(Refusal::NotYours)) if action == Action::CoSign => ActOutcome::Skipped,
            Err(AppError::Refused(_) | AppError::NotFound) => ActOutcome::Refused,
            // Content that is not allowed in a bulletin is a violation of the form.
            Err(AppError::Invalid(_)) if action == Action::Issue => ActOutcome::Refused,
            // The number of files of a manuscript is limited.
            Err(AppError::Invalid(_)) if action == Action::Attach => ActOutcome::Skipped,
            Err(error) => panic!("{action} by {person} on {m}: {error:?}"),
        }
    }

    /// Undoes the leader's newest endorsement of it. Returns when that was made.
    pub(super) fn take_back(&mut self, m: usize) -> Option<Moment> {
        let id = self.manuscripts[m];
        let done = self.by(LEADER, move |tx, actor| {
            let own = |one: &Endorsement| one.entered_by == actor.user && one.undone_at.is_none();
            let newest = endorsement_rows::of_manuscript(tx.conn, id)?.into_iter().rfind(own).ok_or(AppError::NotFound)?;
            endorsements::undo(tx, actor, newest.id).map(|_| newest.entered_at)
        });
        match done {
            Ok(at) => Some(at),
            Err(AppError::Refused(_) | AppError::NotFound) => None,
            Err(error) => panic!("taking back on {m}: {error:?}"),
        }
    }

    /// Performs an act of the program itself.
    pub(super) fn alone(&mut self, m: usize, action: Action) -> ActOutcome {
        let (channel, id) = (self.channel, self.manuscripts[m]);
        let done = self.app.write_now("test", move |tx| {
            let row = manuscripts::find(tx.conn, channel, id)?;
            let mut loaded = manuscript_case::of_row(tx, row)?;
            let step = step::StepDetails { words: Some("到期".to_owned()), ..StepDetails::default() };
            transition::take_alone(tx, &mut loaded, action, step).map(drop)
        });
        match done {
            Ok(()) => ActOutcome::Done,
            Err(AppError::Refused(_) | AppError::NotFound) => ActOutcome::Refused,
            Err(error) => panic!("{action} on {m}: {error:?}"),
        }
    }

    /// Performs an act on the `n`th assignment, without counting those of undone decisions. Acts that need more input than a text are
    /// skipped.
    pub(super) fn act_on_assignment(&mut self, person: usize, m: usize, n: usize, action: AssignmentAction) -> ActOutcome {
        let id = self.manuscripts[m];
        let done = self.by(person, move |tx, actor| {
            let rows = assignments::of_manuscript(tx.conn, id)?;
            let mut rows: Vec<_> = rows.into_iter().filter(|row| row.reason.as_deref() != Some(UNDONE)).collect();
            rows.sort_by_key(|row| row.id);
            let row = rows.get(n).ok_or(AppError::NotFound)?;
            on_assignment(tx, actor, row.id, row.version, action)
        });
        match done {
            Ok(true) => ActOutcome::Done,
            Ok(false) => ActOutcome::Skipped,
            Err(AppError::Refused(_) | AppError::NotFound) => ActOutcome::Refused,
            Err(error) => panic!("{action} by {person} on {m}: {error:?}"),
        }
    }
}

fn on_assignment(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, action: AssignmentAction) -> Result<bool, AppError> {
    let reason = "按程序办理".to_owned();
    match action {
        AssignmentAction::Receive => receiving::receive(tx, actor, id, seen),
        AssignmentAction::Cancel => receiving::cancel(tx, actor, id, seen, &reason),
        AssignmentAction::RequestReturn => {
            receiving::request_return(tx, actor, id, seen, &ReturnRequest { reason, proposed_organization: "另一部门".to_owned() })
        }
        AssignmentAction::GrantReturn => {
            receiving::decide_return(tx, actor, id, seen, &ReturnDecision { decision: Verdict::Grant, reason })
        }
        _ => return Ok(false),
    }
    .map(|_| true)
}

type OpenedProgram = (ChannelId, OrganizationId, Vec<UserId>);

fn open(tx: &mut Tx<'_>) -> Result<OpenedProgram, AppError> {
    let channel = channels::add(tx, "model", "模型")?;
    let mut places = Vec::new();
    for (name, screens) in [("party", true), ("others", false), ("bureau", false)] {
        places.push((name, organizations::add(tx, By::Program, channel, name, OrganizationKind::Other, screens)?));
    }
    let place = |name: &str| places.iter().find(|(one, _)| *one == name).map(|(_, id)| *id).unwrap();
    let mut people: Vec<UserId> = Vec::new();
    for (at, (organization, roles)) in CAST.iter().enumerate() {
        let role = |role: &Role| NewRole { role: *role, organization: None, serves: (*role == Role::Secretary).then(|| people[LEADER]) };
        let new = NewPerson {
            login: format!("person{at}"),
            name: format!("人{at}"),
            email: format!("person{at}@example.cn"),
            // Nobody signs in here; without a password a letter with a link would be written.
            password_hash: Some("none".to_owned()),
            roles: roles.iter().map(role).collect(),
            ..NewPerson::default()
        };
        people.push(accounts::people::add(tx, By::Program, place(organization), channel, new)?);
    }
    Ok((channel, place("bureau"), people))
}

fn form(situation: &str) -> DraftForm {
    let declared =
        Declarations { submitted_elsewhere: None, may_publish: true, may_quote_name: true, classification: Classification::None };
    DraftForm {
        title: "关于停车的建议".to_owned(),
        category: "社会建设".to_owned(),
        situation: situation.to_owned(),
        suggestions: vec!["建停车场。".to_owned()],
        declarations: Some(declared),
        ..DraftForm::default()
    }
}
