// Lists show by themselves what others do, and disturb nobody: not who types, not who reads, not who can't keep a line open.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { decide } from "./support/acts.mjs";
import { DESK, PHONE, Person, open } from "./support/browser.mjs";
import { office, sent, withScreening } from "./support/office.mjs";

let browser, program;

before(async () => {
  [program, browser] = await Promise.all([office(), open()]);
  await withScreening(program);
  await program.person("ko", "孔明", "统战部", "auditor");
  await program.person("xu", "许静", "县委", "secretary", "--serves", "li");
});
after(async () => {
  await browser?.close();
  await program?.close();
});

function live(name, work) {
  test(name, { timeout: 60_000 }, async () => {
    const people = [];
    const enter = async (login, how = DESK) => {
      const person = await Person.enter(browser, program, login, how);
      people.push(person);
      return person;
    };
    await work(enter);
    for (const person of people) {
      assert.deepEqual(person.wrong, []);
      await person.context.close();
    }
  });
}

const pass = (id) => program.api("ma", "POST", `/manuscripts/${id}/screening`, { decision: "pass" });

/** A manuscript that has come to the reviewers. */
async function inReview(title) {
  const id = await sent(program, { title });
  await pass(id);
  return id;
}

/** Opens a page and makes sure that it listens; whatever loads it again loses the mark. */
async function watch(person, path) {
  await person.visit(path);
  await person.page.evaluate(() => (window.sameDocument = true));
  return person.page;
}

const same = (page) => page.evaluate(() => window.sameDocument === true);
const shows = (page, words) => page.locator("[data-live]", { hasText: words }).first().waitFor();
const note = (page) => page.locator("[role=status] > [data-live-note]");

live("every desk shows what has just come to it, without being loaded again", async (enter) => {
  const pages = {};
  const from = [
    ...[["shen", "/review"], ["qian", "/signing"], ["li", "/reading", PHONE], ["xu", "/endorsements"], ["du", "/dispatch"]],
    ...[["he", "/handling"], ["zhou", "/mine"], ["tang", "/inbox"], ["ma", "/screening"]],
  ];
  await Promise.all(from.map(async ([login, path, how]) => (pages[login] = await watch(await enter(login, how), path))));
  const title = "写出来大家都看得见";
  const arrives = (login) => shows(pages[login], title);

  const id = await sent(program, { title });
  await Promise.all([arrives("ma"), arrives("zhou")]);
  await pass(id);
  await Promise.all([arrives("shen"), arrives("tang")]);
  await program.api("shen", "POST", `/manuscripts/${id}/review`, { decision: "recommend", opinion: "拟采用。" });
  await arrives("qian");
  await program.api("qian", "POST", `/manuscripts/${id}/signature`, { decision: "sign" });
  await shows(pages.zhou, "已采用");
  const { id: leader } = await program.api("li", "GET", "/session");
  await program.api("qian", "POST", `/manuscripts/${id}/forwarding`, { recipients: [leader] });
  await Promise.all([arrives("li"), arrives("xu"), arrives("du")]);
  const { items } = await program.api("du", "GET", "/organizations?limit=200");
  const housing = items.find((one) => one.name === "县住建局").id;
  await program.api("du", "POST", `/manuscripts/${id}/assignments`, { form: "single", departments: [{ organization_id: housing }] });
  await arrives("he");
  for (const [login, page] of Object.entries(pages)) assert.ok(await same(page), `${login}'s page was loaded again`);
});

live("two reviewers side by side: what one decides leaves the other's list, and the open manuscript stays open", async (enter) => {
  const [first, second] = [await inReview("并排甲"), await inReview("并排乙")];
  const [shen, tang] = [await enter("shen"), await enter("tang")];
  const page = await watch(tang, `/review/${second}`);
  await page.evaluate(() => scrollTo(0, 120));
  await shen.visit(`/review/${first}`);
  await decide(shen.page, "recommend", { opinion: "拟采用。" });
  await page.locator(".desk-list", { hasText: "并排甲" }).waitFor({ state: "detached" });
  assert.ok(await same(page));
  assert.equal(await page.locator(".desk-list [aria-current]").getAttribute("href"), `/review/${second}`, "his row stays marked");
  assert.equal(await page.evaluate(() => scrollY), 120, "and the text where it was");
  assert.ok(!(await note(page).isVisible()), "nothing that he reads has changed");
});

