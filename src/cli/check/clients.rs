//! Checks of the way in which the addresses of clients are determined.

use super::CheckFinding;
use crate::config::Settings;

/// The proxies whose `X-Forwarded-For` is trusted, and whether that can be right.
pub(super) fn addresses(settings: &Settings) -> CheckFinding {
    let (of, what) = (&settings.server, "clients");
    let is_behind_proxy = of.public_url.as_deref().is_some_and(|url| url.starts_with("https:"));
    let proxies: Vec<String> = of.trusted_proxies.iter().map(ToString::to_string).collect();
    if let Some(all) = of.trusted_proxies.iter().find(|address| address.is_unspecified() || address.is_multicast()) {
        return CheckFinding::bad(what, format!("{all} is no proxy's address; name those of your proxies in server.trusted_proxies"));
    }
    match (is_behind_proxy, proxies.is_empty()) {
        (true, true) => CheckFinding::warning(
            what,
            "people come by https, so through a proxy, and its X-Forwarded-For is not believed: all of them share the limits of one address. \
             Name the proxy in server.trusted_proxies, and let it set the header",
        ),
        (false, true) => CheckFinding::good(what, "their addresses are those of the connections; no X-Forwarded-For is believed"),
        (_, false) => CheckFinding::good(
            what,
            format!(
                "addresses are taken from X-Forwarded-For where {} connects, otherwise from the connection; the proxy must set the header",
                proxies.join(" or ")
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check::CheckState;

    #[test]
    fn a_proxy_whose_header_is_not_believed_is_told() {
        let mut settings = Settings::read(None, []).unwrap();
        assert!(addresses(&settings).says.contains("127.0.0.1 or ::1"));
        settings.server.trusted_proxies.clear();
        assert_eq!(addresses(&settings).state, CheckState::Good);
        settings.server.public_url = Some("https://ztc.example.cn".to_owned());
        assert_eq!(addresses(&settings).state, CheckState::Warning);
        settings.server.trusted_proxies = vec!["0.0.0.0".parse().unwrap()];
        assert_eq!(addresses(&settings).state, CheckState::Bad);
    }
}
