//! The layout of every page, and the functions of its template: texts, words, times.

use actix_web::{HttpMessage, HttpRequest};
use chrono::NaiveDate;
use url::form_urlencoded;

use crate::app::channel_time::ChannelTime;
use crate::app::reading::counts::{Counts, MOST};
use crate::domain::clock::{Clock, Moment};
use crate::domain::lang::Lang;
use crate::domain::refusal::Refusal;
use crate::text::{self, Arg, Spoken, t};
use crate::web::assets;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;

mod due;

/// The number of navigation items that fit into the bar of a phone beside "more".
const BAR: usize = 4;
/// The number of navigation items that fit into the head of a wide screen.
const TOP: usize = 7;

/// The signed-in user, for the head of the page.
#[derive(Debug, Clone)]
pub struct Head {
    /// Their name.
    pub name: String,
    /// Their organisation and their first role.
    pub sub: String,
    /// The counts that this page shows; live events compare them.
    pub stamp: String,
    /// The account for which this page is made; a form from a page of another account is refused.
    pub account: String,
}

/// An item of the navigation.
#[derive(Debug, Clone)]
pub struct Link {
    /// The item.
    pub place: NavItem,
    /// Its name.
    pub name: String,
    /// Whether this page belongs to it.
    pub current: bool,
    /// The number of waiting items; empty for zero.
    pub count: String,
}

/// The layout of a page. Templates call it `f`.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The language.
    pub lang: Lang,
    /// Now.
    pub now: Moment,
    /// The page's token, for forms: its session and its account.
    pub csrf: String,
    /// The channel's name.
    pub channel: String,
    /// The signed-in user.
    pub head: Option<Head>,
    /// Their navigation items.
    pub nav: Vec<Link>,
    /// A sentence on the act that has just succeeded.
    pub done: Option<String>,
    /// The problems of the form on this page.
    pub problems: Problems,
    /// The address of this page.
    pub here: String,
    /// The time zone and the working days of the reader's channel; the defaults where there is no channel.
    pub time: ChannelTime,
}

impl Layout {
    /// The layout for a visitor who has not signed in.
    #[must_use]
    pub fn bare(request: &HttpRequest, lang: Lang) -> Self {
        let now = crate::http::app(request).map_or_else(|_| Clock::System.now(), |app| app.clock.now());
        let here = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let lang = request.extensions().get::<Lang>().copied().unwrap_or(lang);
        Self {
            lang,
            now,
            csrf: String::new(),
            channel: String::new(),
            head: None,
            nav: Vec::new(),
            done: done(lang, &here),
            problems: Problems::default(),
            here,
            time: ChannelTime::default(),
        }
    }

    /// The same page with these problems.
    #[must_use]
    pub fn with(mut self, problems: Problems) -> Self {
        self.problems = problems;
        self
    }

    /// The navigation items in the head of a wide screen.
    #[must_use]
    pub fn top(&self) -> &[Link] {
        &self.nav[..self.nav.len().min(TOP)]
    }

    /// Whether there are more items than fit into the head.
    #[must_use]
    pub fn has_rest(&self) -> bool {
        self.nav.len() > TOP
    }

    /// The channel's name without the word that precedes it in the head.
    #[must_use]
    pub fn channel_name(&self) -> &str {
        self.channel.strip_suffix("直通车").filter(|name| !name.is_empty()).unwrap_or(&self.channel)
    }

    /// Whether the reader has manuscripts to search.
    #[must_use]
    pub fn may_search(&self) -> bool {
        self.nav.iter().any(|link| link.place == NavItem::Manuscripts)
    }

    /// The navigation items in the bar of a phone.
    #[must_use]
    pub fn bar(&self) -> &[Link] {
        &self.nav[..self.nav.len().min(BAR)]
    }

