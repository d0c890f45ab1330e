// The whole life of one manuscript: seven people, each in a browser of his own, by clicking.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { TEXT, answer, ask, decide, press, says, send, write } from "./support/acts.mjs";
import { DESK, PHONE, Person, open } from "./support/browser.mjs";
import { office, withScreening } from "./support/office.mjs";

let browser, program, people, id, number, bulletin;

before(async () => {
  [program, browser] = await Promise.all([office(), open()]);
  await withScreening(program);
  people = {};
  for (const login of ["zhou", "ma", "shen", "qian", "li", "du", "he"]) {
    people[login] = await Person.enter(browser, program, login, login === "li" ? PHONE : DESK);
  }
});
after(async () => {
  await browser?.close();
  await program?.close();
});

/** A step of the life; after it nothing may have gone wrong in that person's browser. */
function step(name, login, work) {
  test(name, { timeout: 60_000 }, async () => {
    const person = people[login];
    await work(person.page, person);
    assert.deepEqual(person.wrong, []);
  });
}

step("the author writes and sends", "zhou", async (page, zhou) => {
  await zhou.visit("/mine");
  await page.goto("/write");
  await write(page);
  ({ id, number } = await send(page));
  assert.match(number, /^\d{4}-0001$/, "the receipt shows the number");
  await zhou.visit("/mine");
  await says(page, TEXT.title);
  await says(page, "初审");
});

step("the organisation's office passes it", "ma", async (page, ma) => {
  await ma.visit("/screening");
  await page.getByRole("link", { name: TEXT.title }).first().click();
  await says(page, "车流中穿行");
  await decide(page, "pass");
});

step("the reviewer asks for a change on a passage and returns it", "shen", async (page, shen) => {
  await shen.visit(`/review/${id}`);
  await ask(page, "situation", "三百米", "请补出处");
  await decide(page, "return", { reason: "请写明三百米的出处。" });
});

step("the author makes the change, ticks it off and sends again", "zhou", async (page, zhou) => {
  await zhou.visit("/mine");
  await page.getByRole("link", { name: /去修改/ }).click();
  await says(page, "请写明三百米的出处。");
  await says(page, "请补出处");
  await page.fill("#f-situation", TEXT.situation.replace("三百米", "三百二十米（交警大队九月实测）"));
  await page.check("[name=ticked]");
  await send(page);
});

step("the reviewer edits beside the original and recommends", "shen", async (page, shen) => {
  await shen.visit(`/review/${id}`);
  await page.click("a[data-key=e]");
  await page.waitForURL(/\/edit/);
  await page.fill("[name=title]", "实验小学周边停车难亟待缓解");
  await press(page, page.locator("form .btn-main"), new RegExp(`/review/${id}(?!/edit)`));
  await shen.visit(`/review/${id}?view=difference`);
  await page.locator("ins").first().waitFor();
  await shen.visit(`/review/${id}`);
  await decide(page, "recommend", { opinion: "情况属实，建议具体。" });
});

step("the head of the department signs it", "qian", async (page, qian) => {
  await qian.visit(`/signing/${id}`);
  await says(page, "情况属实，建议具体。");
  await decide(page, "sign");
});

step("the author reads that it is used, and nothing of the opinion", "zhou", async (page, zhou) => {
  await zhou.visit(`/manuscripts/${id}`);
  await says(page, "已采用");
  assert.ok(!(await page.content()).includes("情况属实，建议具体。"));
});

step("the reviewer composes a bulletin of it and sends it to be signed", "shen", async (page, shen) => {
  await shen.visit("/bulletins");
  await page.locator("a[href='/bulletins/new']").click();
  const item = page.locator("li", { hasText: number });
  await item.locator("button[name=move]").first().click();
  await page.locator("ol.order li", { hasText: number }).waitFor();
  await page.fill("[name=title]", "实验小学周边停车难亟待缓解");
  await page.locator("li", { hasText: "李为民" }).locator("select").selectOption("report");
  await press(page, page.locator("button[name=then][value=submit]"), /\/bulletins\/[0-9a-f-]{36}/);
  bulletin = page.url().match(/[0-9a-f-]{36}/)[0];
});

