// The desks that decide: two at once, by keyboard, without scripts; a leader without scripts on his phone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ANSWERS, answer, decide, press, says } from "./support/acts.mjs";
import { DESK, PHONE, Person, open } from "./support/browser.mjs";
import { FOREIGN } from "./support/foreign.mjs";
import { forwarded, office, sent } from "./support/office.mjs";

let browser, program;

before(async () => {
  [program, browser] = await Promise.all([office(["zhou", "shen", "tang", "qian", "li", "du", "he"], { UNDO__MINUTES: "10" }), open()]);
});
after(async () => {
  await browser?.close();
  await program?.close();
});

function desk(name, logins, how, work) {
  test(name, { timeout: 60_000 }, async () => {
    const people = await Promise.all(logins.map((login) => Person.enter(browser, program, login, how)));
    await work(...people);
    for (const person of people) {
      assert.deepEqual(person.wrong, []);
      await person.context.close();
    }
  });
}

const stage = async (id, login = "shen") => (await program.api(login, "GET", `/manuscripts/${id}`)).stage;

desk("of two reviewers at once the second reads why, and loses no word", ["shen", "tang"], DESK, async (shen, tang) => {
  const id = await sent(program);
  await Promise.all([shen.visit(`/review/${id}`), tang.visit(`/review/${id}`)]);
  await tang.page.check("#decide [name=decision][value=recommend]");
  await tang.page.fill("#decide [name=opinion]", "唐卫写了很久的意见。");
  await decide(shen.page, "recommend", { opinion: "沈静先办。" });
  await tang.page.locator("#decide .d-recommend .d-go").click();
  await tang.page.getByRole("alert").first().waitFor();
  assert.ok((await tang.page.content()).includes("唐卫写了很久的意见。"), "what he wrote is still on the page");
  assert.equal(await stage(id), "signing");
});

desk("keys walk the list, open, go to the act and carry it out; undo takes it back", ["shen"], DESK, async ({ page, visit }, ...rest) => {
  const ids = [await sent(program, { title: "键盘甲" }), await sent(program, { title: "键盘乙" })];
  await page.goto("/review");
  const { keyboard } = page;
  await keyboard.press("?");
  await page.locator("#keys-dialog[open]").waitFor();
  await keyboard.press("Escape");
  await page.goto(`/review/${ids[0]}`);
  await Promise.all([page.waitForURL((url) => url.pathname !== `/review/${ids[0]}`), keyboard.press("j")]);
  await Promise.all([page.waitForURL(`**/review/${ids[0]}`), keyboard.press("k")]);
  await keyboard.press("a");
  await page.locator("#decide [name=decision]:focus").waitFor();
  await page.check("#decide [name=decision][value=recommend]");
  await page.locator("#decide [name=opinion]").focus();
  await keyboard.insertText("键盘写的意见。");
  await Promise.all([page.waitForURL(/decided=/), keyboard.press("Control+Enter")]);
  assert.equal(await stage(ids[0]), "signing");
  await page.locator("body").press("u");
  await page.getByText("撤销").first().waitFor();
  await page.waitForFunction(() => !location.search.includes("decided"));
  assert.equal(await stage(ids[0]), "review");
});

desk("without scripts a reviewer declines, with a reason that its author reads", ["shen"], { ...DESK, javaScriptEnabled: false }, async (shen) => {
  const id = await sent(program);
  await shen.visit(`/review/${id}`);
  await shen.page.check("#decide [name=decision][value=decline]");
  await shen.page.selectOption("#f-reason_code", { index: 1 });
  await shen.page.fill("#decide [name=reason]", "请改投信访渠道。");
  await press(shen.page, shen.page.locator("#decide .d-decline .d-go"), /decided=/);
  assert.equal(await stage(id), "declined");
});

