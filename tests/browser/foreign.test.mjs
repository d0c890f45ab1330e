// Texts that try to become script, in every field of every form: as the page sends them back, and wherever they are shown afterwards.
// Writing has its own in writing.test.mjs, the review's text in desks.test.mjs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { press } from "./support/acts.mjs";
import { DESK, Person, open } from "./support/browser.mjs";
import { FOREIGN, harmless, plant } from "./support/foreign.mjs";
import { CAST, forwarded, office, sent } from "./support/office.mjs";

const MORE = {
  hua: ["华英", "民盟县总支", "submitter"],
  lin: ["林森", "县公安局", "handler"],
  ko: ["孔明", "统战部", "auditor"],
  an: ["安然", "统战部", "security_admin"],
  xi: ["席琳", "统战部", "system_admin"],
  xu: ["许静", "县委", "secretary", "--serves", "li"],
};
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const SCAN = { name: `"><img src=x onerror=alert(1)>.png`, mimeType: "image/png", buffer: PNG };
const TODAY = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

let browser, program;
const people = {};
/** Pages that show what was planted; everybody looks at those that he may see. */
const shown = new Set(["/", "/inbox", "/statistics", "/account", "/account/tokens", "/more"]);

before(async () => {
  [program, browser] = await Promise.all([office(), open()]);
  for (const [login, who] of Object.entries(MORE)) await program.person(login, ...who);
});
after(async () => {
  await browser?.close();
  await program?.close();
});

/** A person in a browser of his own, the same for all tests. */
const as = async (login) => (people[login] ??= await Person.enter(browser, program, login, DESK)).page;
const organization = async (name) => (await program.api("du", "GET", "/organizations?limit=200")).items.find((one) => one.name === name).id;

function foreign(name, work) {
  test(name, { timeout: 120_000 }, async () => {
    await work();
    for (const person of Object.values(people)) assert.deepEqual(person.wrong, []);
  });
}

/** One that has come to the desk that signs. */
async function recommended(title) {
  const id = await sent(program, { title });
  await program.api("shen", "POST", `/manuscripts/${id}/review`, { decision: "recommend", opinion: "拟采用。" });
  return id;
}

foreign("the review: returning, declining, referring, taking up again, merging, editing, sending back", async () => {
  const shen = await as("shen");
  const kept = { saved: /decided=|done=/ };
  const [returned, declined, merged, edited] = [await sent(program), await sent(program), await sent(program), await sent(program)];
  await plant(shen, `/review/${returned}`, "#decide", { choose: { decision: "return", "requests.part": "situation" }, ...kept });
  await plant(shen, `/review/${declined}`, "#decide", { choose: { decision: "decline", reason_code: "first" }, ...kept });
  await plant(shen, `/review/${declined}`, "form[action$='/referral']", kept);
  await plant(shen, `/review/${declined}`, "form[action$='/reconsideration']", kept);
  const { number } = await program.api("shen", "GET", `/manuscripts/${edited}`);
  await plant(shen, `/review/${merged}`, "#decide", { choose: { decision: "merge", number }, ...kept });
  await plant(shen, `/review/${edited}/edit`, "form[action$='/edit']", { saved: new RegExp(`/review/${edited}`) });
  const back = await recommended("要退回的一篇");
  await plant(await as("qian"), `/signing/${back}`, "#decide", { choose: { decision: "send_back" }, ...kept });
  const signed = await recommended("要签发的一篇");
  await plant(await as("qian"), `/signing/${signed}`, "#decide", { choose: { decision: "sign" }, ...kept });
  for (const id of [returned, declined, merged, edited, back, signed]) {
    for (const path of [`/manuscripts/${id}`, `/manuscripts/${id}/revisions`, `/review/${id}`]) shown.add(path);
  }
  for (const path of [`/manuscripts/${returned}/edit`, `/review/${edited}?view=difference`, "/review", "/signing", "/mine"]) shown.add(path);
});

