// Writing: by keyboard, without scripts, with foreign scripts in every field, over a restart of the server and the end of a session.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { TEXT, idOf, press, says, send, write } from "./support/acts.mjs";
import { DESK, PHONE, Person, open } from "./support/browser.mjs";
import { FOREIGN } from "./support/foreign.mjs";
import { office } from "./support/office.mjs";
import { PASSWORD } from "./support/program.mjs";

const PLAIN = { ...DESK, javaScriptEnabled: false };
let browser, program;

before(async () => {
  [program, browser] = await Promise.all([office(["zhou"]), open()]);
});
after(async () => {
  await browser?.close();
  await program?.close();
});

function writing(name, how, work) {
  test(name, { timeout: 60_000 }, async () => {
    const zhou = await Person.enter(browser, program, "zhou", how);
    await work(zhou.page, zhou);
    assert.deepEqual(zhou.wrong, []);
    await zhou.context.close();
  });
}

/** What the server keeps of a manuscript. */
const kept = (id) => program.api("zhou", "GET", `/manuscripts/${id}`);

writing("without scripts: suggestions are added, moved and removed, mistakes keep every word, and it is sent", PLAIN, async (page) => {
  await page.goto("/write");
  await page.fill("#f-situation", TEXT.situation);
  await page.locator("[name=suggestions]").first().fill("甲");
  await page.getByRole("button", { name: "再加一条" }).click();
  await page.locator("[name=suggestions]").nth(1).fill("乙");
  await page.getByRole("button", { name: "上移" }).nth(1).click();
  assert.deepEqual(await page.locator("[name=suggestions]").evaluateAll((all) => all.map((one) => one.value)), ["乙", "甲"]);
  await page.getByRole("button", { name: "删去这条" }).nth(0).click();
  assert.deepEqual(await page.locator("[name=suggestions]").evaluateAll((all) => all.map((one) => one.value)), ["甲"]);
  assert.equal(await page.inputValue("#f-situation"), TEXT.situation, "nothing typed is lost");
  await page.fill("#f-title", "字".repeat(58));
  await page.getByRole("button", { name: "检查并送出" }).click();
  await page.getByRole("alert").first().waitFor();
  assert.equal(await page.inputValue("#f-situation"), TEXT.situation);
  assert.equal(await page.inputValue("#f-title"), "字".repeat(58));
  await write(page);
  const { id, number } = await send(page);
  assert.match(number, /^\d{4}-\d{4}$/);
  assert.deepEqual((await kept(id)).suggestions, TEXT.suggestions);
});

writing("what was typed saves itself, and is there after coming back", DESK, async (page) => {
  await page.goto("/write");
  const saved = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.ok());
  await page.fill("#f-title", "关于小微水体管护的建议");
  await page.fill("#f-situation", "水体有人建，没人管。");
  const { id } = await (await saved).json();
  await page.locator("[data-state]", { hasText: "已保存" }).waitFor();
  await page.goto("/mine");
  await page.goto(`/manuscripts/${id}/edit`);
  assert.equal(await page.inputValue("#f-title"), "关于小微水体管护的建议");
});

writing("a page left open over a restart of the server is sent as if nothing had been", DESK, async (page) => {
  await page.goto("/write");
  await write(page, { ...TEXT, title: "重启前写的" });
  await program.stop();
  await page.fill("#f-causes", "重启时写的。");
  await program.serve();
  const { id } = await send(page);
  const { title, causes } = await kept(id);
  assert.deepEqual([title, causes], ["重启前写的", "重启时写的。"]);
});

/** Ends the session of this browser elsewhere: in another window of it. */
async function endSession(zhou) {
  const other = await zhou.context.newPage();
  await other.goto("/account");
  await other.getByRole("button", { name: "退出登录" }).click();
  await other.waitForURL(/sign-in/);
  await other.close();
}

writing("without scripts, a form over an ended session asks for the password in its place and loses nothing", PLAIN, async (page, zhou) => {
  await page.goto("/write");
  await page.fill("#f-title", "会话结束前写的");
  await page.fill("#f-situation", TEXT.situation);
  await endSession(zhou);
  await page.getByRole("button", { name: "存下，以后再写" }).last().click();
  assert.equal(await page.inputValue("#f-login"), "zhou", "the account of the page, which can't be changed");
  await page.fill("#f-password", "not the password");
  await page.click("form.dialog button");
  await page.getByRole("alert").waitFor();
  await page.fill("#f-password", PASSWORD);
  await press(page, page.locator("form.dialog button"), /\/mine/);
  await says(page, "会话结束前写的");
});

