//! Members of a channel: creation together with their account, and changes.

use rand::Rng;
use serde_json::{Value, json};

use crate::app::accounts::account::{AccountAct, AccountState, enter_account, lock_account};
use crate::app::accounts::links::send_link;
use crate::app::accounts::roles::{self, NewRole};
use crate::app::accounts::{ADMINISTRATORS, AccountChange, By, enter_person, lock, stand_ins};
use crate::app::{AppError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::{ChannelId, EntryId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::notice::Letter;
use crate::domain::permission::Permit;
use crate::domain::person::{Email, Login, Mobile};
use crate::domain::violation::{Violation, Violations, line, required_line};
use crate::store::channels;
use crate::store::people::{self, User};
use crate::store::persons::{self, AccountRow, PersonRow};

/// A person for whom an account is created. Texts are as they were typed.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// The sign-in name.
    pub login: String,
    /// The name.
    pub name: String,
    /// The post; may be empty.
    pub post: String,
    /// The e-mail address.
    pub email: String,
    /// The mobile number; may be empty.
    pub mobile: String,
    /// The language of letters.
    pub language: Lang,
    /// The hash of a password that is set at once; without one the person gets a one-time link.
    pub password_hash: Option<String>,
    /// The initial roles.
    pub roles: Vec<NewRole>,
}

/// Creates an account for a person. Without a password, a letter with a one-time link is sent.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators; [`AppError::Invalid`] with all violations.
pub fn add(tx: &mut Tx<'_>, by: By<'_>, organization: OrganizationId, channel: ChannelId, new: NewPerson) -> Result<UserId, AppError> {
    let (user, entry) = add_quietly(tx, by, organization, channel, new)?;
    if user.password_hash.is_none() {
        send_link(tx, entry, &user, Letter::AccountCreated)?;
    }
    Ok(user.id)
}

/// Creates an account without sending a letter.
pub(crate) fn add_quietly(
    tx: &mut Tx<'_>,
    by: By<'_>,
    organization: OrganizationId,
    channel: ChannelId,
    new: NewPerson,
) -> Result<(User, EntryId), AppError> {
    by.within(channel)?;
    let permit = by.permit(&ADMINISTRATORS)?;
    let leaders: Vec<UserId> = new.roles.iter().filter_map(|role| role.serves).collect();
    lock(tx, by, &leaders)?;
    let (state, user) = checked(tx, organization, channel, &new)?;
    persons::insert_person(tx.conn, &state.person)?;
    persons::insert_account(tx.conn, &state.account)?;
    if let Some(password) = &state.password {
        persons::put_identity(tx.conn, password)?;
    }
    enter_account(tx, &state.account, &AccountAct { by, permit, action: "create", facts: Value::Null })?;
    people::insert(tx.conn, &user)?;
    insert_roles(tx, &user, &new.roles)?;
    let held: Vec<_> = new.roles.iter().map(|one| one.role).collect();
    let facts = json!({ "organization": organization, "roles": held });
    let entry = enter_person(tx, AccountChange { channel, by, permit, action: "create", object: "user", id: user.id.0, facts })?;
    Ok((user, entry))
}

/// Grants a new member their initial roles.
pub(super) fn insert_roles(tx: &mut Tx<'_>, user: &User, all: &[NewRole]) -> Result<(), AppError> {
    for (at, role) in all.iter().enumerate() {
        roles::insert(tx, user, *role).map_err(|error| in_list(error, at))?;
    }
    Ok(())
}

/// Adds the position in the list of roles to a violation.
fn in_list(error: AppError, at: usize) -> AppError {
    match error {
        AppError::Invalid(all) => {
            let placed = all.into_iter().map(|one| Violation { field: format!("roles[{at}].{}", one.field), ..one });
            AppError::Invalid(placed.collect())
        }
        other => other,
    }
}

/// Builds the rows of a new person with an account, and of their membership.
fn checked(tx: &mut Tx<'_>, organization: OrganizationId, channel: ChannelId, new: &NewPerson) -> Result<(AccountState, User), AppError> {
    let mut wrong = Violations::default();
    let login = wrong.take(Login::parse(&new.login).map(|login| login.to_string()));
    let name = wrong.take(required_line("name", &new.name, 40));
    let post = wrong.take(line("post", &new.post, 60));
    let email = wrong.take(Email::parse(&new.email).map(|email| email.to_string()));
    let mobile = wrong.take(mobile(&new.mobile));
    if !login.is_empty() && persons::account_by_login(tx.conn, &login)?.is_some() {
        wrong.add(Violation::new("login", "taken"));
    }
    need_open_organization(tx, channel, organization, &mut wrong);
    let person = PersonRow { id: tx.id(), name, salt: salt(), version: 1, created_at: tx.now };
    let account = AccountRow {
        id: tx.id(),
        person_id: person.id,
        login,
        email,
        mobile,
        language: new.language,
        suspended_at: None,
        salt: salt(),
        version: 1,
        created_at: tx.now,
    };
    let mut state = AccountState { person, account, password: None };
    if let Some(hash) = &new.password_hash {
        state.set_password(tx, hash.clone())?;
    }
    let user = membership(tx, &state, channel, organization, post);
    Ok(wrong.or((state, user))?)
}

/// Generates 16 random bytes for digests.
fn salt() -> Vec<u8> {
    let mut salt = vec![0_u8; 16];
    rand::rng().fill_bytes(&mut salt);
    salt
}

pub(super) fn need_open_organization(tx: &mut Tx<'_>, channel: ChannelId, organization: OrganizationId, wrong: &mut Violations) {
    match channels::organization_to_rely_on(tx.conn, channel, organization) {
        Ok(found) if found.closed_at.is_none() => {}
        Ok(_) => wrong.add(Violation::new("organization_id", "closed_organization")),
        Err(_) => wrong.add(Violation::new("organization_id", "unknown")),
    }
}

/// Builds a new membership of this person.
pub(super) fn membership(tx: &Tx<'_>, state: &AccountState, channel: ChannelId, organization: OrganizationId, post: String) -> User {
    let mut user = User {
        id: tx.id(),
        channel_id: channel,
        organization_id: organization,
        login: String::new(),
        name: String::new(),
        post,
        email: String::new(),
        mobile: String::new(),
        language: state.account.language,
        password_hash: None,
        password_at: None,
        suspended_at: None,
        salt: salt(),
        version: 1,
        created_at: tx.now,
        person_id: state.person.id,
    };
    state.copy_to(&mut user);
    user
}

/// Parses a mobile number, which may be empty.
fn mobile(text: &str) -> Result<String, Violation> {
    if is_blank(text) { Ok(String::new()) } else { Mobile::parse(text).map(|mobile| mobile.to_string()) }
}

/// Changes of a person; absent fields stay unchanged.
#[derive(Debug, Clone, Default)]
pub struct PersonUpdate {
    /// The name.
    pub name: Option<String>,
    /// The post.
    pub post: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The mobile number.
    pub mobile: Option<String>,
    /// The language of letters.
    pub language: Option<Lang>,
    /// The organisation.
    pub organization: Option<OrganizationId>,
}

/// Changes a person. Everybody may change their own mobile number and language. Name, address, number and language are the same in all
/// channels.
///
/// # Errors
/// [`AppError::Refused`], also for a change of the account of a person who is a member of other channels; [`AppError::NotFound`],
/// [`AppError::Stale`], [`AppError::Invalid`].
pub fn change(tx: &mut Tx<'_>, by: By<'_>, id: UserId, seen: i64, changes: PersonUpdate) -> Result<(), AppError> {
    let person = people::find(tx.conn, id)?.person_id;
    let mut locked = lock_account(tx, by, person)?;
    let mut user = people::find(tx.conn, id)?;
    let own = by.user() == Some(id) && changes.only_own();
    let permit = permit_on(by, &user, own)?;
    let mut wrong = Violations::default();
    let mut changed = Vec::new();
    let mut put = |field: &'static str, place: &mut String, value: Option<Result<String, Violation>>| {
        if let Some(value) = value {
            *place = wrong.take(value);
            changed.push(field);
        }
    };
    let account = &mut locked.state.account;
    put("name", &mut locked.state.person.name, changes.name.map(|text| required_line("name", &text, 40)));
    put("post", &mut user.post, changes.post.map(|text| line("post", &text, 60)));
    put("email", &mut account.email, changes.email.map(|text| Email::parse(&text).map(|email| email.to_string())));
    put("mobile", &mut account.mobile, changes.mobile.map(|text| mobile(&text)));
    if let Some(organization) = changes.organization {
        match channels::organization_to_rely_on(tx.conn, user.channel_id, organization) {
            Ok(found) if found.closed_at.is_some() && organization != user.organization_id => {
                wrong.add(Violation::new("organization_id", "closed_organization"));
            }
            Ok(_) => {}
            Err(_) => wrong.add(Violation::new("organization_id", "unknown")),
        }
        user.organization_id = organization;
        changed.push("organization");
    }
    if let Some(language) = changes.language {
        account.language = language;
        changed.push("language");
    }
    wrong.or(())?;
    if !own && locked.is_changed() {
        locked.need_only_here(by)?;
    }
    let (channel, moved) = (user.channel_id, changed.contains(&"organization"));
    let act = AccountAct { by, permit, action: "change", facts: json!({ "fields": changed }) };
    locked.save(tx, &act, user, seen)?;
    if moved { stand_ins::end_unfit(tx, by, permit, channel, id) } else { Ok(()) }
}

impl PersonUpdate {
    /// Returns whether it changes only fields that everybody may change of themselves.
    fn only_own(&self) -> bool {
        self.name.is_none() && self.post.is_none() && self.email.is_none() && self.organization.is_none()
    }
}

/// Returns the grant for a change of this person, or none for a change of the actor's own data.
pub(super) fn permit_on(by: By<'_>, user: &User, own: bool) -> Result<Permit, AppError> {
    by.within(user.channel_id)?;
    match by.permit(&ADMINISTRATORS) {
        Err(_) if own && by.user() == Some(user.id) => Ok(Permit::SYSTEM),
        Err(refusal) if by.user() == Some(user.id) => Err(refusal.into()),
        // Others must not learn that the account exists.
        Err(_) => Err(AppError::NotFound),
        Ok(permit) => Ok(permit),
    }
}