foreign("a bulletin: composing, sending back, cancelling", async () => {
  const id = await recommended("进简报的一篇");
  await program.api("qian", "POST", `/manuscripts/${id}/signature`, { decision: "sign" });
  const [shen, qian] = [await as("shen"), await as("qian")];
  await plant(shen, "/bulletins/new", "#compose", { button: "[name=then][value=keep]" });
  await shen.goto("/bulletins/new");
  await shen.locator("button[name=move]").first().click();
  await shen.locator("ol.order").waitFor();
  await press(shen, shen.locator("button[name=then][value=keep]"), /\/bulletins\/[0-9a-f-]{36}/);
  const path = new URL(shen.url()).pathname;
  const { id: leader } = await program.api("li", "GET", "/session");
  const submit = () => plant(shen, path, "#compose", { button: "[name=then][value=submit]", choose: { [`to-${leader}`]: "report" } });
  await submit();
  await plant(qian, path, "form[action$='/send-back']");
  await submit();
  await harmless(await qian.goto(`${path}/print`).then(() => qian));
  await qian.goto(path);
  await press(qian, qian.locator("form[action$='/issuance'] button"), /done=/);
  shown.add(`${path}/print`);
  for (const one of ["/bulletins", path, "/reading", `/reading/${id}`, `/manuscripts/${id}`]) shown.add(one);
});

foreign("leaders and their offices: a leader's words, what a secretary enters with its scan, and why it is refused", async () => {
  const [own, entered] = [await forwarded(program), await forwarded(program)];
  const [li, xu] = [await as("li"), await as("xu")];
  await plant(li, `/reading/${own}`, "#say form", { button: ".btns-end button", choose: { kind: "instruction", due_on: "" }, saved: /done=/ });
  await plant(xu, `/manuscripts/${entered}/endorsement`, "form[data-upload]", { choose: { kind: "instruction", date: TODAY, due_on: "" }, file: SCAN, saved: /\/endorsements/ });
  const { items } = await program.api("xu", "GET", "/endorsements?state=entered");
  for (const path of [`/endorsements/${items[0].id}`, "/endorsements"]) shown.add(path);
  await harmless(await xu.goto(`/endorsements/${items[0].id}`).then(() => xu));
  await plant(await as("du"), `/endorsements/${items[0].id}`, "form[action$='/rejection']", { once: true, long: 4000 });
  for (const id of [own, entered]) for (const path of [`/manuscripts/${id}`, `/reading/${id}`]) shown.add(path);
  for (const path of ["/reading/done", "/reading/results"]) shown.add(path);
});

foreign("the departments: charging, asking to return, for time, contributing, urging, answering, checking, reporting, concluding, rating", async () => {
  const id = await forwarded(program);
  const [du, he, lin, zhou, shen] = [await as("du"), await as("he"), await as("lin"), await as("zhou"), await as("shen")];
  const departments = { "departments[0].organization_id": await organization("县住建局"), "departments[1].organization_id": await organization("县公安局") };
  await plant(du, `/manuscripts/${id}/assignment`, "form.assign", { choose: { form: "joint", ...departments, due_on: "" }, button: "button.btn-main", saved: /done=/ });
  const { assignments } = await program.api("du", "GET", `/manuscripts/${id}`);
  const [lead, second] = ["lead", "assist"].map((part) => `/assignments/${assignments.find((one) => one.part.startsWith(part)).id}`);
  const act = (login, path, body) => program.api(login, "POST", path, body);
  const kept = { saved: /done=/ };
  await plant(he, lead, "form[action$='/return-request']", kept);
  await plant(du, lead, "form[action$='/return-decision']", { button: "[value=refuse]", ...kept });
  await plant(he, lead, "form[action$='/extension-request']", { choose: { due_on: soon(150) }, ...kept });
  await plant(du, lead, "form[action$='/extension-decision']", { button: "[value=refuse]", choose: { due_on: "" }, ...kept });
  await act("lin", `${second}/receipt`, {});
  await plant(lin, second, "form[action$='/contribution']", kept);
  await plant(du, lead, "form[action$='/urging']", kept);
  const whole = { result_code: "A", consultation: "meeting", "items[0].answer": "adopted", "items[1].answer": "not_adopted", "items[0].promised_on": "", "items[1].promised_on": "" };
  await plant(he, lead, "#reply", { choose: whole, ...kept });
  await plant(du, lead, "#check", { button: "[value=reject]", choose: { "checks[1].mark": "fix", "checks[2].mark": "pass", due_on: "" }, ...kept });
  await plant(he, lead, "#reply", { choose: { ...whole, "items[1].answer": "planned", "items[1].promised_on": "2028-03-31" }, ...kept });
  await act("du", `${lead}/reply-review`, { decision: "approve" });
  await plant(he, lead, "form[action$='/implementation-reports']", kept);
  await plant(du, `/manuscripts/${id}/conclusion`, "form.cols", kept);
  await plant(zhou, `/manuscripts/${id}/rating`, "form.act-side", { choose: { attitude: "satisfied", result: "satisfied" }, ...kept });
  await plant(shen, `/manuscripts/${id}`, "form[action$='/adoptions']", { choose: { adopted_on: TODAY } });
  await plant(du, `/manuscripts/${id}/reopening`, "form.cols", kept);
  for (const path of [lead, second, `/manuscripts/${id}`, `/manuscripts/${id}/rating`, "/dispatch", "/handling", "/mine"]) shown.add(path);
});

