//! Files: kept by content, limited while they come in, and the right asked at each download.

use std::fs;

use serde_json::{Value, json};

use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    a_file_is_kept_by_its_content_and_given_to_who_may_have_it,
    a_part_of_a_file_is_given_to_who_may_have_the_whole,
    the_ledger_names_what_was_handed_in,
    what_is_not_taken_leaves_nothing_behind,
    names_lead_nowhere_and_stay_one_header,
    a_damaged_file_is_not_given_out,
    a_repeat_adds_nothing,
    what_was_added_by_mistake_is_taken_out,
);

const PDF: &[u8] = b"%PDF-1.7 a report";

async fn draft(cast: &Cast) -> String {
    let mut form = complete();
    form.as_object_mut().unwrap().remove("submit");
    cast.send("POST", "author", "/manuscripts", None, form).await.body["id"].as_str().unwrap().to_owned()
}

/// The names of what lies in the vault.
fn vault(cast: &Cast) -> Vec<String> {
    let entries = fs::read_dir(cast.app.settings.attachments_dir()).into_iter().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn a_file_is_kept_by_its_content_and_given_to_who_may_have_it(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast).await;
    let path = format!("/manuscripts/{id}/attachments");
    let added = cast.upload("author", &path, "调研报告.pdf", PDF).await;
    assert_eq!((added.status.as_u16(), &added.body["media_type"], &added.body["bytes"]), (201, &json!("application/pdf"), &json!(17)));
    assert_eq!(vault(&cast), [added.body["sha256"].as_str().unwrap()]);
    assert_eq!(cast.upload("reviewer", &path, "b.pdf", PDF).await.status, 404);
    let file = format!("/attachments/{}", added.body["id"].as_str().unwrap());
    for stranger in ["reviewer", "coauthor", "leader", "auditor", "admin"] {
        assert_eq!(cast.get(stranger, &file).await.status, 404, "{stranger}");
    }
    let token = "token-author";
    let response = cast.app.request("GET".parse().unwrap(), &format!("/api/v1{file}"), token).send().await.unwrap();
    let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("cache-control")), ("application/pdf".into(), "no-store".into()));
    assert_eq!((header("x-content-type-options"), header("content-length")), ("nosniff".into(), "17".into()));
    let disposition = header("content-disposition");
    assert!(disposition.starts_with("attachment;") && disposition.contains("filename*=UTF-8''%E8%B0%83%E7%A0%94"), "{disposition}");
    assert_eq!(response.bytes().await.unwrap(), PDF);

    cast.send("POST", "author", &format!("/manuscripts/{id}/submission"), Some(1), Value::Null).await;
    assert_eq!(cast.get("reviewer", &file).await.status, 200, "the reviewer has it with the manuscript");
    assert_eq!(cast.get("signer", &file).await.status, 404, "the signer not yet");
    let late = cast.upload("author", &path, "late.pdf", PDF).await;
    assert_eq!((late.status.as_u16(), &late.body["code"]), (409, &json!("wrong_stage")));
    assert_eq!(cast.send("DELETE", "author", &file, None, Value::Null).await.status, 409);
}

async fn a_part_of_a_file_is_given_to_who_may_have_the_whole(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast).await;
    let added = cast.upload("author", &format!("/manuscripts/{id}/attachments"), "a.pdf", PDF).await.body;
    let path = format!("/api/v1/attachments/{}", added["id"].as_str().unwrap());
    let tag = format!("\"{}\"", added["sha256"].as_str().unwrap());
    let ask = async |login: &str, range: &str, kept: &str| {
        let mut request = cast.app.request("GET".parse().unwrap(), &path, &format!("token-{login}")).header("Range", range);
        if !kept.is_empty() {
            request = request.header("If-Range", kept);
        }
        let answer = request.send().await.unwrap();
        let part = answer.headers().get("content-range").map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), part.unwrap_or_default(), answer.bytes().await.unwrap())
    };
    let part = |from: usize, to: usize| (206, format!("bytes {from}-{to}/17"), PDF[from..=to].to_vec().into());
    let whole = (200, String::new(), PDF.to_vec().into());
    assert_eq!(ask("author", "bytes=0-3", "").await, part(0, 3));
    assert_eq!(ask("author", "bytes=9-", "").await, part(9, 16));
    assert_eq!(ask("author", "bytes=-6", "").await, part(11, 16));
    assert_eq!(ask("author", "bytes=9-", &tag).await, part(9, 16), "a download goes on");
    assert_eq!(ask("author", "bytes=9-", "\"another\"").await, whole, "unless it was of another file");
    assert_eq!(ask("author", "bytes=0-1,4-5", "").await, whole, "several parts at once are not cut");
    assert_eq!(ask("author", "lines=1-2", "").await, whole);
    for strange in ["bytes=17-", "bytes=5-4", "bytes=a-b", "bytes=-0", "bytes", "bytes=../../etc"] {
        let (status, part, body) = ask("author", strange, "").await;
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, part.as_str(), &problem["code"]), (416, "bytes */17", &json!("bad_range")), "{strange}");
    }
    for stranger in ["reviewer", "coauthor", "admin"] {
        for range in ["bytes=0-3", "bytes=99-"] {
            let (status, part, _) = ask(stranger, range, &tag).await;
            assert_eq!((status, part.as_str()), (404, ""), "{stranger} learns nothing, not even its length");
        }
    }
}