desk("a decision without its reason comes back with all that was typed", ["shen"], { ...DESK, javaScriptEnabled: false }, async (shen) => {
  const id = await sent(program);
  await shen.visit(`/review/${id}`);
  await shen.page.check("#decide [name=decision][value=decline]");
  await shen.page.fill("#decide [name=reason]", "写了理由，没选原因。");
  await shen.page.locator("#decide .d-decline .d-go").click();
  await shen.page.getByRole("alert").first().waitFor();
  assert.equal(await shen.page.inputValue("#decide [name=reason]"), "写了理由，没选原因。");
  assert.equal(await stage(id), "review");
});

desk("foreign scripts in a text, an opinion and a request run at no desk", ["shen"], DESK, async (shen) => {
  for (let at = 0; at < FOREIGN.length; at += 12) {
    const some = FOREIGN.slice(at, at + 12);
    const id = await sent(program, { title: some[0].slice(0, 50), situation: some.join("\n"), causes: some.join("\n"), suggestions: some });
    for (const path of [`/review/${id}`, `/review/${id}/edit`, "/review"]) {
      await shen.visit(path);
      assert.equal(await shen.page.evaluate(() => window.ran), undefined, path);
      assert.ok((await shen.page.locator("main").innerText()).length > 0);
    }
    await shen.visit(`/review/${id}`);
    await decide(shen.page, "recommend", { opinion: some.join("\n") });
    await shen.visit(`/review/${id}?view=edited`).catch(() => null);
    assert.equal(await shen.page.evaluate(() => window.ran), undefined);
  }
});

desk("a leader marks and endorses on his phone without scripts", ["li"], { ...PHONE, javaScriptEnabled: false }, async (li) => {
  const { page } = li;
  const [noted, said] = [await forwarded(program, { title: "只圈阅的一篇" }), await forwarded(program, { title: "要批示的一篇" })];
  await li.visit("/reading");
  await page.getByRole("button", { name: /圈阅.*只圈阅的一篇/ }).click();
  await page.getByRole("status").first().waitFor();
  await page.getByRole("link", { name: /打开.*要批示的一篇/ }).click();
  await page.fill("#f-words", "请县住建局牵头，月底前拿出方案。");
  await page.check("#say [name=kind][value=instruction]");
  await page.getByRole("button", { name: "送出批示" }).click();
  await page.getByText("批示已送出").waitFor();
  for (const [id, kind] of [[noted, "noted"], [said, "instruction"]]) {
    assert.equal((await program.api("li", "GET", `/manuscripts/${id}`)).endorsements[0].kind, kind);
  }
  await li.visit("/reading/done");
  await says(page, "只圈阅的一篇");
});

desk("without scripts a department receives, answers each suggestion, and loses no word over a mistake", ["he"], { ...DESK, javaScriptEnabled: false }, async (he) => {
  const { page } = he;
  const id = await forwarded(program, { title: "部门不用脚本也能答复" });
  const { items } = await program.api("du", "GET", "/organizations?limit=200");
  const housing = items.find((one) => one.name === "县住建局").id;
  const { assignments } = await program.api("du", "POST", `/manuscripts/${id}/assignments`, { form: "single", departments: [{ organization_id: housing }] });
  await he.visit("/handling");
  await page.getByRole("link", { name: "部门不用脚本也能答复" }).click();
  await answer(page, ANSWERS, "已会同交警大队研究。", async (form) => {
    await form.locator("[type=date]").nth(1).fill("");
    await form.getByRole("button", { name: "办复" }).click();
    await page.getByRole("alert").first().waitFor();
    assert.equal(await form.locator("[name=words]").inputValue(), "已会同交警大队研究。");
    assert.equal(await form.locator("ol.sug textarea").nth(0).inputValue(), ANSWERS[0].words);
    await form.locator("[type=date]").nth(1).fill(ANSWERS[1].promised_on);
  });
  const { replies } = await program.api("he", "GET", `/assignments/${assignments[0].id}`);
  assert.deepEqual(replies.at(-1).items.map((one) => [one.answer, one.words]), ANSWERS.map((one) => [one.answer, one.words]));
});
