// What is asked of every page: it is accessible, it fits, it is light, and nothing goes wrong on it.

import { AxeBuilder } from "@axe-core/playwright";

import { DESK } from "./browser.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** 100 KB on first load, all files together. */
export const HEAVIEST = 100 * 1024;

async function axe(page, colours) {
  const builder = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (colours ? builder.withRules(["color-contrast"]) : builder.withTags(RULES)).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target.join(" ")} ${node.html.slice(0, 160)}`));
}

/** What sticks out to the right, if anything makes the page scroll sideways. */
function sideways() {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return null;
  const out = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
  const last = out.filter((element) => !out.some((other) => other !== element && element.contains(other)));
  return `${root.scrollWidth}px wide: ${last.slice(0, 3).map((e) => `${e.tagName.toLowerCase()}.${[...e.classList].join(".")}`).join(", ")}`;
}

/** Adds up what a page loads until it is asked. */
export function scales(page) {
  const loaded = [];
  const note = (request) => loaded.push(request);
  page.on("requestfinished", note);
  return async () => {
    page.off("requestfinished", note);
    const answers = (await Promise.all(loaded.map((request) => request.response()))).filter((answer) => answer?.ok());
    const sizes = await Promise.all(answers.map(async (answer) => Number(answer.headers()["content-length"]) || (await answer.body()).length));
    return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  };
}

/** Looks at the page that is open, on a desk and on a phone, by day and by night; gives what is wrong. `thorough` costs a second more. */
export async function look(page, thorough) {
  const wrong = [];
  const note = (how, found) => wrong.push(...found.map((one) => `${how}: ${one}`));
  const wide = async (how) => {
    const found = await page.evaluate(sideways);
    if (found) wrong.push(`${how} scrolls sideways: ${found}`);
  };
  // Colours that fade from one to the other are measured when they have arrived.
  const colours = async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).forEach((one) => one.finish()));
  };
  note("desk", await axe(page));
  await wide("desk");
  await colours("dark");
  note("desk, dark", await axe(page, true));
  // 1280 px at 200 %: as many CSS pixels as half the width.
  await page.setViewportSize({ width: 640, height: 450 });
  await wide("200 %");
  await page.setViewportSize({ width: 360, height: 740 });
  await wide("phone");
  if (thorough) {
    note("phone, dark", await axe(page, true));
    await colours("light");
    note("phone", await axe(page));
  }
  await colours("light");
  await page.setViewportSize(DESK.viewport);
  return wrong;
}
