//! What input methods and chat programs leave behind is folded where something is looked for, held against something, or reaches a
//! person.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::cast::{Cast, PASSWORD, complete};
use crate::support::database::Engine;

crate::both_databases!(
    a_sign_in_name_is_one_in_every_width,
    addresses_and_numbers_of_people_are_folded,
    a_name_is_found_with_any_dot_or_none,
    titles_and_numbers_are_found_in_every_width,
    no_two_differ_only_in_width_or_case,
);

async fn a_sign_in_name_is_one_in_every_width(engine: Engine) {
    let cast = Cast::new(engine).await;
    for login in ["ａｕｔｈｏｒ", "　Author ", "\u{200b}author\u{feff}", "au\u{2060}thor", "AUTHOR"] {
        let opened = cast.post("", "/session", json!({"login": login, "password": PASSWORD})).await;
        assert_eq!((opened.status, &opened.body["user"]["login"]), (StatusCode::CREATED, &json!("author")), "{login:?} {}", opened.body);
    }
    let found = cast.get("admin", "/users?login=%EF%BC%A1uthor").await.body;
    assert_eq!(found["items"][0]["login"], "author", "{found}");
    let draft = cast.post("author", "/manuscripts", json!({"title": "题"})).await.body;
    let (id, version) = (draft["id"].as_str().unwrap(), draft["version"].as_i64());
    let invited =
        cast.send("PUT", "author", &format!("/manuscripts/{id}/authors"), version, json!({"authors": ["ｃｏａｕｔｈｏｒ\u{200b}"]})).await;
    assert!(invited.status.is_success() || invited.body["errors"][0]["code"] == "unknown_person", "{}", invited.body);
}

fn person(login: &str, organization: &Value) -> Value {
    json!({"login": login, "name": "阿卜杜拉·买买提", "email": "a@example.org", "organization_id": organization, "roles": [{"role": "submitter"}]})
}

async fn addresses_and_numbers_of_people_are_folded(engine: Engine) {
    let cast = Cast::new(engine).await;
    let organization = cast.get("author", "/session").await.body["organization"]["id"].clone();
    for (at, (email, mobile, kept, number)) in [
        ("\u{200b}ｌｉ．ｍｉｎｇ＠ｅｘａｍｐｌｅ．ｏｒｇ　", "0086 138 0013 8000", "li.ming@example.org", "13800138000"),
        ("user@例子.公司", "＋８６－１３８００１３８０００", "user@例子.公司", "13800138000"),
        ("user@例子。公司\u{feff}", "00852 9123 4567", "user@例子.公司", "+85291234567"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut new = person(&format!("new{at}"), &organization);
        (new["email"], new["mobile"]) = (json!(email), json!(mobile));
        let made = cast.post("admin", "/users", new).await;
        assert_eq!((made.status.as_u16(), &made.body["email"], &made.body["mobile"]), (201, &json!(kept), &json!(number)), "{}", made.body);
    }
    let mut new = person("new9", &organization);
    new["email"] = json!("李明@example.org");
    let refused = cast.post("admin", "/users", new).await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["code"]), (422, &json!("email_not_ascii")), "{}", refused.body);
}

async fn a_name_is_found_with_any_dot_or_none(engine: Engine) {
    let cast = Cast::new(engine).await;
    let organization = cast.get("author", "/session").await.body["organization"]["id"].clone();
    for (at, name) in ["阿卜杜拉·买买提", "古丽•艾山", "玛丽 居里", "Ｊｏｈｎ Ｓｍｉｔｈ"].into_iter().enumerate()
    {
        let mut new = person(&format!("new{at}"), &organization);
        new["name"] = json!(name);
        assert_eq!(cast.post("admin", "/users", new).await.status, StatusCode::CREATED);
    }
    for (login, ways) in [
        (
            "new0",
            &[
                "阿卜杜拉·买买提",
                "阿卜杜拉•买买提",
                "阿卜杜拉・买买提",
                "阿卜杜拉．买买提",
                "阿卜杜拉.买买提",
                "阿卜杜拉‧买买提",
                "阿卜杜拉 买买提",
                "阿卜杜拉买买提",
            ][..],
        ),
        ("new1", &["古丽·艾山", "古丽艾山"]),
        ("new2", &["玛丽·居里", "玛丽居里"]),
        ("new3", &["john smith", "ＪＯＨＮＳＭＩＴＨ"]),
    ] {
        for way in ways {
            let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", way).finish();
            let found = cast.get("admin", &format!("/users?{query}")).await.body;
            let logins: Vec<&str> = found["items"].as_array().unwrap().iter().filter_map(|one| one["login"].as_str()).collect();
            assert_eq!(logins, [login], "{way}: {found}");
        }
    }
}

async fn titles_and_numbers_are_found_in_every_width(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut body = complete();
    body["title"] = json!("关于２０２６年Ａ类\u{200b}停车位的建议");
    let made = cast.post("author", "/manuscripts", body).await.body;
    let number = made["number"].as_str().unwrap();
    let wide: String = number.chars().map(|c| if c == '-' { '－' } else { char::from_u32(u32::from(c) + 0xfee0).unwrap() }).collect();
    for words in ["2026年a类停车位", "２０２６年", "　Ａ类停车", "停\u{200d}车位", number, &wide, &number.replace('-', "—")]
    {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", words).finish();
        let found = cast.get("reviewer", &format!("/manuscripts?{query}")).await.body;
        assert_eq!(found["items"][0]["id"], made["id"], "{words}: {found}");
    }
    let none = cast.get("reviewer", "/manuscripts?q=%25").await.body;
    assert_eq!(none["items"], json!([]), "a sign of a pattern is a sign like any other");
}

async fn no_two_differ_only_in_width_or_case(engine: Engine) {
    let cast = Cast::new(engine).await;
    let organization = cast.get("author", "/session").await.body["organization"]["id"].clone();
    let taken = cast.post("admin", "/users", person("ＡＵＴＨＯＲ\u{200b}", &organization)).await;
    assert_eq!((taken.status.as_u16(), &taken.body["errors"][0]["code"]), (422, &json!("taken")), "{}", taken.body);
    assert_eq!(cast.post("admin", "/organizations", json!({"name": "民建ＡＢ县委", "kind": "party"})).await.status, StatusCode::CREATED);
    for name in ["民建AB县委", "民建 ab县委", "民建A·B\u{200b}县委"] {
        let taken = cast.post("admin", "/organizations", json!({"name": name, "kind": "party"})).await;
        assert_eq!((taken.status.as_u16(), &taken.body["errors"][0]["code"]), (422, &json!("taken")), "{name}: {}", taken.body);
    }
}
