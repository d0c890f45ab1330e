//! Dates and times are those of the channel, wherever they are read and typed: here of one that is five hours ahead of Beijing.

use chrono::Duration;
use serde_json::json;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(pages_and_forms_use_the_channels_time_zone, what_is_overdue_is_counted_in_working_days_at_every_desk);

/// A channel in Auckland, at half past midnight there on Saturday 21 November 2026; in Beijing it is still Friday.
async fn auckland(engine: Engine) -> Cast {
    let cast = Cast::new(engine).await;
    let path = format!("/channels/{}", cast.channel);
    let stored = cast.get("admin", &path).await.body;
    let mut settings = stored["settings"].clone();
    settings["limits"]["time_zone"] = json!("Pacific/Auckland");
    let changed = cast.send("PATCH", "admin", &path, stored["version"].as_i64(), json!({ "settings": settings })).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    cast.app.clock.advance(Duration::minutes(538));
    cast
}

async fn pages_and_forms_use_the_channels_time_zone(engine: Engine) {
    let cast = auckland(engine).await;
    let id = cast.submitted_by("author").await;
    let listed = async |query: &str| cast.page("reviewer", &format!("/manuscripts?{query}")).await.html.contains(&id);
    assert!(listed("from=2026-11-21&to=2026-11-21").await && !listed("from=2026-11-20&to=2026-11-20").await);
    let shown = cast.page("author", &format!("/manuscripts/{id}")).await.html;
    assert!(shown.contains("11月21日 00:30") && !shown.contains("11月20日 19:30"), "{shown}");
    // A stand-in of one day: from its first moment to its last, there.
    let person = cast.id("dispatcher").to_string();
    let fields = [("role", "reviewer"), ("stand_in_id", person.as_str()), ("from", "2026-12-01"), ("to", "2026-12-01")];
    let named = cast.form("reviewer", "/account/stand-ins", &fields).await;
    assert_eq!(named.status, 303, "{}", named.html);
    let period = cast.get("reviewer", "/stand-ins").await.body["items"][0].clone();
    assert_eq!((&period["from"], &period["to"]), (&json!("2026-11-30T11:00:00Z"), &json!("2026-12-01T11:00:00Z")));
}

async fn what_is_overdue_is_counted_in_working_days_at_every_desk(engine: Engine) {
    let cast = auckland(engine).await;
    cast.submitted_by("author").await;
    // Due in five working days: on Friday 27 November at 18:00.
    for (hours, says) in [(24 * 6, "今天 18:00 前"), (18, "今天逾期"), (24, "已逾期"), (48, "逾期 1 个工作日"), (24, "逾期 2 个工作日")]
    {
        cast.app.clock.advance(Duration::hours(hours));
        let desk = cast.page("reviewer", "/review").await.html;
        let tag = desk.split("class=\"tag").nth(1).map(|tag| tag.split("</").next().unwrap_or_default()).unwrap_or_default();
        assert!(desk.contains(says), "{says}: {tag}");
    }
}