step("the head of the department sees it as it will be printed, and issues it under its number", "qian", async (page, qian) => {
  await qian.visit(`/bulletins/${bulletin}/print`);
  await says(page, "拟稿");
  await qian.visit(`/bulletins/${bulletin}`);
  await page.locator("form[action$='/issuance'] button").click();
  await page.getByRole("status").first().waitFor();
  await qian.visit(`/bulletins/${bulletin}/print`);
  await says(page, "第1期");
});

step("the leader marks it and writes an instruction, on his phone", "li", async (page, li) => {
  await li.visit("/reading");
  await page.getByRole("link", { name: /打开/ }).first().click();
  await page.locator("a[href='#say']").click();
  await page.fill("#f-words", "请县住建局牵头，月底前拿出方案。");
  await page.check("#say [name=kind][value=instruction]");
  await page.getByRole("button", { name: "送出批示" }).click();
  await page.getByRole("status").first().waitFor();
  await li.visit("/reading/results");
  await says(page, "请县住建局牵头");
});

step("the author reads the leader's words", "zhou", async (page, zhou) => {
  await zhou.visit(`/manuscripts/${id}`);
  await says(page, "请县住建局牵头，月底前拿出方案。");
  await says(page, "李为民");
});

step("the dispatcher charges the department", "du", async (page, du) => {
  await du.visit("/dispatch");
  await says(page, "实验小学周边停车难");
  await du.visit(`/manuscripts/${id}/assignment`);
  await page.check("[name=form][value=single]");
  await page.locator("select[id^='f-departments[0]']").selectOption({ label: "县住建局" });
  await page.locator("form.assign .act .btn-main").click();
  await page.getByRole("status").first().waitFor();
});

step("the department finds it on its desk, receives it and answers each suggestion", "he", async (page, he) => {
  await he.visit("/handling");
  await page.getByRole("link", { name: /实验小学周边停车难/ }).first().click();
  await says(page, "请县住建局牵头，月底前拿出方案。");
  await answer(page);
  await says(page, "列入明年计划。");
});

step("the dispatcher checks each answer and lets the reply pass", "du", async (page, du) => {
  await du.visit("/dispatch");
  await page.getByRole("link", { name: /实验小学周边停车难/ }).first().click();
  await says(page, "已会同交警大队研究。");
  for (const item of await page.locator("form#check ol.sug > li").all()) await item.locator("input[value=pass]").check();
  await page.getByRole("button", { name: "办复通过" }).click();
  await page.locator("form#check").waitFor({ state: "detached" });
});

step("the dispatcher concludes", "du", async (page, du) => {
  await du.visit(`/manuscripts/${id}`);
  await page.getByRole("link", { name: "办结" }).first().click();
  await page.fill("#f-result", "临时停车场已开工，即停即走区列入计划。");
  await page.getByRole("button", { name: "办结" }).click();
  await page.getByText("已办结").first().waitFor();
});

step("the author reads the answers and rates", "zhou", async (page, zhou) => {
  await zhou.visit("/mine");
  await page.getByRole("link", { name: /看答复并评价/ }).click();
  await says(page, "临时停车场已开工。");
  await says(page, "采纳");
  await page.check("[name=attitude][value=satisfied]");
  await page.check("[name=result][value=satisfied]");
  await page.getByRole("button", { name: "送出评价" }).click();
  await page.getByText("谢谢您的评价").waitFor();
});

step("the leader finds what became of it", "li", async (page, li) => {
  await li.visit("/reading/results");
  await says(page, "已办结");
});

test("nobody can change this afterwards: the ledger is good", async () => {
  assert.match(await program.run(["ledger", "verify"]), /main: good/);
});