/** A day in so many days. */
const soon = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

foreign("a file's name, and who is invited to sign", async () => {
  const { id } = await program.api("zhou", "POST", "/manuscripts", { title: "带附件的草稿", category: "社会建设" });
  const zhou = await as("zhou");
  await plant(zhou, `/manuscripts/${id}`, "form[data-upload]", { file: { ...SCAN, name: `<svg onload=alert(1)>.png` } });
  for (const path of [`/manuscripts/${id}`, `/manuscripts/${id}/edit`]) shown.add(path);
});

foreign("people, organisations, calendar, account, keys, stand-ins, and the door", async () => {
  const [xi, an, shen] = [await as("xi"), await as("an"), await as("shen")];
  await plant(xi, "/people/new", "form:has(#f-login)", { choose: { login: "gast", email: "gast@example.cn", mobile: "", organization_id: "first" }, short: 20, saved: /\/people\/[0-9a-f-]{36}/ });
  const path = new URL(xi.url()).pathname;
  await plant(xi, `${path}/edit`, "form:has(#f-name)", { choose: { email: "gast@example.cn", mobile: "" }, short: 20, saved: /\/people/ });
  await plant(xi, "/organizations/new", "form[action='/organizations/new']", { short: 30, saved: /\/organizations.*done=/ });
  await plant(xi, `/organizations/${await organization("民盟县总支")}`, "form[action^='/organizations/']", { short: 30, saved: /\/organizations.*done=/ });
  await plant(xi, "/calendar", "form[action='/calendar']");
  await plant(xi, "/calendar", "form[action='/calendar/days']");
  await plant(await as("ko"), "/ledger/receipt", "form[action='/ledger/receipt']");
  await plant(xi, "/settings", "form[action='/settings']");
  await plant(shen, "/account", "form[action='/account']");
  await plant(shen, "/account/tokens", "form[action='/account/tokens']", { choose: { expires_in_days: "30" }, short: 30 });
  await plant(shen, "/account/stand-ins", "form[action='/account/stand-ins']");
  for (const one of ["/people", path, `${path}/roles`, "/organizations", "/settings", "/outbox", "/jobs", "/ledger", "/account/stand-ins"]) shown.add(one);
  await an.goto(path);
  const stranger = await Person.enter(browser, program, null);
  await plant(stranger.page, "/sign-in", "form.door");
  await plant(stranger.page, "/forgotten", "form.door");
  assert.deepEqual(stranger.wrong, []);
});

foreign("what is asked in an address", async () => {
  const asked = [
    ...[["shen", "/manuscripts?q=&stage=&category=&organization=&from=&to=&cursor="], ["xi", "/people?q=&organization=&role=&after="]],
    ...[["du", "/dispatch?month=&done="], ["shen", "/statistics?from=&to=&organization=&category="], ["shen", "/inbox?unread=&after=&done="]],
    ...[["shen", "/bulletins?state=&after="], ["li", "/reading?after=&done="], ["shen", "/review?decided=&view=&done="]],
    ...[["zhou", "/mine?after=&done="], ["xu", "/endorsements?after="]],
    ...[["ko", "/ledger?before=&act=&object=&from=&to=&actor="], ["xi", "/outbox?state=&after="]],
  ];
  for (const [login, path] of asked) {
    const page = await as(login);
    for (let at = 0; at < FOREIGN.length; at += 12) {
      const text = encodeURIComponent(FOREIGN.slice(at, at + 12).join(" "));
      await page.goto(path.replaceAll(/=(?=&|$)/g, `=${text}`));
      await harmless(page);
    }
  }
});

test("none of it runs on any page that shows it, for anybody", { timeout: 120_000 }, async () => {
  for (const login of ["zhou", "hua", "shen", "qian", "li", "xu", "du", "he", "lin", "xi", "an"]) await as(login);
  let pages = 0;
  await Promise.all(
    Object.values(people).map(async (person) => {
      for (const path of shown) {
        const allowed = await person.context.request.get(path, { maxRedirects: 0 });
        if (!allowed.ok()) continue;
        await person.page.goto(path);
        await harmless(person.page);
        pages += 1;
      }
      assert.deepEqual(person.wrong, [], person.login);
    }),
  );
  assert.ok(pages > 100, `${pages} pages were seen`);
});