    /// Whether there are more items than fit into the bar.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.nav.len() > BAR
    }

    /// The address of an asset.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The address of an icon in the sprite.
    #[must_use]
    pub fn icon(&self, name: &str) -> String {
        format!("{}#{name}", assets::address("sprite.svg"))
    }

    /// A text.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        t(self.lang, key, &[])
    }

    /// A text with one argument.
    #[must_use]
    pub fn t1(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        t(self.lang, key, &[(name, value.as_ref().into())])
    }

    /// A text with two arguments.
    #[must_use]
    pub fn t2(&self, key: &str, name: &str, value: impl AsRef<str>, name2: &str, value2: impl AsRef<str>) -> String {
        t(self.lang, key, &[(name, value.as_ref().into()), (name2, value2.as_ref().into())])
    }

    /// A text with a number as argument.
    #[must_use]
    pub fn n(&self, key: &str, name: &str, number: impl Into<Number>) -> String {
        t(self.lang, key, &[(name, Arg::Number(number.into().0))])
    }

    /// A text with any arguments.
    #[must_use]
    pub fn args(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        t(self.lang, key, args)
    }

    /// The name of a word of a vocabulary.
    #[must_use]
    pub fn word(&self, word: impl Spoken) -> String {
        word.spoken(self.lang)
    }

    /// A date with its year.
    #[must_use]
    pub fn date(&self, at: &Moment) -> String {
        text::date(self.lang, self.time.date(*at))
    }

    /// A date and a time of day.
    #[must_use]
    pub fn date_time(&self, at: &Moment) -> String {
        text::date_time(self.lang, *at, self.time.zone())
    }

    /// The end of a time limit with its weekday, as in letters.
    #[must_use]
    pub fn limit(&self, at: &Moment) -> String {
        text::limit(self.lang, *at, self.time.zone())
    }

    /// A time of day, as 17:30.
    #[must_use]
    pub fn time_of_day(&self, at: &Moment) -> String {
        self.time.time_of_day(*at)
    }

    /// Explains why an act is refused.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal) -> String {
        text::refusal(self.lang, refusal, self.time.zone())
    }

    /// A date, without the year if it is the current one.
    #[must_use]
    pub fn short(&self, at: &Moment) -> String {
        text::short_date(self.lang, self.time.date(*at), self.time.year(self.now))
    }

    /// A calendar day.
    #[must_use]
    pub fn day(&self, day: &NaiveDate) -> String {
        text::date(self.lang, *day)
    }

    /// The time since then and the exact moment: 3 天前（11月20日 10:32）.
    #[must_use]
    pub fn ago(&self, at: &Moment) -> String {
        text::ago(self.lang, *at, self.now, self.time.zone())
    }

    /// For `<time datetime="…">`: RFC 3339 in UTC.
    #[must_use]
    pub fn stamp(&self, at: &Moment) -> String {
        at.to_string()
    }

    /// Whether a moment has passed.
    #[must_use]
    pub fn is_past(&self, at: &Moment) -> bool {
        *at < self.now
    }

    /// The other language, with its name in that language.
    #[must_use]
    pub fn other_language(&self) -> (Lang, &'static str) {
        match self.lang {
            Lang::Zh => (Lang::En, "English"),
            Lang::En => (Lang::Zh, "中文"),
        }
    }
}

/// The number of items that wait at a navigation item: empty, a number, or 99+.
pub(super) fn waiting(place: NavItem, counts: &Counts) -> String {
    let count = match place.desk() {
        Some(role) => counts.desks.iter().find(|one| one.role == role).map_or(0, |one| one.count),
        None if place == NavItem::Inbox => counts.unread,
        None => 0,
    };
    match count {
        0 => String::new(),
        count if count > MOST => format!("{MOST}+"),
        count => count.to_string(),
    }
}

/// The sentence that `?done=NAME` requests; only sentences that the catalogues contain.
pub(super) fn done(lang: Lang, here: &str) -> Option<String> {
    let (_, query) = here.split_once('?')?;
    let name = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "done")?.1;
    let key = format!("done-{name}");
    text::has(&key).then(|| t(lang, &key, &[]))
}

/// A number that a template may pass by value or by reference.
pub struct Number(i64);

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Number {
            fn from(number: $kind) -> Self {
                Self(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
        impl From<&$kind> for Number {
            fn from(number: &$kind) -> Self {
                Self::from(*number)
            }
        }
        impl From<&&$kind> for Number {
            fn from(number: &&$kind) -> Self {
                Self::from(**number)
            }
        }
    )*};
}
numbers!(i64, u32, usize, i32);
