// Under the right name, and nothing typed is lost: two people in one browser, pasted texts, an unfinished review.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { TEXT, ask, decide, idOf, press, says, write } from "./support/acts.mjs";
import { DESK, PHONE, Person, open } from "./support/browser.mjs";
import { office, sent } from "./support/office.mjs";
import { PASSWORD } from "./support/program.mjs";

let browser, program;

before(async () => {
  [program, browser] = await Promise.all([office(["zhou", "shen", "tang"], { UNDO__MINUTES: "10" }), open()]);
  await program.person("hua", "华英", "民盟县总支", "submitter");
});
after(async () => {
  await browser?.close();
  await program?.close();
});

function typing(name, login, how, work) {
  test(name, { timeout: 90_000 }, async () => {
    const person = await Person.enter(browser, program, login, how);
    await work(person.page, person);
    assert.deepEqual(person.wrong, []);
    await person.context.close();
  });
}

/** In another tab of the same browser the session ends and somebody else signs in. */
async function takeOver(person, login) {
  const tab = await person.context.newPage();
  await tab.goto("/account");
  await tab.getByRole("button", { name: "退出登录" }).click();
  await tab.waitForURL(/sign-in/);
  await tab.fill("#f-login", login);
  await tab.fill("#f-password", PASSWORD);
  await tab.click("form.door button");
  await tab.waitForURL((url) => url.pathname !== "/sign-in");
  return tab;
}

const titles = async (login) => (await program.api(login, "GET", "/manuscripts")).items.map((one) => one.title);

typing("what A types is not B's, though B has signed in meanwhile; with A's password it is A's", "zhou", DESK, async (page, zhou) => {
  await page.goto("/write");
  const tab = await takeOver(zhou, "hua");
  await page.fill("#f-title", "甲写的，乙登录了");
  const dialog = page.locator("dialog[open]");
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /现在登录的是华英/);
  assert.equal(await dialog.locator("input[type=password]").isVisible(), true);
  for (const wrong of ["not the password", `${PASSWORD}x`]) {
    await dialog.locator("input[type=password]").fill(wrong);
    await dialog.locator("button[value=go]").click();
    await page.locator("dialog[open] [role=alert]", { hasText: "zhou" }).waitFor();
  }
  assert.equal(await page.inputValue("#f-title"), "甲写的，乙登录了");
  assert.deepEqual([await titles("hua"), await titles("zhou")], [[], []]);
  await dialog.locator("input[type=password]").fill(PASSWORD);
  await dialog.locator("button[value=go]").click();
  await page.locator("[data-state]", { hasText: "已保存" }).waitFor();
  assert.deepEqual([await titles("hua"), await titles("zhou")], [[], ["甲写的，乙登录了"]]);
  // And now B's page is the one of another account.
  await tab.goto("/write").catch(() => {});
  await says(tab, "周敏");
  await tab.close();
});

typing("without scripts a decision of A's page is not B's either", "shen", { ...DESK, javaScriptEnabled: false }, async (page, shen) => {
  const id = await sent(program, { title: "两个审核员一台电脑" });
  await page.goto(`/review/${id}`);
  const tab = await takeOver(shen, "tang");
  await page.check("#decide [name=decision][value=recommend]");
  await page.fill("#decide [name=opinion]", "拟采用，写了很久。");
  await page.locator("#decide .d-recommend .d-go").click();
  await says(page, "现在登录的是唐卫");
  assert.equal((await program.api("tang", "GET", `/manuscripts/${id}`)).stage, "review");
  await page.fill("#f-password", "wrong password");
  await page.click("form.dialog button");
  await page.getByRole("alert").waitFor();
  await page.fill("#f-password", PASSWORD);
  await press(page, page.locator("form.dialog button"), /decided=/);
  const view = await program.api("tang", "GET", `/manuscripts/${id}`);
  assert.deepEqual([view.stage, view.decisions[0].by, view.decisions[0].words], ["signing", "沈静", "拟采用，写了很久。"]);
  await tab.close();
});

const PASTED = "关于早市的建议\n占道经营，行人难走。\n建议：\n一是划线；二是收摊。\n民盟县总支 周敏\n2026年11月3日";