async fn the_ledger_names_what_was_handed_in(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast).await;
    let path = format!("/manuscripts/{id}/attachments");
    let kept = cast.upload("author", &path, "a.pdf", PDF).await.body;
    let dropped = cast.upload("author", &path, "b.txt", "一段文字".as_bytes()).await.body;
    let file = format!("/attachments/{}", dropped["id"].as_str().unwrap());
    assert_eq!(cast.send("DELETE", "author", &file, None, Value::Null).await.status, 204);
    assert_eq!(cast.get("author", &file).await.status, 404);
    let listed = cast.get("author", &path).await.body;
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &kept["id"]));
    cast.send("POST", "author", &format!("/manuscripts/{id}/submission"), Some(1), Value::Null).await;
    let receipt = cast.get("author", &format!("/manuscripts/{id}/receipt")).await.body.to_string();
    assert!(receipt.contains(kept["sha256"].as_str().unwrap()), "{receipt}");
    assert!(!receipt.contains(dropped["sha256"].as_str().unwrap()));
}

async fn what_is_not_taken_leaves_nothing_behind(engine: Engine) {
    let cast = Cast::with(engine, |settings| {
        settings.undo.minutes = 0;
        settings.limits.attachment_bytes = 300_000;
        settings.limits.attachments = 2;
    })
    .await;
    let id = draft(&cast).await;
    let path = format!("/manuscripts/{id}/attachments");
    let mut large = PDF.to_vec();
    large.resize(300_001, b' ');
    let refused = cast.upload("author", &path, "large.pdf", &large).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (413, &json!("too_large")));
    for (name, content) in
        [("a.exe", &b"MZ\x90\0"[..]), ("a.html", b"<script>alert(1)</script>"), ("a.svg", b"<svg/>"), ("a.pdf", b"no pdf")]
    {
        let refused = cast.upload("author", &path, name, content).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (415, &json!("unsupported_file")), "{name}");
    }
    let no_form = cast.send("POST", "author", &path, None, json!({"file": "x"})).await;
    assert_eq!(no_form.status, 415);
    assert_eq!(vault(&cast), [""; 0], "no temporary file stays");
    assert_eq!(cast.get("author", &path).await.body["items"], json!([]));
    cast.upload("author", &path, "1.pdf", PDF).await;
    cast.upload("author", &path, "2.pdf", PDF).await;
    let third = cast.upload("author", &path, "3.pdf", PDF).await;
    assert_eq!((third.status.as_u16(), &third.body["errors"][0]["code"]), (422, &json!("too_many")));
    assert_eq!(vault(&cast).len(), 1, "the same content lies there once");
}

async fn names_lead_nowhere_and_stay_one_header(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast).await;
    let path = format!("/manuscripts/{id}/attachments");
    for name in ["..", "a/.."] {
        let refused = cast.upload("author", &path, name, PDF).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["code"]), (422, &json!("bad_file_name")), "{name}");
    }
    for (given, name) in [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("a%0D%0ASet-Cookie: a=b.pdf", "a Set-Cookie: a=b.pdf"),
        ("\"题\".pdf", "\"题\".pdf"),
    ] {
        let added = cast.upload("author", &path, given, PDF).await;
        assert_eq!((added.status.as_u16(), &added.body["name"]), (201, &json!(name)), "{given} {}", added.body);
    }
    for name in ["a\u{202e}fdp.pdf", "=1+1.pdf", "<b>&amp;.pdf", "%0d%0aSet-Cookie: a=b.pdf"] {
        let added = cast.upload("author", &path, name, PDF).await;
        assert_eq!((added.status.as_u16(), &added.body["name"]), (201, &json!(name)), "kept as it was given");
        let file = cast.get("author", &format!("/attachments/{}", added.body["id"].as_str().unwrap())).await;
        assert_eq!((file.status.as_u16(), file.headers.get("set-cookie")), (200, None));
    }
    assert_eq!(vault(&cast).len(), 1);
}

