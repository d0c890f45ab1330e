//! Every command by its page and by the API, with the same wrong inputs: both refuse with the same codes, for the same fields, in the
//! same words.

mod accounts;
mod manuscripts;

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::cast::Cast;
use crate::support::pages::Shown;

/// A command, and inputs of it that are refused.
struct Command {
    login: &'static str,
    method: Method,
    /// Below `/api/v1`.
    api: String,
    page: String,
    /// What would be accepted.
    good: Value,
    /// The version that is seen, where the command asks for one.
    seen: Option<i64>,
    /// Changes of the good input: fields and their values, of which null takes a field away.
    wrong: Vec<Value>,
}

impl Command {
    fn new(login: &'static str, method: Method, api: impl Into<String>, page: impl Into<String>, good: Value) -> Self {
        Self { login, method, api: api.into(), page: page.into(), good, seen: None, wrong: Vec::new() }
    }

    /// POST to the same address on both sides.
    fn post(login: &'static str, path: impl Into<String>, good: Value) -> Self {
        let path = path.into();
        Self::new(login, Method::POST, path.clone(), path, good)
    }

    fn seen(self, version: i64) -> Self {
        Self { seen: Some(version), ..self }
    }

    fn wrong(self, wrong: &[Value]) -> Self {
        Self { wrong: wrong.to_vec(), ..self }
    }
}

/// A refusal: each fault with its field, its code and its words; the field is empty where it is about the whole.
type Refusal = BTreeSet<(String, String, String)>;

/// What the API refused.
fn of_api(body: &Value) -> Refusal {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    if errors.is_empty() {
        return Refusal::from([(String::new(), text(&body["code"]), text(&body["detail"]))]);
    }
    errors.iter().map(|one| (text(&one["field"]), text(&one["code"]), text(&one["message"]))).collect()
}

/// What the page refused: its summary of faults.
fn of_page(shown: &Shown) -> Refusal {
    let summary = shown.html.split("class=\"errs\"").nth(1).and_then(|rest| rest.split("</div>").next()).unwrap_or_default();
    let fault = |part: &str| {
        let (code, rest) = part.split_once("\">").unwrap_or((part, ""));
        let rest = rest.split("</li>").next().and_then(|rest| rest.split("</h2>").next()).unwrap_or_default();
        let field = rest.split("href=\"#f-").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let words: String = rest.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect();
        (plain(field), code.to_owned(), plain(&words))
    };
    summary.split("data-code=\"").skip(1).map(fault).collect()
}

/// Without the escapes of HTML.
fn plain(html: &str) -> String {
    let escapes = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    escapes.iter().fold(html.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

/// The good input with these changes; the names may be paths (`items[0].answer`).
fn changed(good: &Value, changes: &Value) -> Value {
    let mut whole = good.clone();
    for (name, value) in changes.as_object().unwrap() {
        let pointer = format!("/{}", name.replace('[', "/").replace(']', "").replace('.', "/"));
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        let fields = whole.pointer_mut(parent).unwrap_or_else(|| panic!("{name} of {good}")).as_object_mut().unwrap();
        if value.is_null() {
            fields.remove(last);
        } else {
            fields.insert(last.to_owned(), value.clone());
        }
    }
    whole
}

/// A JSON document as the fields of a form.
fn fields(value: &Value, name: &str, list: &mut Vec<(String, String)>) {
    match value {
        Value::Object(all) => {
            for (field, value) in all {
                fields(value, &if name.is_empty() { field.clone() } else { format!("{name}.{field}") }, list);
            }
        }
        // A list of objects has a number for each, a list of values repeats its name.
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let named = if item.is_object() { format!("{name}[{at}]") } else { name.to_owned() };
                fields(item, &named, list);
            }
        }
        // A box that is not ticked sends nothing.
        Value::Bool(false) | Value::Null => {}
        Value::Bool(true) => list.push((name.to_owned(), "true".to_owned())),
        Value::String(text) => list.push((name.to_owned(), text.clone())),
        Value::Number(number) => list.push((name.to_owned(), number.to_string())),
    }
}

