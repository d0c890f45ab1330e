//! Tests of refused settings and their messages.

use super::*;

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn refused(file: &str, pairs: &[(&str, &str)]) -> String {
    Settings::read(Some(("local.toml", file)), environment(pairs)).unwrap_err().to_string()
}

#[test]
fn the_defaults_are_complete_and_usable() {
    let settings = Settings::read(None, []).unwrap();
    assert_eq!(settings.server.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database_url(), "sqlite://data/zhitongche.db");
    assert_eq!(settings.attachments_dir(), PathBuf::from("data/attachments"));
    assert_eq!(settings.public_url(), "http://127.0.0.1:8080");
    assert_eq!(settings.ledger_origin(), "127.0.0.1");
    assert_eq!((settings.limits.title_chars, settings.limits.text_soft_chars, settings.limits.text_hard_chars), (50, 1500, 20000));
    assert_eq!(settings.undo.minutes, 10);
    assert_eq!(settings.mail.transport, MailTransport::File);
}

#[test]
fn the_file_wins_over_the_defaults_and_the_environment_over_the_file() {
    let file = "[server]\nbind = \"127.0.0.1:9000\"\nworkers = 3\n[undo]\nminutes = 0\n";
    let variables = environment(&[
        ("ZHITONGCHE__SERVER__BIND", "127.0.0.1:9001"),
        ("ZHITONGCHE__SERVER__ALLOW_HTTP", "true"),
        ("ZHITONGCHE__LIMITS__TITLE_CHARS", "60"),
        ("ZHITONGCHE__METRICS__TOKEN", "123"),
        ("ZHITONGCHE__METRICS__BIND", "127.0.0.1:9090"),
        ("OTHER__SERVER__BIND", "nothing of ours"),
    ]);
    let settings = Settings::read(Some(("local.toml", file)), variables).unwrap();
    assert_eq!(settings.server.bind.to_string(), "127.0.0.1:9001");
    assert!(settings.server.allow_http);
    assert_eq!((settings.server.workers, settings.undo.minutes, settings.limits.title_chars), (3, 0, 60));
    assert_eq!(settings.metrics.token.expose(), "123");
    assert_eq!(settings.metrics.bind.unwrap().port(), 9090);
}

#[test]
fn an_unknown_key_in_the_file_names_line_and_nearest_key() {
    assert_eq!(
        refused("[server]\nbind = \"127.0.0.1:1\"\nbnid = \"x\"\n", &[]),
        "local.toml, line 3: there is no setting server.bnid; did you mean server.bind?"
    );
    assert_eq!(refused("\n[sever]\n", &[]), "local.toml, line 2: there is no setting sever; did you mean server?");
    assert_eq!(
        refused("[server]\nsmtp_url = \"x\"\n", &[]),
        "local.toml, line 2: there is no setting server.smtp_url; did you mean mail.smtp_url?"
    );
}

#[test]
fn an_unknown_key_in_the_environment_names_the_nearest_variable() {
    assert_eq!(
        refused("", &[("ZHITONGCHE__SERVER__BINDD", "x")]),
        "environment: there is no setting ZHITONGCHE__SERVER__BINDD; did you mean ZHITONGCHE__SERVER__BIND?"
    );
}

#[test]
fn a_value_of_the_wrong_type_is_named_with_its_place() {
    let message = refused("[server]\nworkers = \"many\"\n", &[]);
    assert!(message.starts_with("local.toml, line 2: server.workers can't be used: "), "{message}");
    let message = refused("", &[("ZHITONGCHE__LIMITS__PAGE_MAX", "lots")]);
    assert!(message.starts_with("environment: ZHITONGCHE__LIMITS__PAGE_MAX can't be used: "), "{message}");
    let message = refused("[mail]\ntransport = \"pigeon\"\n", &[]);
    assert!(message.contains("pigeon") && message.contains("mail.transport"), "{message}");
    let message = refused("[server]\nbind = \"here\"\n", &[]);
    assert!(message.starts_with("local.toml, line 2: server.bind"), "{message}");
    let message = refused("[metrics]\nbind = \"here\"\n", &[]);
    assert!(message.starts_with("local.toml, line 2: metrics.bind"), "{message}");
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let message = refused("[server]\nbind = \n", &[]);
    assert!(message.starts_with("the configuration file local.toml is not valid TOML: TOML parse error at line 2"), "{message}");
}