async fn a_damaged_file_is_not_given_out(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast).await;
    let added = cast.upload("author", &format!("/manuscripts/{id}/attachments"), "a.pdf", PDF).await.body;
    let file = format!("/attachments/{}", added["id"].as_str().unwrap());
    let place = cast.app.settings.attachments_dir().join(added["sha256"].as_str().unwrap());
    fs::write(&place, b"%PDF-1.7 A report").unwrap();
    let refused = cast.get("author", &file).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (500, &json!("internal")));
    fs::write(&place, PDF).unwrap();
    assert_eq!(cast.get("author", &file).await.status, 200);
}

async fn a_repeat_adds_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast).await;
    let path = format!("/manuscripts/{id}/attachments");
    let first = cast.upload_once("author", &path, "a.pdf", PDF, "key-1").await;
    let second = cast.upload_once("author", &path, "a.pdf", PDF, "key-1").await;
    assert_eq!((first.status.as_u16(), second.status.as_u16(), &first.body), (201, 201, &second.body));
    let other = cast.upload_once("author", &path, "b.pdf", PDF, "key-1").await;
    assert_eq!((other.status.as_u16(), &other.body["code"]), (422, &json!("key_reused")));
    assert_eq!(cast.get("author", &path).await.body["items"].as_array().unwrap().len(), 1);
}

async fn what_was_added_by_mistake_is_taken_out(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (id, one) = cast.charged().await;
    let act = async |login: &str, act: &str, seen: i64, body: Value| {
        let answer = cast.send("POST", login, &format!("/assignments/{one}/{act}"), Some(seen), body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    let add = async |login: &str, query: &str| {
        let added = cast.upload(login, &format!("/manuscripts/{id}/attachments?{query}"), "a.pdf", PDF).await;
        format!("/attachments/{}", added.body["id"].as_str().unwrap_or_else(|| panic!("{}", added.body)))
    };
    let take_out = async |login: &str, file: &str| cast.send("DELETE", login, file, None, Value::Null).await;
    let to_it = format!("subject=assignment&assignment_id={one}");

    act("handler", "receipt", 1, Value::Null).await;
    let (wrong, right) = (add("handler", &to_it).await, add("handler", &to_it).await);
    assert_eq!(take_out("handler2", &wrong).await.status, 404, "another department has no such file");
    let office = take_out("dispatcher", &wrong).await;
    assert_eq!((office.status.as_u16(), &office.body["code"]), (403, &json!("wrong_role")), "what the department says is its own");
    assert_eq!(take_out("handler", &wrong).await.status, 204);
    assert_eq!((cast.get("handler", &wrong).await.status.as_u16(), cast.get("dispatcher", &wrong).await.status.as_u16()), (404, 404));
    let items: Vec<Value> = (1..=2).map(|number| json!({"number": number, "answer": "adopted", "words": "已采纳。"})).collect();
    let reply = json!({"words": "已研究。", "result_code": "A", "consultation": "phone", "officer": "周敏", "items": items});
    act("handler", "reply", 2, reply).await;
    let late = take_out("handler", &right).await;
    assert_eq!((late.status.as_u16(), &late.body["code"]), (409, &json!("wrong_state")), "what was answered stands with its files");
    assert_eq!(cast.get("dispatcher", &right).await.status, 200);

    let scan = add("secretary", "subject=endorsement").await;
    assert_eq!(take_out("dispatcher", &scan).await.status, 403);
    assert_eq!(take_out("secretary", &scan).await.status, 204);
    let scan = add("secretary", "subject=endorsement").await;
    let scan_id = scan.rsplit('/').next().unwrap();
    let body = json!({"kind": "guidance", "words": "请认真研究。", "scan_id": scan_id});
    assert_eq!(cast.send("POST", "secretary", &format!("/manuscripts/{id}/endorsements"), None, body).await.status, 201);
    assert_eq!(take_out("secretary", &scan).await.status, 403, "it shows what was entered");
    let chain: zhitongche::domain::ids::ManuscriptId = id.parse().unwrap();
    let acts = cast.acts(chain);
    assert_eq!(acts.iter().filter(|act| *act == "detach").count(), 2, "the ledger says that they were there: {acts:?}");
}
