// What people do on the pages, as several tests need it: by names of fields and words of buttons, as a person finds them.

import assert from "node:assert/strict";

export const TEXT = {
  title: "关于缓解实验小学周边停车难的建议",
  category: "社会建设",
  situation: "每天上下学时段，实验小学门前三百米道路两侧停满车辆，学生只能在车流中穿行。",
  causes: "学校周边没有公共停车场，车位缺口没有人数过。",
  suggestions: ["由县住建局在学校东侧空地建设临时停车场。", "由县公安局交警大队划定即停即走区。"],
};

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** The manuscript that the address names. */
export const idOf = (page) => page.url().match(ID)?.[0];

/** Waits until the form has been answered by another address. */
export async function press(page, button, to) {
  await Promise.all([page.waitForURL(to), button.click()]);
}

/** Writes on the page that is open, without sending. */
export async function write(page, text = TEXT) {
  await page.fill("#f-title", text.title);
  await page.selectOption("#f-category", { label: text.category });
  await page.fill("#f-situation", text.situation);
  await page.fill("#f-causes", text.causes);
  const items = page.locator("[name=suggestions]");
  for (const [at, words] of text.suggestions.entries()) {
    if ((await items.count()) <= at) {
      await page.getByRole("button", { name: "再加一条" }).click();
      await items.nth(at).waitFor();
    }
    await items.nth(at).fill(words);
  }
  await page.check("[name='declarations.classification'][value=none]");
}

/** From a written page over the check page to the receipt; gives id and number. */
export async function send(page) {
  await press(page, page.locator("button[name=check]"), /\/check/);
  await press(page, page.locator("form.act button.btn-main"), (url) => !url.pathname.endsWith("/check"));
  const id = idOf(page);
  return { id, number: (await page.locator("body").innerText()).match(/\d{4}-\d{4}/)?.[0] };
}

/** Decides at a desk: chooses, types the words, and presses the button of that choice. */
export async function decide(page, decision, words = {}) {
  await page.check(`#decide [name=decision][value=${decision}]`);
  for (const [name, value] of Object.entries(words)) await page.fill(`#decide [name="${name}"]`, value);
  const own = page.locator(`#decide .d-${decision} .d-go`);
  const button = (await own.isVisible()) ? own : page.locator("#decide .go-any button");
  await press(page, button, /decided=/);
}

/** Selects a passage of a part with the mouse's result, and asks for a change there. */
export async function ask(page, part, passage, words) {
  await page.locator(`[data-part=${part}]`).first().evaluate((element, wanted) => {
    const text = [...element.childNodes].find((node) => node.nodeType === 3 && node.data.includes(wanted));
    const range = document.createRange();
    range.setStart(text, text.data.indexOf(wanted));
    range.setEnd(text, text.data.indexOf(wanted) + wanted.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }, passage);
  await page.click("#ask");
  await page.fill("#request-text", words);
  await page.click("#request-dialog button[value=keep]");
  await page.locator(".rq[data-draft]").waitFor();
}

/** What a department answers, suggestion by suggestion. */
export const ANSWERS = [
  { answer: "adopted", words: "临时停车场已开工。" },
  { answer: "planned", words: "列入明年计划。", promised_on: "2028-03-31" },
];

/** Receives an assignment and answers it on its page; `before` is done with the filled form. */
export async function answer(page, answers = ANSWERS, words = "已会同交警大队研究。", before = async () => {}) {
  await page.getByRole("button", { name: "签收" }).click();
  await page.locator("form#reply").waitFor();
  for (const [at, one] of answers.entries()) {
    const item = page.locator("form#reply ol.sug > li").nth(at);
    await item.locator(`input[type=radio][value=${one.answer}]`).check();
    await item.locator("textarea").fill(one.words);
    if (one.promised_on) await item.locator("input[type=date]").fill(one.promised_on);
  }
  await page.fill("form#reply [name=words]", words);
  await page.check("form#reply [name=result_code][value=A]");
  await page.check("form#reply [name=consultation][value=meeting]");
  await page.fill("form#reply [name=officer]", "何涛");
  await before(page.locator("form#reply"));
  await page.locator("form#reply").getByRole("button", { name: "办复" }).click();
  await page.locator("form#reply").waitFor({ state: "detached" });
}

/** Insists that a page says something. */
export async function says(page, words) {
  const text = await page.locator("body").innerText();
  assert.ok(text.includes(words), `“${words}” is not on ${page.url()}:\n${text.slice(0, 1500)}`);
}
