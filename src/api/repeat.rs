//! The response to a repeat under an `Idempotency-Key`: the resource of the first response, read anew with the rights that the caller has
//! now. A caller who may no longer see it gets 404, as for a GET; so no response is stored whose contents a caller could lose the right to
//! read.

use serde::Serialize;
use serde_json::Value;

use crate::api::auth::Caller;
use crate::api::prepared::PreparedResponse;
use crate::api::resources;
use crate::app::accounts::{roles, stand_ins};
use crate::app::idempotency_keys::{RequestKey, StoredResponse};
use crate::app::jobs::{self, JobQuery};
use crate::app::notices::{self, Slice};
use crate::app::reading::body;
use crate::app::reading::views::ManuscriptView;
use crate::app::{AppError, StoreError, Tx, attachments};
use crate::domain::ids::{AssignmentId, EndorsementId, GrantId, LetterId, ManuscriptId, StandInId, UserId};

/// Renders it. `kept` has the status, `Location` and, for what is not a resource of its own, the id by which it is found.
pub(super) fn again(tx: &mut Tx<'_>, caller: &Caller, name: &RequestKey, kept: &StoredResponse) -> Result<PreparedResponse, AppError> {
    let unreadable = |error: &dyn std::fmt::Display| StoreError::unreadable("idempotency_keys.headers", &error);
    // A response that an older program stored has fewer details; its path is sufficient.
    let headers: Headers = serde_json::from_str(&kept.headers).map_err(|e| unreadable(&e))?;
    let status = u16::try_from(kept.status).map_err(|e| unreadable(&e))?;
    let path = headers.location.as_deref().unwrap_or(&name.path);
    let reply = read(tx, caller, path.trim_start_matches(crate::api::ROOT), kept)?;
    Ok(if status == 204 { PreparedResponse::nothing() } else { reply.with_head(status, headers.location) })
}

/// Reads the resource at a path, or the response of a command at this path.
fn read(tx: &mut Tx<'_>, caller: &Caller, path: &str, kept: &StoredResponse) -> Result<PreparedResponse, AppError> {
    let actor = &caller.actor;
    let mut parts = path.trim_start_matches('/').split('/');
    let (collection, id, act) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match collection {
        "manuscripts" => manuscript(tx, caller, parse(id)?, act, kept),
        "assignments" => resources::assignment(tx, caller, parse::<AssignmentId>(id)?),
        "endorsements" => resources::endorsement(tx, caller, parse::<EndorsementId>(id)?),
        "bulletins" => resources::bulletin(tx, caller, parse(id)?),
        "attachments" => PreparedResponse::ok(&attachments::find(tx, actor, parse(id)?)?),
        "users" => user(tx, caller, parse(id)?, act, kept),
        "roles" => PreparedResponse::ok(&roles::find(tx, actor, parse::<GrantId>(id)?)?),
        "organizations" => resources::organization(tx, caller, parse(id)?),
        "stand-ins" => PreparedResponse::ok(&stand_ins::find(tx, actor, parse::<StandInId>(id)?)?),
        "webhooks" => resources::webhook(tx, caller, parse(id)?),
        "inbox" => notices::refuse_others(tx, actor, parse::<LetterId>(id)?).map(|()| PreparedResponse::nothing()),
        "outbox" => notices::outbox(tx, actor, None, Slice { before: None, limit: 1 }).and_then(|_| count(id, kept)),
        "jobs" | "backups" => jobs::list(tx, actor, &JobQuery::default(), 1).and_then(|_| count(id, kept)),
        _ => Err(AppError::NotFound),
    }
}

fn manuscript(tx: &mut Tx<'_>, caller: &Caller, id: ManuscriptId, act: &str, kept: &StoredResponse) -> Result<PreparedResponse, AppError> {
    if !matches!(act, "ratings" | "adoptions") {
        return resources::manuscript(tx, caller, id);
    }
    let view = body::manuscript(tx, &caller.actor, id)?;
    let made = made(kept)?;
    part(&view, act, &made["id"])
}

/// One of the manuscript's ratings or adoptions, as the caller may read it now.
fn part(view: &ManuscriptView, act: &str, id: &Value) -> Result<PreparedResponse, AppError> {
    let reply = match act {
        "ratings" => view.ratings.iter().find(|one| *id == one.id.to_string()).map(PreparedResponse::ok),
        _ => view.adoptions.iter().find(|one| *id == one.id.to_string()).map(PreparedResponse::ok),
    };
    reply.unwrap_or(Err(AppError::NotFound))
}

/// A person; the response to a handover is repeated to callers who may still see the person, for it contains no more than that.
fn user(tx: &mut Tx<'_>, caller: &Caller, id: UserId, act: &str, kept: &StoredResponse) -> Result<PreparedResponse, AppError> {
    let person = resources::user(tx, caller, id)?;
    if act == "handover" { PreparedResponse::ok(&made(kept)?) } else { Ok(person) }
}

/// The number of jobs or letters that were retried; an empty response for a single one.
fn count(id: &str, kept: &StoredResponse) -> Result<PreparedResponse, AppError> {
    if id == "retry" { PreparedResponse::ok(&made(kept)?) } else { Ok(PreparedResponse::nothing()) }
}

fn made(kept: &StoredResponse) -> Result<Value, AppError> {
    Ok(serde_json::from_str(&kept.body).map_err(|error| StoreError::unreadable("idempotency_keys.body", &error))?)
}

fn parse<T: std::str::FromStr>(id: &str) -> Result<T, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

/// The part of a body that is stored besides status and `Location`: the id of what is not a resource of its own, and the whole body for a
/// handover and for a number of retries; nothing else.
pub(super) fn kept_body(path: &str, body: &str) -> String {
    let value = || serde_json::from_str::<Value>(body).unwrap_or_default();
    match path.rsplit('/').next() {
        Some("ratings" | "adoptions") => serde_json::json!({ "id": value()["id"] }).to_string(),
        Some("handover" | "retry") => body.to_owned(),
        _ => String::new(),
    }
}

/// The stored headers of a response. Older programs wrote the pair of entity tag and location.
#[derive(Serialize, serde::Deserialize)]
#[serde(from = "StoredHeaders")]
pub(super) struct Headers {
    pub(super) location: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum StoredHeaders {
    Now { location: Option<String> },
    Earlier(serde::de::IgnoredAny, Option<String>),
}

impl From<StoredHeaders> for Headers {
    fn from(written: StoredHeaders) -> Self {
        match written {
            StoredHeaders::Now { location } | StoredHeaders::Earlier(_, location) => Self { location },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_program_kept_is_read() {
        let location = |text: &str| serde_json::from_str::<Headers>(text).unwrap().location;
        assert_eq!(location("[3,\"/api/v1/users/1\"]").as_deref(), Some("/api/v1/users/1"));
        assert_eq!(location("[null,null]"), None);
        let written = serde_json::to_string(&Headers { location: Some("/x".to_owned()) }).unwrap();
        assert_eq!(location(&written).as_deref(), Some("/x"));
    }
}
