// Every page of every role, on the demo county: found by following links from the navigation, and looked at.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Person, open } from "./support/browser.mjs";
import { HEAVIEST, look, lookAgain, scales } from "./support/look.mjs";
import { county } from "./support/program.mjs";

/** One person of each role, and a few who see other stages of the work. */
const PEOPLE = {
  submitter: "lurong",
  screener: "hongjianping",
  reviewer: "xumin",
  signer: "gaojianguo",
  dispatcher: "wuhaifeng",
  leader: "zhoumingyuan",
  secretary: "hemin",
  handler: "mengqingyu",
  auditor: "kongxiangyi",
  "security administrator": "baiyun",
  "system administrator": "maozhiqiang",
};
/** Pages that must have been found by somebody; a link that gets lost is a defect too. */
const EXPECTED = [
  ...["/sign-in", "/forgotten", "/more", "/account", "/inbox", "/statistics", "/mine", "/write", "/screening", "/review", "/signing"],
  ...["/bulletins", "/bulletins/new", "/bulletins/{id}", "/bulletins/{id}/print", "/reading", "/reading/{id}", "/reading/done", "/reading/results"],
  ...["/endorsements", "/endorsements/{id}", "/manuscripts", "/manuscripts/{id}", "/manuscripts/{id}/assignment", "/manuscripts/{id}/conclusion"],
  ...["/manuscripts/{id}/endorsement", "/manuscripts/{id}/receipt", "/manuscripts/{id}/revisions", "/dispatch", "/handling", "/assignments/{id}"],
  ...["/ledger", "/ledger/receipt", "/people", "/people/{id}", "/organizations", "/organizations/new", "/organizations/{id}", "/settings", "/health", "/jobs", "/calendar", "/outbox", "/outbox/settings", "/review/{id}", "/review/{id}/edit"],
];
/** What leads to no page: files to keep. */
const FILES = /^\/(api|assets|attachments|ledger\/checkpoint)\b/;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

let browser, program;
/** Per kind of page: its weight, and who saw it. */
const seen = new Map();

before(async () => {
  [program, browser] = await Promise.all([county(), open()]);
});
after(async () => {
  await browser?.close();
  await program?.close();
});

const kind = (path) => path.split(/[?#]/)[0].replaceAll(ID, "{id}");

/** Every link of the page that leads to a page of ours. */
const links = (page) =>
  page.$$eval("a[href]", (all) => all.map((a) => new URL(a.href)).filter((url) => url.origin === location.origin).map((url) => url.pathname + url.search));

/** Looks at one page, as a first visit sees it. Gives what is wrong and where it leads. */
async function visit(role, page, path) {
  const weigh = scales(page);
  const answer = await page.goto(path, { waitUntil: "load" });
  const weight = await weigh();
  if (answer.status() !== 200) return { wrong: [`answered ${answer.status()}`], found: [] };
  const wrong = weight.bytes > HEAVIEST ? [`weighs ${Math.ceil(weight.bytes / 1024)} KB`] : [];
  const found = await links(page);
  // What everybody has alike is looked at once; a manuscript has another face for each role.
  const first = !seen.has(kind(path));
  const before = seen.get(kind(path)) ?? { bytes: 0, people: new Set() };
  seen.set(kind(path), { ...weight, bytes: Math.max(before.bytes, weight.bytes), people: before.people.add(role) });
  if (first || path.includes("/manuscripts/")) wrong.push(...(await look(page, first)));
  return { wrong, found, first };
}

/** The pages that this role was the first to see, in English. */
async function again(role, person, paths) {
  const { page } = person;
  if (role === "stranger") {
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "English" }).click();
  } else {
    await page.goto("/account");
    await page.selectOption("[name=language]", "en");
    await page.getByRole("button", { name: "保存" }).click();
  }
  await page.locator("html[lang=en]").waitFor();
  const queue = [...paths], wrong = [];
  const work = async (one) => {
    for (let path = queue.shift(); path; path = queue.shift()) {
      await one.goto(path);
      wrong.push(...(await lookAgain(one)).map((found) => `${path}: ${found}`));
    }
  };
  await Promise.all([page, await person.context.newPage()].map(work));
  return wrong;
}

/** Follows links, one page of each kind, three at a time; gives what is wrong. */
async function walk(role, person, from) {
  const known = new Set(from.map(kind));
  const queue = [...from], wrong = [], firsts = [];
  const work = async (page) => {
    for (let path = queue.shift(); path; path = queue.shift()) {
      const result = await visit(role, page, path).catch((error) => ({ wrong: [error.message.split("\n")[0]], found: [] }));
      wrong.push(...result.wrong.map((one) => `${path}: ${one}`));
      if (result.first) firsts.push(path);
      for (const link of result.found) {
        if (known.has(kind(link)) || FILES.test(link)) continue;
        known.add(kind(link));
        queue.push(link);
      }
    }
  };
  const pages = await Promise.all([1, 2, 3].map(() => person.context.newPage()));
  // Those who find the queue empty come back once others have filled it.
  while (queue.length) await Promise.all(pages.map(work));
  wrong.push(...(await again(role, person, firsts)));
  await person.context.close();
  return [...wrong, ...person.wrong];
}

const nothing = (wrong) => assert.ok(wrong.length === 0, `\n${wrong.join("\n")}`);

test("stranger", async () => {
  const person = await Person.enter(browser, program, null);
  nothing(await walk("stranger", person, ["/sign-in", "/forgotten"]));
});

for (const [role, login] of Object.entries(PEOPLE)) {
  test(role, { timeout: 180_000 }, async () => {
    const person = await Person.enter(browser, program, login);
    nothing(await walk(role, person, ["/", "/more"]));
  });
}

test("no page got lost, and this is what they weigh", (t) => {
  const rows = [...seen].sort(([a], [b]) => a.localeCompare(b));
  for (const [path, { bytes, files, people }] of rows) {
    t.diagnostic(`${String((bytes / 1024).toFixed(1)).padStart(6)} KB  ${String(files).padStart(2)} files  ${path.padEnd(36)} ${[...people].join(", ")}`);
  }
  assert.deepEqual(EXPECTED.filter((path) => !seen.has(path)), []);
});
