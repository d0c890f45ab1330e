//! `zhitongche user`: administers people without a browser.

use std::io::Write;

use crate::app::accounts::directory::{self, PersonView};
use crate::app::accounts::members::{self, NewMember};
use crate::app::accounts::people::{self, NewPerson};
use crate::app::accounts::roles::{self, NewRole};
use crate::app::accounts::{By, channels, links, organizations, suspension};
use crate::app::passwords::AccountWords;
use crate::app::{App, AppError, Tx};
use crate::cli::accounts::{app, password_from_stdin, read, reading_app, write};
use crate::cli::listing::{self, TableColumn};
use crate::config::Settings;
use crate::domain::folding::name_key;
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::{OrganizationKind, Role};

/// Arguments of `user`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Give a person an account, or make somebody who has one a member of another channel.
    Add(Box<Add>),
    /// List people.
    List {
        /// Of this channel; needed if there are several.
        #[arg(long)]
        channel: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Suspend an account in all channels, or a membership of one channel; or open it again.
    Disable {
        /// The sign-in name.
        login: String,
        /// Only the membership of this channel.
        #[arg(long)]
        channel: Option<String>,
        /// Open it again.
        #[arg(long)]
        undo: bool,
    },
    /// Set a password, or send a one-time link.
    Password {
        /// The sign-in name.
        login: String,
        /// Read the new password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Show, give and take away roles.
    Roles {
        /// The sign-in name.
        login: String,
        /// Give this role.
        #[arg(long, value_name = "ROLE")]
        add: Vec<Role>,
        /// Take this role away.
        #[arg(long, value_name = "ROLE")]
        remove: Vec<Role>,
        /// For a secretary: the sign-in name of the leader.
        #[arg(long, value_name = "LOGIN")]
        serves: Option<String>,
        /// The channel's code; needed for a member of several.
        #[arg(long)]
        channel: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of `user add`.
#[derive(Debug, clap::Args)]
struct Add {
    /// The sign-in name. Where an account has it, its person becomes a member of the channel, with organisation, post and roles.
    #[arg(long)]
    login: String,
    /// The name; for a new account.
    #[arg(long)]
    name: Option<String>,
    /// The e-mail address; for a new account.
    #[arg(long)]
    email: Option<String>,
    /// The organisation's name; it is founded if it is not there.
    #[arg(long)]
    org: String,
    /// What sort of body a new organisation is.
    #[arg(long, default_value = "other", value_name = "KIND")]
    org_kind: OrganizationKind,
    /// A role; may be given several times.
    #[arg(long, value_name = "ROLE")]
    role: Vec<Role>,
    /// For a secretary: the sign-in name of the leader.
    #[arg(long, value_name = "LOGIN")]
    serves: Option<String>,
    /// The post.
    #[arg(long, default_value = "")]
    post: String,
    /// The mobile number.
    #[arg(long, default_value = "")]
    mobile: String,
    /// The language of letters: zh-CN or en.
    #[arg(long, default_value = "zh-CN")]
    language: Lang,
    /// The channel's code; needed if there are several.
    #[arg(long)]
    channel: Option<String>,
    /// Read the password from standard input; otherwise a letter with a one-time link goes out.
    #[arg(long)]
    password_stdin: bool,
}

/// Administers people.
///
/// # Errors
/// Problems of the arguments, and those of the database.
pub fn run(settings: &Settings, args: Args) -> anyhow::Result<()> {
    let reads = matches!(args.command, Command::List { .. });
    let app = if reads { reading_app(settings)? } else { app(settings)? };
    match args.command {
        Command::Add(args) => add(&app, *args),
        Command::List { channel, json } => {
            let people = read(&app, |tx| {
                let channel = channels::by_code(tx, channel.as_deref())?;
                directory::all(tx, channel)
            })?;
            list(&people, json)
        }
        Command::Disable { login, channel: None, undo } => write(&app, move |tx| {
            let person = directory::person_of(tx, &login)?;
            if undo { suspension::resume_account(tx, person) } else { suspension::suspend_account(tx, person) }
        }),
        Command::Disable { login, channel, undo } => write(&app, move |tx| {
            let id = directory::by_login(tx, &login, channel.as_deref())?.id;
            if undo { suspension::resume(tx, By::Program, id) } else { suspension::suspend(tx, By::Program, id) }
        }),
        Command::Password { login, password_stdin } => password(&app, login, password_stdin),
        Command::Roles { login, add, remove, serves, channel, json } => {
            let person = write(&app, move |tx| {
                let person = directory::by_login(tx, &login, channel.as_deref())?;
                change_roles(tx, &person, &add, &remove, serves.as_deref())?;
                directory::by_login(tx, &login, channel.as_deref())
            })?;
            list(&[person], json)
        }
    }
}

fn add(app: &App, args: Add) -> anyhow::Result<()> {
    let login = args.login.clone();
    if read(app, move |tx| directory::is_taken(tx, &login))? {
        return add_member(app, args);
    }
    let (Some(name), Some(email)) = (args.name.clone(), args.email.clone()) else {
        anyhow::bail!("no account has this sign-in name; a new one needs --name and --email");
    };
    let password_hash = if args.password_stdin {
        let password = password_from_stdin()?;
        let words = [&args.login, &name, &args.post, &email, &args.mobile, &args.org];
        let words = words.into_iter().fold(AccountWords::default(), |all, word| all.with(word));
        app.passwords.check_new_now("password", &password, &words).map_err(|wrong| crate::cli::accounts::in_words(&wrong.into()))?;
        Some(app.passwords.hash_now(&password)?)
    } else {
        None
    };
    let silent = password_hash.is_some();
    let id = write(app, move |tx| {
        let place = Place::find(tx, &args)?;
        let new = NewPerson {
            login: args.login,
            name,
            post: args.post,
            email,
            mobile: args.mobile,
            language: args.language,
            password_hash,
            roles: place.roles,
        };
        people::add(tx, By::Program, place.organization, place.channel, new)
    })?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{id}")?;
    if !silent {
        writeln!(out, "a letter with a one-time link is on its way")?;
    }
    Ok(())
}

/// Makes the holder of the account a member of the channel.
fn add_member(app: &App, args: Add) -> anyhow::Result<()> {
    let of_account = args.name.is_some() || args.email.is_some() || !args.mobile.is_empty() || args.password_stdin;
    anyhow::ensure!(
        !of_account,
        "an account has this sign-in name; its person becomes a member with --channel, --org, --post and --role alone"
    );
    let id = write(app, move |tx| {
        let place = Place::find(tx, &args)?;
        let new = NewMember { login: args.login, name: None, post: args.post, roles: place.roles };
        members::add(tx, By::Program, place.organization, place.channel, new)
    })?;
    writeln!(std::io::stdout(), "{id}")?;
    Ok(())
}

/// The organisation and the roles of a new member.
struct Place {
    channel: ChannelId,
    organization: OrganizationId,
    roles: Vec<NewRole>,
}

impl Place {
    fn find(tx: &mut Tx<'_>, args: &Add) -> Result<Self, AppError> {
        let channel = channels::by_code(tx, args.channel.as_deref())?;
        let organization = organization(tx, channel, &args.org, args.org_kind)?;
        let serves = args.serves.as_deref().map(|login| leader(tx, login, channel)).transpose()?;
        Ok(Self { channel, organization, roles: args.role.iter().map(|role| new_role(*role, serves)).collect() })
    }
}

fn new_role(role: Role, serves: Option<UserId>) -> NewRole {
    NewRole { role, organization: None, serves: serves.filter(|_| role == Role::Secretary) }
}

fn leader(tx: &mut Tx<'_>, login: &str, channel: ChannelId) -> Result<UserId, AppError> {
    directory::member(tx, login, channel)?.ok_or_else(|| Violation::new("serves", "unknown").into())
}

fn organization(tx: &mut Tx<'_>, channel: ChannelId, name: &str, kind: OrganizationKind) -> Result<OrganizationId, AppError> {
    match organizations::all(tx, channel)?.into_iter().find(|one| name_key(&one.name) == name_key(name)) {
        Some(found) => Ok(found.id),
        None => organizations::add(tx, By::Program, channel, name, kind, false),
    }
}

fn password(app: &App, login: String, stdin: bool) -> anyhow::Result<()> {
    if !stdin {
        write(app, move |tx| {
            let id = directory::any_by_login(tx, &login)?;
            links::send_to(tx, By::Program, id)
        })?;
        writeln!(std::io::stdout(), "a letter with a one-time link is on its way")?;
        return Ok(());
    }
    let password = password_from_stdin()?;
    let words = {
        let login = login.clone();
        read(app, move |tx| {
            let id = directory::any_by_login(tx, &login)?;
            links::words_of(tx, id)
        })?
    };
    app.passwords.check_new_now("password", &password, &words).map_err(|wrong| crate::cli::accounts::in_words(&wrong.into()))?;
    let hash = app.passwords.hash_now(&password)?;
    write(app, move |tx| {
        let id = directory::any_by_login(tx, &login)?;
        links::set_by_command(tx, id, hash)
    })
}

fn change_roles(tx: &mut Tx<'_>, person: &PersonView, add: &[Role], remove: &[Role], serves: Option<&str>) -> Result<(), AppError> {
    let id = person.id;
    let channel = directory::channel_of(tx, id)?;
    let serves = serves.map(|login| leader(tx, login, channel)).transpose()?;
    let held = roles::held(tx, id)?;
    for role in remove {
        let grant = held.iter().find(|grant| grant.role == *role).ok_or(Violation::new("remove", "unknown"))?;
        roles::revoke(tx, By::Program, grant.id)?;
    }
    for role in add {
        roles::give(tx, By::Program, id, new_role(*role, serves))?;
    }
    Ok(())
}

fn list(people: &[PersonView], json: bool) -> anyhow::Result<()> {
    let columns: [TableColumn<PersonView>; 5] = [
        ("login", |row| row.login.clone()),
        ("name", |row| row.name.clone()),
        ("roles", |row| row.roles.iter().map(|held| held.role.as_str()).collect::<Vec<_>>().join(",")),
        ("email", |row| row.email.clone().unwrap_or_default()),
        ("state", |row| match (row.suspended_at, row.has_password) {
            (Some(_), _) => "suspended".to_owned(),
            (None, false) => "no password".to_owned(),
            (None, true) => "active".to_owned(),
        }),
    ];
    listing::print(people, &columns, json)
}
