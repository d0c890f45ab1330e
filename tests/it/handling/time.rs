//! How long departments have.

use chrono::Duration;
use zhitongche::app::handling::extending;
use zhitongche::app::handling::forms::{ExtensionDecision, ExtensionRequest, Verdict};
use zhitongche::app::handling::{self};
use zhitongche::domain::assignment::{AssignmentAction, AssignmentForm};
use zhitongche::domain::outcome::EndorsementKind;

use super::world::{World, date, day, faults, refusal};
use crate::support::database::Engine;

crate::both_databases!(
    the_kind_of_charge_decides_how_long,
    more_time_is_asked_for_before_the_date,
    an_assisting_department_is_due_before_the_lead
);

async fn the_kind_of_charge_decides_how_long(engine: Engine) {
    let world = World::new(engine);
    let due = |endorsement: Option<(EndorsementKind, bool, &str)>, on: Option<&str>| {
        let id = world.forwarded(&["一。"]);
        let mut form = world.form(AssignmentForm::Single, &["housing"]);
        form.due_on = on.map(day);
        form.endorsement_id = endorsement.map(|(kind, urgent, by)| {
            let due = (!by.is_empty()).then(|| day(by));
            world.endorsed(id, kind, urgent, due)
        });
        let seen = world.version(id);
        let done = world.act("dispatcher", move |tx, actor| handling::assign(tx, actor, id, seen, &form));
        done.map(|(_, ids)| {
            let view = world.assignment("housing", ids[0]).unwrap();
            (date(view.due_at), date(view.internal.unwrap().receive_by))
        })
    };
    let received = "2026-11-25".to_owned();
    assert_eq!(due(None, None).unwrap(), ("2027-02-22".to_owned(), received.clone()), "three months, then the next working day");
    assert_eq!(due(Some((EndorsementKind::Guidance, true, "")), None).unwrap().0, "2027-02-22", "guidance is no instruction");
    assert_eq!(due(Some((EndorsementKind::Instruction, false, "")), None).unwrap(), ("2026-12-11".to_owned(), received));
    assert_eq!(due(Some((EndorsementKind::Instruction, true, "")), None).unwrap().0, "2026-11-27");
    assert_eq!(due(Some((EndorsementKind::Instruction, false, "2026-11-23")), None).unwrap().0, "2026-11-23", "as the leader says");
    assert_eq!(due(Some((EndorsementKind::Instruction, false, "")), Some("2026-12-31")).unwrap().0, "2026-12-31");
    assert_eq!(faults(due(Some((EndorsementKind::Instruction, false, "")), Some("2027-02-01"))), ["due_on date_beyond"]);
    assert_eq!(faults(due(None, Some("2026-11-19"))), ["due_on date_passed"]);
    assert_eq!(faults(due(None, Some("2027-06-30"))), ["due_on date_beyond"]);
    let id = world.forwarded(&["一。"]);
    let (other, seen) = (world.endorsed(world.forwarded(&["二。"]), EndorsementKind::Instruction, false, None), world.version(id));
    let mut form = world.form(AssignmentForm::Single, &["housing"]);
    form.endorsement_id = Some(other);
    let foreign = world.act("dispatcher", move |tx, actor| handling::assign(tx, actor, id, seen, &form));
    assert_eq!(faults(foreign), ["endorsement_id unknown"]);
}

async fn more_time_is_asked_for_before_the_date(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    let mut form = world.form(AssignmentForm::Single, &["housing"]);
    form.due_on = Some(day("2026-12-01"));
    let one = world.assign(id, form)[0];
    let ask =
        |on: &str| ExtensionRequest { reason: "方案要重新论证。".into(), progress: "已勘察现场。".into(), due_on: day(on) };
    let (early, right, twice) = (ask("2026-11-30"), ask("2027-01-15"), ask("2027-01-20"));
    assert_eq!(faults(world.act("housing", move |tx, actor| extending::request(tx, actor, one, 1, &early))), ["due_on date_passed"]);
    let (_, told) = world.told(|| world.act("housing", move |tx, actor| extending::request(tx, actor, one, 1, &right)).unwrap());
    let view = world.assignment("housing", one).unwrap();
    assert_eq!(told, ["dispatcher: extension_requested".to_owned()].into());
    assert_eq!((date(view.due_at).as_str(), view.version), ("2026-12-01", 2), "the clock runs on until it is decided");
    assert_eq!(refusal(world.act("housing", move |tx, actor| extending::request(tx, actor, one, 2, &twice))), "already_done");

    let grant = |on: Option<&str>| ExtensionDecision { decision: Verdict::Grant, due_on: on.map(day), reason: String::new() };
    let (beyond, sooner, nothing) = (grant(Some("2027-09-01")), grant(Some("2026-12-25")), grant(None));
    assert_eq!(faults(world.act("dispatcher", move |tx, actor| extending::decide(tx, actor, one, 2, &beyond))), ["due_on date_beyond"]);
    let (_, told) = world.told(|| world.act("dispatcher", move |tx, actor| extending::decide(tx, actor, one, 2, &sooner)).unwrap());
    let view = world.assignment("dispatcher", one).unwrap();
    assert_eq!(told, ["housing: extension_decided".to_owned()].into());
    assert_eq!(date(view.due_at), "2026-12-25", "the dispatcher sets the date");
    assert_eq!(refusal(world.act("dispatcher", move |tx, actor| extending::decide(tx, actor, one, 3, &nothing))), "wrong_state");
    world.clock.advance(Duration::days(60));
    let late = ask("2027-03-01");
    assert!(!world.assignment("housing", one).unwrap().allowed_actions.contains(&AssignmentAction::RequestExtension));
    assert_eq!(refusal(world.act("housing", move |tx, actor| extending::request(tx, actor, one, 3, &late))), "too_late");
}

async fn an_assisting_department_is_due_before_the_lead(engine: Engine) {
    let world = World::new(engine);
    let joint = |on: Option<&str>, assisting: Option<&str>| {
        let id = world.forwarded(&["一。"]);
        let mut form = world.form(AssignmentForm::Joint, &["housing", "schools"]);
        form.due_on = on.map(day);
        form.departments[1].due_on = assisting.map(day);
        let seen = world.version(id);
        let done = world.act("dispatcher", move |tx, actor| handling::assign(tx, actor, id, seen, &form));
        done.map(|(_, ids)| ids.into_iter().map(|id| date(world.assignment("dispatcher", id).unwrap().due_at)).collect::<Vec<_>>())
    };
    assert_eq!(joint(None, None).unwrap(), ["2027-02-22", "2026-12-21"], "a month");
    assert_eq!(joint(Some("2026-12-01"), None).unwrap(), ["2026-12-01", "2026-11-30"], "but before the lead");
    assert_eq!(joint(Some("2026-12-01"), Some("2026-11-26")).unwrap(), ["2026-12-01", "2026-11-26"]);
    assert_eq!(faults(joint(Some("2026-12-01"), Some("2026-12-01"))), ["departments[1].due_on date_beyond"]);
}