impl Cast {
    async fn by_api(&self, one: &Command, login: &str, seen: Option<i64>, input: &Value) -> (u16, Refusal) {
        let mut request = self.request(one.method.clone(), login, &one.api).header("accept-language", "zh-CN").json(input);
        if let Some(seen) = seen {
            request = request.header("if-match", format!("\"{seen}\""));
        }
        let answer = self.app.send(request).await;
        (answer.status.as_u16(), of_api(&answer.body))
    }

    async fn by_page(&self, one: &Command, login: &str, seen: Option<i64>, input: &Value) -> (u16, Refusal) {
        let mut list = Vec::new();
        fields(input, "", &mut list);
        list.extend(seen.map(|seen| ("version".to_owned(), seen.to_string())));
        let list: Vec<(&str, &str)> = list.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let shown = self.form(login, &one.page, &list).await;
        let refused = of_page(&shown);
        (shown.status.as_u16(), refused)
    }
}

/// Pages and API, held against each other.
struct Comparison<'a> {
    cast: &'a Cast,
    differences: Vec<String>,
}

impl<'a> Comparison<'a> {
    fn new(cast: &'a Cast) -> Self {
        Self { cast, differences: Vec::new() }
    }

    fn expect(&mut self, is_alike: bool, what: impl FnOnce() -> String) {
        if !is_alike {
            self.differences.push(what());
        }
    }

    /// Sends every wrong input of a command by both, then one without a version, one with an old one, one of somebody else, and in the
    /// end the good one by the API.
    async fn refuse(&mut self, one: Command) {
        for changes in &one.wrong {
            self.wrong(&one, changes).await;
        }
        let codes = |refused: &Refusal| refused.iter().map(|(_, code, _)| code.clone()).collect::<Vec<_>>();
        if one.seen.is_some() {
            for (seen, code) in [(None, "version_missing"), (Some(999), "stale")] {
                let (_, api) = self.cast.by_api(&one, one.login, seen, &one.good).await;
                let (shown, page) = self.cast.by_page(&one, one.login, seen, &one.good).await;
                let is_alike = codes(&api) == [code] && shown == 422 && codes(&page) == [code];
                self.expect(is_alike, || format!("{} with version {seen:?}: {api:?}, {shown} {page:?}", one.page));
            }
        }
        // Who has no right gets no further than that, whatever they send.
        let (api, _) = self.cast.by_api(&one, "auditor", one.seen, &one.good).await;
        let (page, refused) = self.cast.by_page(&one, "auditor", one.seen, &one.good).await;
        let is_denied = matches!(page, 403 | 404) || page == 422 && codes(&refused).len() == 1;
        self.expect(matches!(api, 403 | 404) && is_denied, || format!("{}: the auditor got {api} and {page} {refused:?}", one.page));
        let (status, api) = self.cast.by_api(&one, one.login, one.seen, &one.good).await;
        self.expect((200..300).contains(&status), || format!("{}: what is good is refused: {status} {api:?}", one.api));
    }

    async fn wrong(&mut self, one: &Command, changes: &Value) {
        let input = changed(&one.good, changes);
        let (status, api) = self.cast.by_api(one, one.login, one.seen, &input).await;
        let (shown, page) = self.cast.by_page(one, one.login, one.seen, &input).await;
        let changes: String = changes.to_string().chars().take(120).collect();
        let is_alike = (400..500).contains(&status) && shown == 422 && page == api;
        self.expect(is_alike, || format!("{} with {changes}:\n  {status} {api:?}\n  {shown} {page:?}", one.page));
    }

    /// All that differed.
    fn end(self) {
        assert!(self.differences.is_empty(), "{}", self.differences.join("\n"));
    }
}

/// Nothing.
fn nothing() -> Value {
    json!({})
}
