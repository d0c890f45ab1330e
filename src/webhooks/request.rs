//! The request in the form of each receiver, with its signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::message::Message;
use crate::domain::clock::Moment;
use crate::domain::webhook::{WebhookFormat, signing_key, template};

/// The address of a receiver and the secret that signs messages. Never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookTarget {
    /// The address; that of a robot holds its key.
    pub url: Url,
    /// The secret; may be empty but for the generic format.
    pub secret: String,
}

/// A message and its receiver.
#[derive(Clone)]
pub struct OutgoingMessage {
    /// The same for each try of one message.
    pub id: String,
    /// The receiver.
    pub target: WebhookTarget,
    /// The format.
    pub format: WebhookFormat,
    /// The JSON of the generic format; empty for others.
    pub template: String,
    /// Its contents.
    pub message: Message,
}

/// A request, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRequest {
    /// The address.
    pub url: Url,
    /// Headers besides `Content-Type`.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// HMAC-SHA-256 in base64.
fn hmac(key: &[u8], text: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key");
    mac.update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}

impl OutgoingMessage {
    /// The request at this moment.
    #[must_use]
    pub fn request(&self, now: Moment) -> WebhookRequest {
        match self.format {
            WebhookFormat::Generic => self.generic(now.utc().timestamp()),
            WebhookFormat::Wecom => self.robot(json!({ "msgtype": "text", "text": { "content": self.message.text() } })),
            WebhookFormat::Dingtalk => self.dingtalk(now.utc().timestamp_millis()),
            WebhookFormat::Feishu => self.feishu(now.utc().timestamp()),
        }
    }

    fn robot(&self, body: Value) -> WebhookRequest {
        WebhookRequest { url: self.target.url.clone(), headers: Vec::new(), body: body.to_string() }
    }

    /// Standard Webhooks 1.0: the signature is over id, time and body.
    fn generic(&self, seconds: i64) -> WebhookRequest {
        let template = if self.template.is_empty() { template::DEFAULT } else { &self.template };
        // A template was checked when it was saved; a test checks the default.
        let template: Value = serde_json::from_str(template).unwrap_or_default();
        let body = template::fill(&template, &|name| self.message.value(name)).to_string();
        let key = signing_key(&self.target.secret).unwrap_or_default();
        let signature = hmac(&key, format!("{}.{seconds}.{body}", self.id).as_bytes());
        let headers = vec![
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", format!("v1,{signature}")),
        ];
        WebhookRequest { url: self.target.url.clone(), headers, body }
    }

    /// 钉钉, 自定义机器人安全设置, 加签: over the milliseconds and the secret, with the secret as the key, in the query.
    fn dingtalk(&self, millis: i64) -> WebhookRequest {
        let mut request = self.robot(json!({ "msgtype": "text", "text": { "content": self.message.text() } }));
        if !self.target.secret.is_empty() {
            let sign = hmac(self.target.secret.as_bytes(), format!("{millis}\n{}", self.target.secret).as_bytes());
            request.url.query_pairs_mut().append_pair("timestamp", &millis.to_string()).append_pair("sign", &sign);
        }
        request
    }

    /// 飞书, 自定义机器人使用指南, 签名校验: over nothing, with the seconds and the secret as the key, in the body.
    fn feishu(&self, seconds: i64) -> WebhookRequest {
        let mut body = json!({ "msg_type": "text", "content": { "text": self.message.text() } });
        if !self.target.secret.is_empty() {
            body["timestamp"] = json!(seconds.to_string());
            body["sign"] = json!(hmac(format!("{seconds}\n{}", self.target.secret).as_bytes(), b""));
        }
        self.robot(body)
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Shanghai;

    use super::*;
    use crate::domain::lang::Lang;
    use crate::domain::notice::Letter;
    use crate::domain::vocabulary::Role;

    fn order(format: WebhookFormat, secret: &str) -> OutgoingMessage {
        let message = Message {
            letter: Some(Letter::ArrivedReview),
            lang: Lang::Zh,
            role: Role::Reviewer,
            number: "2026-0158".to_owned(),
            due: None,
            zone: Shanghai,
            link: "https://ztc.example.cn/manuscripts/1".to_owned(),
        };
        let url = "https://example.cn/hook?key=k".parse().unwrap();
        OutgoingMessage {
            id: "msg_1".to_owned(),
            target: WebhookTarget { url, secret: secret.to_owned() },
            format,
            template: String::new(),
            message,
        }
    }

    #[test]
    fn the_generic_signature_is_that_of_the_standards_example() {
        // The vector of the reference libraries of Standard Webhooks.
        let key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = hmac(&key, br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#);
        assert_eq!(signed, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_robot_without_a_secret_gets_no_signature() {
        let at = Moment::from_micros(1_599_360_473_000_000);
        let dingtalk = order(WebhookFormat::Dingtalk, "").request(at);
        assert_eq!(dingtalk.url.as_str(), "https://example.cn/hook?key=k");
        let feishu: Value = serde_json::from_str(&order(WebhookFormat::Feishu, "").request(at).body).unwrap();
        assert_eq!(feishu.as_object().unwrap().keys().collect::<Vec<_>>(), ["msg_type", "content"]);
    }

    #[test]
    fn signatures_stand_where_the_platforms_look_for_them() {
        let at = Moment::from_micros(1_599_360_473_000_000);
        let dingtalk = order(WebhookFormat::Dingtalk, "SEC0").request(at).url;
        let query: Vec<(String, String)> = dingtalk.query_pairs().map(|(name, value)| (name.into(), value.into())).collect();
        assert_eq!((query[0].1.as_str(), query[1].0.as_str(), query[1].1.as_str()), ("k", "timestamp", "1599360473000"));
        assert_eq!((query[2].0.as_str(), &query[2].1), ("sign", &hmac(b"SEC0", b"1599360473000\nSEC0")));
        let feishu: Value = serde_json::from_str(&order(WebhookFormat::Feishu, "demo").request(at).body).unwrap();
        assert_eq!(feishu["timestamp"], json!("1599360473"));
        assert_eq!(feishu["sign"], json!(hmac(b"1599360473\ndemo", b"")));
    }
}
