//! A mail server with the account there, and how a connection to it is opened.

use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::Trouble;
use crate::domain::mail_settings::MailSecurity;
use crate::domain::notice::MailStage;

/// A mail server and our account there.
#[derive(Clone)]
pub struct SmtpServer {
    host: String,
    port: u16,
    security: MailSecurity,
    tls: Tls,
    login: Option<String>,
    credentials: Option<Credentials>,
    hello: ClientId,
    pub(super) timeout: Duration,
    pub(super) letters: u32,
}

impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({}, {:?})", self.name(), self.tls)
    }
}

impl SmtpServer {
    /// Reads a URL in the format of `mail.smtp_url`. No connection is made.
    ///
    /// # Errors
    /// The fault of the URL, without the password.
    pub fn from_url(url: &str, timeout: Duration, letters: u32) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|e| format!("{e}; write smtp://HOST:PORT or smtps://HOST"))?;
        let tls = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let security = match (url.scheme(), tls.as_deref()) {
            ("smtp", None) => MailSecurity::None,
            ("smtp", Some("opportunistic")) => MailSecurity::Opportunistic,
            ("smtp", Some("required")) => MailSecurity::StartTls,
            ("smtps", _) => MailSecurity::Tls,
            ("smtp", Some(_)) => return Err("tls is \"required\" or \"opportunistic\"".to_owned()),
            _ => return Err("write smtp://HOST:PORT or smtps://HOST".to_owned()),
        };
        let host = match url.host() {
            // For this scheme the parser leaves addresses as names.
            Some(Host::Domain(name)) => name.trim_matches(['[', ']']).to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err("it names no host".to_owned()),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).map_err(|e| e.to_string());
        let account = url.password().map(|password| Ok::<_, String>((decoded(url.username())?, decoded(password)?))).transpose()?;
        let mut server = Self::new(&host, url.port(), security, account, timeout, letters)?;
        if let Some(name) = Some(url.path().trim_matches('/')).filter(|name| !name.is_empty()) {
            server.hello = ClientId::Domain(name.to_owned());
        }
        Ok(server)
    }

    /// From its parts. Without a port it is the usual one of the protection.
    ///
    /// # Errors
    /// If the host's name can't be that of a certificate.
    pub fn new(
        host: &str,
        port: Option<u16>,
        security: MailSecurity,
        account: Option<(String, String)>,
        timeout: Duration,
        letters: u32,
    ) -> Result<Self, String> {
        let parameters = || TlsParameters::new(host.to_owned()).map_err(|e| e.to_string());
        let tls = match security {
            MailSecurity::None => Tls::None,
            MailSecurity::Opportunistic => Tls::Opportunistic(parameters()?),
            MailSecurity::StartTls => Tls::Required(parameters()?),
            MailSecurity::Tls => Tls::Wrapper(parameters()?),
        };
        let login = account.as_ref().map(|(login, _)| login.clone());
        let credentials = account.map(|(login, password)| Credentials::new(login, password));
        let (host, port, hello) = (host.to_owned(), port.unwrap_or_else(|| security.port()), ClientId::default());
        Ok(Self { host, port, security, tls, login, credentials, hello, timeout, letters })
    }

    /// The same server, with at most this time-out at each step.
    #[must_use]
    pub fn patient_for(mut self, longest: Duration) -> Self {
        self.timeout = self.timeout.min(longest);
        self
    }

    /// Its name or address.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The protection of the connection.
    #[must_use]
    pub const fn security(&self) -> MailSecurity {
        self.security
    }

    /// The account there, if we sign in.
    #[must_use]
    pub fn login(&self) -> Option<&str> {
        self.login.as_deref()
    }

    /// Host and port, under which the state of the server is stored.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Connects, negotiates encryption and authenticates. `passed` is called for each finished stage.
    pub(super) fn connect(&self, passed: &mut dyn FnMut(MailStage)) -> Result<SmtpConnection, Trouble> {
        let wrapper = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters),
            _ => None,
        };
        let address = (self.host.as_str(), self.port);
        let connected = SmtpConnection::connect(address, Some(self.timeout), &self.hello, wrapper, None);
        let mut connection = connected.map_err(|e| Trouble::new(stage_of_connecting(&e, wrapper.is_some()), &e, self.timeout))?;
        passed(MailStage::Connect);
        let upgrade = match &self.tls {
            Tls::Required(parameters) => Some(parameters),
            Tls::Opportunistic(parameters) if connection.can_starttls() => Some(parameters),
            _ => None,
        };
        if let Some(parameters) = upgrade {
            connection.starttls(parameters, &self.hello).map_err(|e| Trouble::new(MailStage::Tls, &e, self.timeout))?;
        }
        if connection.is_encrypted() {
            passed(MailStage::Tls);
        }
        passed(MailStage::Greeting);
        if let Some(credentials) = &self.credentials {
            if let Err(error) = connection.auth(DEFAULT_MECHANISMS, credentials) {
                connection.abort();
                return Err(Trouble::new(MailStage::SignIn, &error, self.timeout));
            }
            passed(MailStage::SignIn);
        }
        Ok(connection)
    }
}

/// At which stage connecting failed. The greeting, and our own, are one step of the library.
fn stage_of_connecting(error: &Error, encrypted: bool) -> MailStage {
    let text = error.to_string();
    if text.starts_with("Connection error") {
        MailStage::Connect
    } else if error.is_tls() || encrypted && error.status().is_none() {
        // The first read performs the TLS handshake; until it has ended, any failure is one of encryption.
        MailStage::Tls
    } else {
        MailStage::Greeting
    }
}