writing("with scripts, an ended session asks for the password over the text, and saving goes on", DESK, async (page, zhou) => {
  await page.goto("/write");
  await write(page, { ...TEXT, title: "对话框以前" });
  await page.locator("[data-state]", { hasText: "已保存" }).waitFor();
  await endSession(zhou);
  await page.fill("#f-title", "对话框以后");
  await page.locator("dialog[open] input[type=password]").fill(PASSWORD);
  await page.click("dialog[open] button[value=go]");
  await page.locator("[data-state]", { hasText: "已保存" }).waitFor();
  const { id } = await send(page);
  assert.equal((await kept(id)).title, "对话框以后");
});

writing("the keyboard alone writes and sends", DESK, async (page) => {
  const { keyboard } = page;
  const to = async (selector) => {
    for (let presses = 0; presses < 120; presses += 1) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
      await keyboard.press("Tab");
    }
    assert.fail(`the keyboard does not reach ${selector}`);
  };
  await page.goto("/mine");
  await to("a[href='/write']");
  await Promise.all([page.waitForURL("**/write"), keyboard.press("Enter")]);
  await to("#f-title");
  await keyboard.insertText("只用键盘写的建议");
  await to("#f-category");
  await keyboard.press("ArrowDown");
  await to("#f-situation");
  await keyboard.insertText(TEXT.situation);
  await to("[name=suggestions]");
  await keyboard.insertText(TEXT.suggestions[0]);
  await to("[name='declarations.classification']");
  await keyboard.press("Space");
  await to("button[name=check]");
  await Promise.all([page.waitForURL(/\/check/), keyboard.press("Enter")]);
  await to("form.act button.btn-main");
  await Promise.all([page.waitForURL(/\/receipt/), keyboard.press("Enter")]);
  assert.equal((await kept(idOf(page))).title, "只用键盘写的建议");
});

writing("a colleague is invited, signs in his own browser, and only then it can be sent", DESK, async (page) => {
  await program.person("hua", "华英", "民盟县总支", "submitter");
  const hua = await Person.enter(browser, program, "hua");
  await page.goto("/write");
  await write(page, { ...TEXT, title: "两个人一起提的建议" });
  await page.fill("#f-colleague_q", "华英");
  await page.getByRole("button", { name: "找人" }).click();
  await press(page, page.getByRole("button", { name: "邀请 华英" }), /\/edit/);
  await says(page, "已邀请，等对方签名");
  const id = idOf(page);
  await press(page, page.locator("button[name=check]"), /\/check/);
  assert.equal(await page.locator("form.act button.btn-main").count(), 0, "who was asked has not signed");
  await hua.visit("/mine");
  await hua.page.locator(".ask li", { hasText: "两个人一起提的建议" }).getByRole("link").click();
  await says(hua.page, TEXT.situation);
  await press(hua.page, hua.page.getByRole("button", { name: "签名联名" }), /done=/);
  await page.goto(`/manuscripts/${id}/check`);
  await press(page, page.locator("form.act button.btn-main"), /\/receipt/);
  assert.deepEqual((await kept(id)).authors.map((one) => one.name), ["周敏", "华英"]);
  await hua.visit("/mine");
  await says(hua.page, "两个人一起提的建议");
  assert.deepEqual(hua.wrong, []);
  await hua.context.close();
});

writing("a file goes up and shows how far it has come", DESK, async (page, zhou) => {
  const { id } = await program.api("zhou", "POST", "/manuscripts", { title: "带附件的建议", category: TEXT.category });
  await zhou.visit(`/manuscripts/${id}`);
  // So slowly that one can see it.
  const line = await zhou.context.newCDPSession(page);
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 });
  const text = "数据一行\n".repeat(60_000);
  await page.setInputFiles("form[data-upload] [type=file]", { name: "附表.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
  await page.getByRole("button", { name: "上传" }).click();
  await page.waitForFunction(() => document.querySelector("progress")?.value > 0 && document.querySelector("progress").value < 100);
  assert.equal(await page.locator("progress").getAttribute("aria-label").then(Boolean), true, "it has a name");
  await page.getByRole("link", { name: /附表\.txt/ }).waitFor();
  const [file] = (await kept(id)).attachments;
  assert.deepEqual([file.name, file.bytes], ["附表.txt", Buffer.byteLength(text)]);
});

