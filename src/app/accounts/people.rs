//! People with an account: made, shown, changed, suspended, brought back.

use rand::Rng;
use serde_json::{Value, json};

use crate::app::accounts::roles::{self, NewRole};
use crate::app::accounts::{
    ADMINISTRATORS, AccountChange, By, enter_person, links, lock, lock_with_administrators, need_an_administrator, stand_ins, tell,
};
use crate::app::{AppError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::{ChannelId, EntryId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::notice::Letter;
use crate::domain::permission::Permit;
use crate::domain::person::{Email, Login, Mobile};
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Violation, Violations, line, required_line};
use crate::mail::letters::LetterFacts;
use crate::store::people::{self, User};
use crate::store::{accounts, channels, tokens};

/// A person to be given an account. Texts as they were typed.
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
    /// A password's hash, when the password is set on the spot; without one the person gets a one-time link.
    pub password_hash: Option<String>,
    /// The roles to begin with.
    pub roles: Vec<NewRole>,
}

/// Gives a person an account. Without a password a letter with a one-time link goes out.
///
/// # Errors
/// [`AppError::Refused`] for all but administrators; [`AppError::Invalid`] with everything that is wrong.
pub fn add(tx: &mut Tx<'_>, by: By<'_>, organization: OrganizationId, channel: ChannelId, new: NewPerson) -> Result<UserId, AppError> {
    let (user, entry) = add_quietly(tx, by, organization, channel, new)?;
    if user.password_hash.is_none() {
        send_link(tx, entry, &user, Letter::AccountCreated)?;
    }
    Ok(user.id)
}

/// The same without a letter.
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
    let user = checked(tx, organization, channel, &new)?;
    people::insert(tx.conn, &user)?;
    for (at, role) in new.roles.iter().enumerate() {
        roles::insert(tx, &user, *role).map_err(|error| in_list(error, at))?;
    }
    let held: Vec<_> = new.roles.iter().map(|one| one.role).collect();
    let facts = json!({ "organization": organization, "roles": held });
    let entry = enter_person(tx, AccountChange { channel, by, permit, action: "create", object: "user", id: user.id.0, facts })?;
    Ok((user, entry))
}

/// Sends a one-time link with which the person sets their password.
pub(crate) fn send_link(tx: &mut Tx<'_>, entry: EntryId, user: &User, letter: Letter) -> Result<(), AppError> {
    let secret = links::make(tx, user)?;
    let (path, expires, login) = (Some(links::path(&secret)), Some(links::expiry(tx)), Some(user.login.clone()));
    let facts = LetterFacts { path, expires, login, ..LetterFacts::default() };
    tell(tx, entry, user.channel_id, user.id, (letter, user.id), facts)
}

/// Names the role of the list that a violation is about.
fn in_list(error: AppError, at: usize) -> AppError {
    match error {
        AppError::Invalid(all) => {
            let placed = all.into_iter().map(|one| Violation { field: format!("roles[{at}].{}", one.field), ..one });
            AppError::Invalid(placed.collect())
        }
        other => other,
    }
}

fn checked(tx: &mut Tx<'_>, organization: OrganizationId, channel: ChannelId, new: &NewPerson) -> Result<User, AppError> {
    let mut wrong = Violations::default();
    let login = wrong.take(Login::parse(&new.login).map(|login| login.to_string()));
    let name = wrong.take(required_line("name", &new.name, 40));
    let post = wrong.take(line("post", &new.post, 60));
    let email = wrong.take(Email::parse(&new.email).map(|email| email.to_string()));
    let mobile = wrong.take(mobile(&new.mobile));
    if !login.is_empty() && people::find_by_login(tx.conn, &login)?.is_some() {
        wrong.add(Violation::new("login", "taken"));
    }
    match channels::organization_to_rely_on(tx.conn, channel, organization) {
        Ok(found) if found.closed_at.is_none() => {}
        Ok(_) => wrong.add(Violation::new("organization_id", "closed_organization")),
        Err(_) => wrong.add(Violation::new("organization_id", "unknown")),
    }
    let mut salt = vec![0_u8; 16];
    rand::rng().fill_bytes(&mut salt);
    let id: UserId = tx.id();
    let password_mac = new.password_hash.as_ref().map(|hash| Ok::<_, AppError>(tx.token_key()?.password_mac(id.0, hash))).transpose()?;
    let user = User {
        id,
        channel_id: channel,
        organization_id: organization,
        login,
        name,
        post,
        email,
        mobile,
        language: new.language,
        password_hash: new.password_hash.clone(),
        password_at: new.password_hash.as_ref().map(|_| tx.now),
        suspended_at: None,
        salt,
        version: 1,
        created_at: tx.now,
        password_mac,
    };
    Ok(wrong.or(user)?)
}

