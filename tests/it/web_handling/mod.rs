//! The dispatcher's and the departments' pages, as a browser without script uses them: every act is a form, and its page says what
//! was wrong at the field, with all that was typed.

mod assignment;
mod board;

use serde_json::Value;

use crate::support::cast::Cast;
use crate::support::pages::Shown;

impl Cast {
    /// An act of this person's page on an assignment, on the version that they see.
    async fn press(&self, login: &str, one: &str, act: &str, fields: &[(&str, &str)]) -> Shown {
        let seen = self.assignment(login, one).await["version"].to_string();
        let all: Vec<(&str, &str)> = [("version", seen.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.form(login, &format!("/assignments/{one}/{act}"), &all).await
    }

    async fn assignment(&self, login: &str, one: &str) -> Value {
        self.get(login, &format!("/assignments/{one}")).await.body
    }

    async fn state(&self, one: &str) -> String {
        self.assignment("dispatcher", one).await["state"].as_str().unwrap().to_owned()
    }

    async fn forwarded(&self) -> String {
        let id = self.accepted().await;
        self.forward(&id).await;
        id
    }
}

/// The page of this act came back: 422, with all of this on it.
fn came_back(shown: &Shown, there: &[&str]) {
    assert_eq!(shown.status, 422, "{}", shown.html);
    for one in there {
        assert!(shown.html.contains(one), "{one}: {}", shown.html);
    }
}