live("who types keeps words, cursor and place, and is told that there is something new", async (enter) => {
  const id = await inReview("正在写意见的一篇");
  const [shen, tang] = [await enter("shen"), await enter("tang")];
  const page = await watch(tang, `/review/${id}`);
  await page.check("#decide [name=decision][value=recommend]");
  const field = page.locator("#decide [name=opinion]");
  await field.click();
  await page.keyboard.insertText("写到一半的意见");
  const place = await field.evaluate((element) => element.getBoundingClientRect().top);
  await shen.visit(`/review/${id}`);
  await decide(shen.page, "recommend", { opinion: "沈静先办。" });
  await note(page).waitFor();
  assert.equal(await field.inputValue(), "写到一半的意见");
  assert.ok(await field.evaluate((element) => element === document.activeElement && element.selectionStart === 7), "the cursor is where it was");
  assert.equal(await field.evaluate((element) => element.getBoundingClientRect().top), place, "and so is the field");
  assert.ok(await same(page));
});

live("a list in which something is chosen stays as it is, and offers to be loaded again", async (enter) => {
  const ready = async (title) => {
    const id = await inReview(title);
    await program.api("shen", "POST", `/manuscripts/${id}/review`, { decision: "recommend", opinion: "拟采用。" });
  };
  await ready("先勾上的一篇");
  const page = await watch(await enter("qian"), "/signing");
  await page.locator("li", { hasText: "先勾上的一篇" }).getByRole("checkbox").check();
  await ready("后来的一篇");
  await note(page).waitFor();
  assert.ok(await page.locator("li", { hasText: "先勾上的一篇" }).getByRole("checkbox").isChecked());
  assert.equal(await page.locator("li", { hasText: "后来的一篇" }).count(), 0);
  await note(page).getByRole("link", { name: "刷新来看" }).click();
  await page.locator("li", { hasText: "后来的一篇" }).waitFor();
});

live("what somebody reads far down a list does not move when something is added above", async (enter) => {
  for (let n = 1; n <= 9; n += 1) await program.api("zhou", "POST", "/manuscripts", { title: `写着的第${n}篇`, category: "社会建设" });
  const page = await watch(await enter("zhou", PHONE), "/mine");
  const read = page.locator("article", { hasText: "写着的第4篇" });
  await read.evaluate((element) => element.scrollIntoView({ block: "start" }));
  const place = await read.evaluate((element) => element.getBoundingClientRect().top);
  await sent(program, { title: "最新的一篇" });
  await page.locator("article", { hasText: "最新的一篇" }).waitFor({ state: "attached" });
  assert.ok(Math.abs((await read.evaluate((element) => element.getBoundingClientRect().top)) - place) < 2);
  assert.ok(await same(page));
});

live("a second window of the same person hears it too", async (enter) => {
  const tang = await enter("tang");
  await tang.visit("/statistics");
  const other = await tang.context.newPage();
  await other.goto("/review");
  await inReview("第二个窗口也看到");
  await shows(other, "第二个窗口也看到");
});

live("where no line can be kept open, coming back to the page shows it", async (enter) => {
  const tang = await enter("tang");
  await tang.context.route(/\/events\?/, (route) => route.abort());
  const asked = tang.page.waitForEvent("requestfailed", (request) => /\/events\?/.test(request.url()));
  const page = await watch(tang, "/review");
  await asked;
  await inReview("没有专线也看到");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await shows(page, "没有专线也看到");
  assert.ok(await same(page));
  tang.wrong = tang.wrong.filter((one) => !one.includes("ERR_FAILED"));
});

live("a check of the ledger shows what it found by itself", async (enter) => {
  const ko = await enter("ko");
  await ko.visit("/ledger");
  await ko.page.getByRole("button", { name: "现在核对" }).click();
  await ko.page.getByText("已经开始核对").waitFor();
  const page = ko.page;
  await page.evaluate(() => (window.sameDocument = true));
  await shows(page, "全部相符");
  await page.getByRole("button", { name: "现在核对" }).waitFor();
  assert.ok(await same(page));
});
