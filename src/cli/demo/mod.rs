//! `zhitongche demo`: creates a fictional county with two years of work through the use cases, and serves it.
//!
//! [`library`] has the manuscripts, [`people`] the people, [`plan`] the steps of each manuscript, [`timeline`] their times; [`story`]
//! executes them one by one with a clock that is set by the program. Nothing is random: the same day gives the same county.

mod background;
mod bulletins;
mod cast;
mod extras;
mod handling;
mod leaders;
mod library;
mod manuscript;
mod people;
mod plan;
mod records;
mod settle;
mod story;
mod timeline;

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use actix_web::rt;
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::app::passwords::Passwords;
use crate::cli::{listing, serve};
use crate::config::{MailTransport, Secret, Settings};
use crate::domain::calendar::Calendar;
use crate::domain::clock::Clock;
use crate::domain::lang::Lang;
use crate::server::database;
use crate::text::word;

use background::Background;
use library::Library;
use people::{County, PASSWORD};
use story::Story;
use timeline::DemoTimeline;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Throw the county away and make it anew.
    #[arg(long)]
    fresh: bool,
    /// Only make the county; do not serve it.
    #[arg(long)]
    no_serve: bool,
}

/// Creates the county in the folder `demo` of the data directory, unless it exists, prints who can sign in, and serves it.
///
/// # Errors
/// When the folder cannot be written or the address cannot be bound; the message says what to do.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<()> {
    let folder = settings.server.data_dir.join("demo");
    if !args.no_serve {
        let bind = settings.server.bind;
        anyhow::ensure!(
            bind.ip().is_loopback(),
            "the password of the demo county is published, so it is served on loopback alone, and server.bind is {bind}: leave it out, or \
             set it to 127.0.0.1:{}. To reach it from another machine, use a tunnel: ssh -L {0}:127.0.0.1:{0} HOST",
            bind.port()
        );
        std::net::TcpListener::bind(bind)
            .with_context(|| format!("{bind} can't be listened on; stop what runs there, or set server.bind"))?;
    }
    if args.fresh || !folder.join("zhitongche.db").exists() {
        make(settings, &folder)?;
    }
    let settings = in_folder(settings, &folder);
    sign_in_list(&settings)?;
    if args.no_serve { Ok(()) } else { rt::System::new().block_on(serve::serve(&settings)) }
}

/// The settings of the demo: everything in one folder, SQLite, and no letter is ever sent.
fn in_folder(settings: &Settings, folder: &Path) -> Settings {
    let mut settings = settings.clone();
    folder.clone_into(&mut settings.server.data_dir);
    settings.database.url = Secret::new("");
    settings.database.migrate_at_start = true;
    settings.mail.transport = MailTransport::File;
    settings.storage.url = String::new();
    settings.ledger.key_file = None;
    settings.server.secrets_dir = None;
    // Its backups would displace real ones in their folder.
    settings.backup.folder = None;
    settings
}

/// The settings with which the county is created: the defaults, whatever limits, windows or passwords the installation has, so that the
/// story is always the same. The names of the installation are retained.
fn for_the_story(settings: &Settings, folder: &Path) -> anyhow::Result<Settings> {
    let mut story = Settings::defaults_in(folder)?;
    story.server.bind = settings.server.bind;
    story.server.public_url.clone_from(&settings.server.public_url);
    story.ledger.origin.clone_from(&settings.ledger.origin);
    story.mail.transport = MailTransport::Memory;
    Ok(story)
}

/// Creates the county in a temporary folder and moves it to its place when it is complete.
fn make(settings: &Settings, folder: &Path) -> anyhow::Result<()> {
    let beside = folder.with_extension("new");
    remove(&beside)?;
    fill(&for_the_story(settings, &beside)?).context("the demo county can't be made")?;
    closed(&beside);
    remove(folder)?;
    std::fs::rename(&beside, folder).with_context(|| format!("{} can't be put in place", folder.display()))
}

/// Waits until the database has removed its write-ahead log, which it does when its last connection closes.
fn closed(folder: &Path) {
    let log = folder.join("zhitongche.db-wal");
    for _ in 0..100 {
        if !log.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} can't be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

fn fill(settings: &Settings) -> anyhow::Result<()> {
    let timeline = DemoTimeline::before(Clock::System.now())?;
    let clock = Clock::at(timeline.begin());
    let county = County::load()?;
    let library = Library::load(&county.places)?;
    let app = database::app(settings, &clock)?;
    // The story extends into a year whose days off are not known yet; the log need not report that each time.
    app.set_calendar(Calendar::shipped()?.assuming_plain_weeks());
    let hash = Passwords::new(&settings.session).hash_now(&Secret::new(PASSWORD))?;
    let cast = settle::everybody(&app, county, hash)?;
    let background = Background::new(&app)?;
    let bar = ProgressBar::new(1).with_style(ProgressStyle::with_template("{msg}  {wide_bar} {percent:>3} %  {elapsed}")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut story = Story::new(&app, &cast, &library, &timeline, &background)?;
    story.tell(&bar)?;
    background.settle()?;
    bar.finish_and_clear();
    Ok(())
}

/// A line of the sign-in list.
#[derive(Serialize)]
struct SignInLine {
    login: String,
    name: String,
    roles: String,
    post: String,
    organization: String,
}

fn sign_in_list(settings: &Settings) -> anyhow::Result<()> {
    let county = County::load()?;
    let lines: Vec<SignInLine> = county
        .people()
        .map(|(body, person)| SignInLine {
            login: person.login.clone(),
            name: person.name.clone(),
            roles: person.roles.iter().map(|role| format!("{role} {}", word(Lang::default(), *role))).collect::<Vec<_>>().join(", "),
            post: person.post.clone(),
            organization: body.name.clone(),
        })
        .collect();
    let columns: [listing::TableColumn<SignInLine>; 5] = [
        ("login", |line| line.login.clone()),
        ("name", |line| line.name.clone()),
        ("role", |line| line.roles.clone()),
        ("post", |line| line.post.clone()),
        ("organisation", |line| line.organization.clone()),
    ];
    listing::print(&lines, &columns, false)?;
    writeln!(std::io::stdout(), "\n{} people of the fictional 澄江县. Everybody's password: {PASSWORD}", lines.len())?;
    writeln!(std::io::stdout(), "data: {}   start over: zhitongche demo --fresh\n", settings.server.data_dir.display())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_demo_lies_beside_what_is_real() {
        let mut settings = Settings::defaults_in(Path::new("/srv/ztc")).unwrap();
        settings.database.url = Secret::new("postgres://ztc@db/ztc");
        settings.storage.url = "file:///srv/files".to_owned();
        settings.backup.folder = Some("/srv/backups".into());
        settings.server.secrets_dir = Some("/srv/secrets".into());
        let demo = in_folder(&settings, Path::new("/srv/ztc/demo"));
        assert_eq!(demo.database_url(), "sqlite:///srv/ztc/demo/zhitongche.db");
        assert_eq!((demo.attachments_dir(), demo.secrets_dir()), ("/srv/ztc/demo/attachments".into(), "/srv/ztc/demo/secrets".into()));
        assert_eq!(demo.backup.folder, None);
    }
}