#[test]
fn beyond_loopback_a_public_address_is_needed_and_https() {
    let bind = ("ZHITONGCHE__SERVER__BIND", "0.0.0.0:8080");
    assert!(refused("", &[bind]).contains("server.public_url can't be used: it must be set"));
    assert!(refused("", &[bind, ("ZHITONGCHE__SERVER__PUBLIC_URL", "http://ztc.example.gov.cn")]).contains("allow_http"));
    assert!(refused("", &[bind, ("ZHITONGCHE__SERVER__PUBLIC_URL", "ztc")]).contains("not a URL"));
    let variables = environment(&[bind, ("ZHITONGCHE__SERVER__PUBLIC_URL", "https://ztc.example.gov.cn/")]);
    let settings = Settings::read(None, variables).unwrap();
    assert_eq!(settings.public_url(), "https://ztc.example.gov.cn");
    assert_eq!(settings.ledger_origin(), "ztc.example.gov.cn");
}

#[test]
fn places_and_numbers_that_cannot_work_are_refused() {
    assert!(refused("", &[("ZHITONGCHE__DATABASE__URL", "mysql://x")]).contains("sqlite:// or postgres://"));
    assert!(refused("", &[("ZHITONGCHE__STORAGE__URL", "s3://x")]).contains("file://"));
    assert!(refused("", &[("ZHITONGCHE__MAIL__TRANSPORT", "smtp")]).contains("mail.smtp_url"));
    assert!(refused("[limits]\ntext_soft_chars = 30000\n", &[]).contains("limits.text_soft_chars"));
    assert!(refused("[database]\nreaders = 0\n", &[]).contains("it must be 1 or more"));
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let variables = environment(&[("ZHITONGCHE__DATABASE__URL", "postgres://u:geheim@h/n"), ("ZHITONGCHE__METRICS__TOKEN", "geheim")]);
    let settings = Settings::read(None, variables).unwrap();
    assert!(!format!("{settings:?}").contains("geheim"));
    assert_eq!(settings.database_url(), "postgres://u:geheim@h/n");
}

#[test]
fn every_secret_setting_is_known_as_one() {
    let sections = [include_str!("sections.rs"), include_str!("mail.rs")];
    let lines = sections.iter().flat_map(|text| text.lines());
    let secret = lines.filter_map(|line| line.trim().strip_prefix("pub ")?.strip_suffix(": Secret,"));
    let names: BTreeSet<&str> = secret.collect();
    let known: BTreeSet<&str> = SECRET_KEYS.iter().map(|key| key.rsplit('.').next().unwrap()).collect();
    assert_eq!(names, known);
    assert_eq!(secret_keys("[mail]\nsmtp_url = \"smtp://u:p@h\"\nfrom = \"a@b\"\n"), ["mail.smtp_url"]);
}

#[test]
fn keys_of_letters_that_are_written_down_are_named_with_their_place() {
    let plain = Settings::read(Some(("a.toml", "[mail]\ntimeout_seconds = 5\n")), []).unwrap();
    assert!(!plain.mail.is_fixed() && plain.mail.written.is_empty());
    let text = "[mail]\n\ntransport = \"file\"\nfrom = \"a@example.org\"\n";
    let environment = [("ZHITONGCHE__MAIL__FROM".to_owned(), "b@example.org".to_owned())];
    let mail = Settings::read(Some(("a.toml", text)), environment).unwrap().mail;
    let named: Vec<_> = mail.written.iter().map(|one| (one.key.as_str(), one.place.as_str())).collect();
    assert_eq!(named, [("mail.transport", "a.toml, line 3"), ("ZHITONGCHE__MAIL__FROM", "environment")]);
    assert!(mail.is_fixed(), "also where it says what is the default");
}
