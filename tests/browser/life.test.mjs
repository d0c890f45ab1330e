// The whole life of one manuscript: seven people, each in a browser of his own, by clicking.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { TEXT, ask, decide, press, says, send, write } from "./support/acts.mjs";
import { DESK, PHONE, Person, open } from "./support/browser.mjs";
import { office, withScreening } from "./support/office.mjs";

let browser, program, people, id, number;

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