for (const [how, name] of [[DESK, "with"], [{ ...PHONE, javaScriptEnabled: false }, "without"]]) {
  typing(`${name} scripts a pasted text is taken apart by the button that sends, and the signature stands apart`, "zhou", how, async (page) => {
    await page.goto("/write");
    await page.getByText("整篇贴进来").click();
    await page.fill("#f-whole", PASTED);
    await page.getByRole("button", { name: "检查并送出" }).click();
    await page.getByText("已经分到下面各栏").waitFor();
    assert.equal(await page.inputValue("#f-title"), "关于早市的建议");
    assert.deepEqual(await page.locator("[name=suggestions]").evaluateAll((all) => all.map((one) => one.value)), ["划线；", "收摊。"]);
    assert.equal(await page.inputValue("[name=signature]"), "民盟县总支 周敏\n2026年11月3日");
    await page.getByRole("button", { name: "不要了", exact: true }).last().click();
    await page.locator("[name=signature]").waitFor({ state: "detached" });
    assert.deepEqual(await page.locator("[name=suggestions]").evaluateAll((all) => all.map((one) => one.value)), ["划线；", "收摊。"]);
  });
}

typing("a full paste box is there again after another page, and the saving is seen where one types", "zhou", DESK, async (page) => {
  await page.goto("/write");
  await page.getByText("整篇贴进来").click();
  await page.fill("#f-whole", PASTED);
  await page.locator("[data-state]", { hasText: "已保存" }).waitFor();
  const path = new URL(page.url()).pathname;
  await page.goto("/mine");
  await page.goto(path);
  assert.equal(await page.inputValue("#f-whole"), PASTED);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2));
  const box = await page.locator("[data-state]").boundingBox();
  assert.ok(box.y >= 0 && box.y + box.height <= 900, `the state is at ${box.y}`);
});

typing("a control character stops no saving, and is told once", "zhou", DESK, async (page) => {
  await page.goto("/write");
  await page.fill("#f-title", "幻灯片里来的");
  await page.fill("#f-situation", "一\u0008二\u000b三");
  await page.locator("[data-state]", { hasText: "已去掉看不见的控制字符" }).waitFor();
  await page.fill("#f-causes", "原因。");
  await page.locator("[data-state]", { hasText: "还没保存" }).waitFor();
  await page.locator("[data-state]", { hasText: "已保存" }).waitFor();
  assert.ok(!(await page.locator("[data-state]").innerText()).includes("控制字符"));
  assert.equal((await program.api("zhou", "GET", `/manuscripts/${idOf(page)}`)).situation, "一二\n三");
});

typing("an unfinished review is there after another view, another device and an undo", "shen", DESK, async (page, shen) => {
  const id = await sent(program, { title: "看了一半的稿件" });
  await page.goto(`/review/${id}`);
  await ask(page, "situation", "上下学时段", "请写明是哪几天");
  await page.fill("#decide [name=reason]", "请补充数字。");
  await page.locator("[data-key='2']").click();
  await page.waitForURL(/view=edited/);
  assert.equal(await page.inputValue("#decide [name=reason]"), "请补充数字。");
  await page.goto(`/review/${id}/edit`);
  const other = await Person.enter(browser, program, "shen");
  await other.visit(`/review/${id}`);
  assert.equal(await other.page.inputValue("#decide [name=reason]"), "请补充数字。");
  assert.equal(await other.page.inputValue(".rq[data-draft] [name='requests.text']"), "请写明是哪几天");
  await says(other.page, "只有您自己看得到");
  await other.context.close();
  const colleague = await Person.enter(browser, program, "tang");
  await colleague.visit(`/review/${id}`);
  assert.equal(await colleague.page.inputValue("#decide [name=reason]"), "");
  await colleague.context.close();
  await page.goto(`/review/${id}`);
  await decide(page, "return", {});
  await page.locator(".undo button").first().click();
  await page.waitForURL(new RegExp(id));
  assert.equal(await page.inputValue("#decide [name=reason]"), "请补充数字。");
  assert.equal(await page.inputValue(".rq[data-draft] [name='requests.text']"), "请写明是哪几天");
  assert.deepEqual(shen.wrong, []);
});

typing("no element that is hidden shows", "zhou", DESK, async (page) => {
  await page.goto("/write");
  await write(page, { ...TEXT, title: "藏起来的" });
  const shown = await page.evaluate(() => [...document.querySelectorAll("[hidden]")].filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80)));
  assert.deepEqual(shown, []);
});