/** Without spaces and what can't be seen, which a page may lay out in its own way. */
const plain = (text) => text.replace(/[\s\u200b\ufeff\u202a-\u202e]/g, "");

/** Shows a page and insists that none of the foreign texts did anything on it. */
async function harmless(page, zhou, path) {
  await zhou.visit(path);
  assert.equal(await page.evaluate(() => window.ran), undefined, path);
  const odd = await page.evaluate(() => document.querySelectorAll("main [onerror], main [onload], main [onfocus], main script:not([src]), main iframe, main object, main embed, main base").length);
  assert.equal(odd, 0, `${path} has elements that a text brought`);
}

writing("foreign scripts in every field are shown as text, and never run", DESK, async (page, zhou) => {
  const ids = [];
  for (let at = 0; at < FOREIGN.length; at += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((more) => FOREIGN[(at + more) % FOREIGN.length]);
    await page.goto("/write");
    await page.fill("#f-title", a.slice(0, 50));
    await page.fill("#f-keywords", a.slice(0, 20));
    await page.fill("#f-situation", b);
    await page.fill("#f-causes", c);
    await page.locator("[name=suggestions]").first().fill(d);
    await page.fill("#f-colleague_q", a);
    await page.check("[name=elsewhere][value=yes]");
    await page.fill("[name='declarations.submitted_elsewhere']", b.slice(0, 100));
    await page.selectOption("#f-category", { label: TEXT.category });
    await page.check("[name='declarations.classification'][value=none]");
    await press(page, page.getByRole("button", { name: "检查并送出" }), /\/check/);
    const id = idOf(page);
    ids.push(id);
    const shown = await page.locator("main").innerText();
    for (const text of [a.slice(0, 50), b, c, d]) {
      assert.ok(plain(shown).includes(plain(text).slice(0, 25)), `not shown as text: ${text}`);
    }
    assert.equal(await page.evaluate(() => window.ran), undefined);
    await page.goto(`/manuscripts/${id}/edit`);
    assert.equal(await page.inputValue("#f-situation"), b.trim(), "the text is what was typed");
  }
  for (const path of ["/mine", ...ids.slice(0, 3).map((id) => `/manuscripts/${id}/edit`), ...ids.map((id) => `/manuscripts/${id}/check`)]) {
    await harmless(page, zhou, path);
  }
});

/** As it comes out of a word processor: indents, blank lines, full-width figures, headings and numbers of several kinds. */
const PASTED = `　　关于规范电动自行车充电的建议

一、基本情况
　　我县有电动自行车３．２万辆，去年起火 12 起。${"小区里飞线充电仍然很多，居民反映强烈。".repeat(40)}

二、原因分析
　　一是充电桩少。二是价格高。
三、对策建议
（一）每个小区建一处充电棚。
由县住建局牵头。
（二）电价由县发改局统一，高峰每度不超过 0.8 元。
( 三 )消防队每月查一次。
`;

writing("a whole text pasted on a phone falls into its fields and is handed in", PHONE, async (page, zhou) => {
  await page.goto("/write");
  await page.getByText("整篇贴进来").click();
  await page.fill("#f-whole", PASTED);
  await page.getByRole("button", { name: "分到下面各栏" }).click();
  await page.getByText("找到 3 条建议").waitFor();
  assert.equal(await page.inputValue("#f-title"), "关于规范电动自行车充电的建议");
  assert.equal(await page.inputValue("#f-causes"), "一是充电桩少。二是价格高。");
  const suggestions = ["每个小区建一处充电棚。\n由县住建局牵头。", "电价由县发改局统一，高峰每度不超过 0.8 元。", "消防队每月查一次。"];
  assert.deepEqual(await page.locator("[name=suggestions]").evaluateAll((all) => all.map((one) => one.value)), suggestions);
  assert.equal(await page.locator("[data-found]").isVisible(), false, "what was put into the fields is not offered as lost");
  await page.selectOption("#f-category", { index: 1 });
  await page.getByLabel("不含国家秘密").check();
  await page.getByRole("button", { name: "检查并送出" }).click();
  await page.getByRole("button", { name: "送出", exact: true }).click();
  await page.waitForURL(/receipt$/);
  assert.deepEqual((await kept(idOf(zhou.page))).suggestions, suggestions);
});