/// A mobile number, or none.
fn mobile(text: &str) -> Result<String, Violation> {
    if is_blank(text) { Ok(String::new()) } else { Mobile::parse(text).map(|mobile| mobile.to_string()) }
}

/// What may be changed of a person; what is absent stays.
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

/// Changes a person. Of themself everybody may change mobile number and language.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Invalid`].
pub fn change(tx: &mut Tx<'_>, by: By<'_>, id: UserId, seen: i64, changes: PersonUpdate) -> Result<(), AppError> {
    lock(tx, by, &[id])?;
    let mut user = people::find(tx.conn, id)?;
    let permit = permit_on(by, &user, changes.only_own())?;
    let mut wrong = Violations::default();
    let mut changed = Vec::new();
    let mut put = |field: &'static str, place: &mut String, value: Option<Result<String, Violation>>| {
        if let Some(value) = value {
            *place = wrong.take(value);
            changed.push(field);
        }
    };
    put("name", &mut user.name, changes.name.map(|text| required_line("name", &text, 40)));
    put("post", &mut user.post, changes.post.map(|text| line("post", &text, 60)));
    put("email", &mut user.email, changes.email.map(|text| Email::parse(&text).map(|email| email.to_string())));
    put("mobile", &mut user.mobile, changes.mobile.map(|text| mobile(&text)));
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
        user.language = language;
        changed.push("language");
    }
    wrong.or(())?;
    user.version = seen + 1;
    accounts::save(tx.conn, &user, seen)?;
    let moved = changed.contains(&"organization");
    let facts = json!({ "fields": changed, "version": user.version });
    enter_person(tx, AccountChange { channel: user.channel_id, by, permit, action: "change", object: "user", id: id.0, facts })?;
    if moved { stand_ins::end_unfit(tx, by, permit, user.channel_id, id) } else { Ok(()) }
}

impl PersonUpdate {
    /// Whether it touches only what everybody may change of themself.
    fn only_own(&self) -> bool {
        self.name.is_none() && self.post.is_none() && self.email.is_none() && self.organization.is_none()
    }
}

/// The grant for a change of this person, or none for one's own affairs.
fn permit_on(by: By<'_>, user: &User, own: bool) -> Result<Permit, AppError> {
    by.within(user.channel_id)?;
    match by.permit(&ADMINISTRATORS) {
        Err(_) if own && by.user() == Some(user.id) => Ok(Permit::SYSTEM),
        Err(refusal) if by.user() == Some(user.id) => Err(refusal.into()),
        // For others there is no such account.
        Err(_) => Err(AppError::NotFound),
        Ok(permit) => Ok(permit),
    }
}

/// Closes a person's account until further notice: their next request is refused.
///
/// # Errors
/// [`AppError::Refused`] for all but administrators, and for oneself; [`AppError::NotFound`].
pub fn suspend(tx: &mut Tx<'_>, by: By<'_>, id: UserId) -> Result<(), AppError> {
    let now = tx.now;
    let user = set_suspended(tx, by, id, |user| user.suspended_at.replace(now).is_none(), "suspend")?;
    tokens::revoke_all(tx.conn, user, now)?;
    Ok(())
}

/// Opens a suspended account again. Sign-ins and tokens from before stay dead.
///
/// # Errors
/// As [`suspend`].
pub fn resume(tx: &mut Tx<'_>, by: By<'_>, id: UserId) -> Result<(), AppError> {
    set_suspended(tx, by, id, |user| user.suspended_at.take().is_some(), "resume").map(drop)
}

fn set_suspended(tx: &mut Tx<'_>, by: By<'_>, id: UserId, set: impl FnOnce(&mut User) -> bool, action: &str) -> Result<UserId, AppError> {
    let channel = people::find(tx.conn, id)?.channel_id;
    lock_with_administrators(tx, by, channel, id)?;
    let mut user = people::find(tx.conn, id)?;
    let permit = permit_on(by, &user, false)?;
    if by.user() == Some(id) {
        return Err(Refusal::SecondPerson.into());
    }
    if !set(&mut user) {
        return Err(Refusal::AlreadyDone.into());
    }
    // A period that an older version left open with the suspended account must not come back to life with it.
    stand_ins::end_unfit(tx, by, permit, channel, id)?;
    let seen = user.version;
    user.version += 1;
    accounts::save(tx.conn, &user, seen)?;
    need_an_administrator(tx, by, channel)?;
    enter_person(tx, AccountChange { channel, by, permit, action, object: "user", id: id.0, facts: Value::Null })?;
    stand_ins::end_unfit(tx, by, permit, channel, id)?;
    Ok(id)
}
