// Takes the pictures of the handbook and the READMEs from the demo county: `npm run pictures`, with the program built.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { DESK, PHONE, Person, open } from "./support/browser.mjs";
import { county } from "./support/program.mjs";

const folder = resolve(import.meta.dirname, "../../docs/pictures");
const desk = { ...DESK, viewport: { width: 1280, height: 800 } };
const phone = { ...PHONE, viewport: { width: 390, height: 780 } };
const night = { ...desk, colorScheme: "dark" };

/** Name, who, how; then where: an address, or the address of a link on it. */
const PICTURES = [
  ["mine", "lurong", desk, "/mine"],
  ["write", "lurong", desk, "/write"],
  ["review", "xumin", desk, "/review"],
  ["manuscript", "xumin", desk, "/manuscripts?stage=handling", "table a[href^='/manuscripts/']"],
  ["leader-phone", "zhoumingyuan", phone, "/reading"],
  ["dispatch", "wuhaifeng", desk, "/dispatch"],
  ["statistics", "gaojianguo", desk, "/statistics"],
  ["dispatch-dark", "wuhaifeng", night, "/dispatch"],
];

/** The browser itself turns a PNG into a smaller WebP. */
async function webp(page, png) {
  await page.setContent("<canvas></canvas>");
  const url = await page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(await (await fetch(data)).blob());
    const canvas = document.querySelector("canvas");
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    return canvas.toDataURL("image/webp", 0.85);
  }, `data:image/png;base64,${png.toString("base64")}`);
  return Buffer.from(url.split(",")[1], "base64");
}

const [program, browser] = await Promise.all([county(), open()]);
try {
  mkdirSync(folder, { recursive: true });
  const converter = await browser.newPage();
  for (const [name, login, how, path, link] of PICTURES) {
    const person = await Person.enter(browser, program, login, how);
    await person.visit(path);
    if (link) await person.visit(await person.page.locator(link).first().getAttribute("href"));
    const picture = await webp(converter, await person.page.screenshot());
    writeFileSync(join(folder, `${name}.webp`), picture);
    console.log(`${name}.webp  ${(picture.length / 1024).toFixed(0)} KB`);
    await person.context.close();
  }
} finally {
  await browser.close();
  await program.close();
}
