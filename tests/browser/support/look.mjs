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

const PHONE_WIDTH = { width: 360, height: 740 };
const TABLET_WIDTH = { width: 768, height: 1024 };
/** 1280 px at 200 %: as many CSS pixels as half the width. */
const ENLARGED = { width: 640, height: 450 };

/** Looks at a page in several ways, and collects what is wrong. */
class Looking {
  wrong = [];

  constructor(page) {
    this.page = page;
  }

  /** Nothing makes it scroll sideways at this width, which it keeps. */
  async fits(how, size) {
    await this.page.setViewportSize(size);
    const found = await this.page.evaluate(sideways);
    if (found) this.wrong.push(`${how} scrolls sideways: ${found}`);
  }

  async axe(how, onlyColours = false) {
    this.wrong.push(...(await axe(this.page, onlyColours)).map((one) => `${how}: ${one}`));
  }

  /** The colours of another kind of screen; measured when those that fade from one to the other have arrived. */
  async colours(how, media) {
    await this.page.emulateMedia({ colorScheme: "light", contrast: "no-preference", forcedColors: "none", ...media });
    await this.page.evaluate(() => document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).forEach((one) => one.finish()));
    if (how) await this.axe(how, true);
  }
}

/**
 * Looks at the page that is open, by day and by night, on a desk, enlarged, on a tablet and on a phone; gives what is wrong.
 * `thorough` costs two seconds more: also with strong contrast, with the colours of the system, and as a whole on a phone.
 */
export async function look(page, thorough) {
  const looking = new Looking(page);
  await looking.axe("desk");
  await looking.fits("desk", DESK.viewport);
  await looking.colours("dark", { colorScheme: "dark" });
  if (thorough) {
    await looking.colours("strong contrast", { contrast: "more" });
    await looking.colours("strong contrast, dark", { contrast: "more", colorScheme: "dark" });
    await looking.colours("the system's colours", { contrast: "more", forcedColors: "active" });
  }
  await looking.colours(null, {});
  await looking.fits("tablet", TABLET_WIDTH);
  await looking.fits("200 %", ENLARGED);
  await looking.fits("phone", PHONE_WIDTH);
  if (thorough) await looking.axe("phone");
  await page.setViewportSize(DESK.viewport);
  return looking.wrong;
}

/** Looks at the page again in another language, whose words are longer; gives what is wrong. */
export async function lookAgain(page) {
  const looking = new Looking(page);
  await looking.fits("English, desk", DESK.viewport);
  await looking.fits("English, phone", PHONE_WIDTH);
  await looking.fits("English, tablet", TABLET_WIDTH);
  await looking.axe("English, tablet");
  await page.setViewportSize(DESK.viewport);
  return looking.wrong;
}
