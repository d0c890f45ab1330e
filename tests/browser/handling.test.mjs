// A department's long answer: kept in the tab until it is sent, beside a file that goes up, and not put over what is newer.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PHONE, Person, open } from "./support/browser.mjs";
import { CAST, forwarded, office } from "./support/office.mjs";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
  "base64",
);
const PLAIN = { locale: "zh-CN", javaScriptEnabled: false };

let browser, program, housing;

before(async () => {
  [program, browser] = await Promise.all([office(Object.keys(CAST)), open()]);
  const all = await program.api("du", "GET", "/organizations?limit=200");
  housing = all.items.find((one) => one.name === "县住建局").id;
});
after(async () => {
  await browser?.close();
  await program?.close();
});

/** An assignment that the department has received; its address. */
async function received() {
  const id = await forwarded(program);
  const charge = { form: "single", departments: [{ organization_id: housing }] };
  const { assignments } = await program.api("du", "POST", `/manuscripts/${id}/assignments`, charge);
  await program.api("he", "POST", `/assignments/${assignments[0].id}/receipt`, {});
  return assignments[0].id;
}

const words = (page, at = 0) => page.locator(`form#reply [name="items[${at}].words"]`);
const says = async (locator, expected) => assert.equal(await locator.inputValue(), expected);

test("a half-written answer outlives a reload, a file that goes up, and what was forgotten", { timeout: 60_000 }, async () => {
  const he = await Person.enter(browser, program, "he");
  const { page } = he;
  const id = await received();
  await he.visit(`/assignments/${id}`);
  await words(page).fill("打了一半的答复");
  await page.check('form#reply [name="items[0].answer"][value=planned]');
  await page.reload();
  await says(words(page), "打了一半的答复");
  assert.ok(await page.isChecked('form#reply [name="items[0].answer"][value=planned]'));

  await page.setInputFiles("#files input[type=file]", { name: "现场.png", mimeType: "image/png", buffer: PNG });
  await page.click("#files form[data-upload] button");
  await page.locator("#files li", { hasText: "现场.png" }).waitFor();
  await says(words(page), "打了一半的答复");
  await page.setInputFiles("#files input[type=file]", { name: "坏.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") });
  await page.click("#files form[data-upload] button");
  await page.locator("#files .errs:focus").waitFor();
  await says(words(page), "打了一半的答复");

  await page.click("form#reply button.btn-main");
  await page.locator(".errs").waitFor();
  await says(words(page), "打了一半的答复");
  await he.visit(`/assignments/${id}`);
  await says(words(page), "打了一半的答复");
  assert.deepEqual(he.wrong, []);
  await he.context.close();
});

test("what was kept is not put over what the server has newer", { timeout: 60_000 }, async () => {
  const he = await Person.enter(browser, program, "he");
  const { page } = he;
  const id = await received();
  await he.visit(`/assignments/${id}`);
  await words(page).fill("旧的一稿");
  const items = [1, 2].map((number) => ({ number, answer: "adopted", words: `同事写的第 ${number} 条。` }));
  const whole = { words: "同事写的。", result_code: "A", consultation: "meeting", officer: "周敏", items };
  await program.api("he", "POST", `/assignments/${id}/reply`, whole);
  await program.api("du", "POST", `/assignments/${id}/reply-review`, { decision: "reject", reason: "请写明时限。" });
  await page.reload();
  await says(words(page), "同事写的第 1 条。");
  await words(page, 1).fill("接着改的一稿");
  await page.reload();
  await says(words(page), "同事写的第 1 条。");
  await says(words(page, 1), "接着改的一稿");
  assert.deepEqual(he.wrong, []);
  await he.context.close();
});

test("Enter in a field decides nothing and inserts nothing", { timeout: 60_000 }, async () => {
  const [du, li] = [await Person.enter(browser, program, "du"), await Person.enter(browser, program, "li", PHONE)];
  const id = await received();
  const items = [1, 2].map((number) => ({ number, answer: "adopted", words: "已办。" }));
  await program.api("he", "POST", `/assignments/${id}/reply`, { words: "已办。", result_code: "A", consultation: "meeting", officer: "周敏", items });
  await du.visit(`/assignments/${id}`);
  await du.page.locator("form#check [name=due_on]").press("Enter");
  await du.page.locator(".errs").waitFor();
  assert.equal((await program.api("du", "GET", `/assignments/${id}`)).state, "replied");

  const before = await forwarded(program);
  await li.visit(`/reading/${before}`);
  await li.page.locator("#f-due_on").press("Enter");
  await li.page.locator(".errs").waitFor();
  await says(li.page.locator("#f-words"), "");
  for (const person of [du, li]) {
    assert.deepEqual(person.wrong, []);
    await person.context.close();
  }
});

test("without scripts a file is handed in and the answer is given", { timeout: 60_000 }, async () => {
  const he = await Person.enter(browser, program, "he", PLAIN);
  const { page } = he;
  const id = await received();
  await he.visit(`/assignments/${id}`);
  await page.setInputFiles("#files input[type=file]", { name: "现场.png", mimeType: "image/png", buffer: PNG });
  await page.click("#files form[data-upload] button");
  await page.locator("#files li", { hasText: "现场.png" }).waitFor();
  for (const [at, answer] of ["adopted", "not_adopted"].entries()) {
    await page.check(`form#reply [name="items[${at}].answer"][value=${answer}]`);
    await words(page, at).fill(`第 ${at + 1} 条的答复。`);
  }
  await page.fill("form#reply [name=words]", "总的答复。");
  await page.check("form#reply [name=result_code][value=A]");
  await page.check("form#reply [name=consultation][value=phone]");
  await page.click("form#reply button.btn-main");
  await page.locator("form#reply").waitFor({ state: "detached" });
  const view = await program.api("du", "GET", `/assignments/${id}`);
  assert.deepEqual([view.state, view.replies[0].items.map((item) => item.words)], ["replied", ["第 1 条的答复。", "第 2 条的答复。"]]);
  assert.deepEqual(he.wrong, []);
  await he.context.close();
});
