// Debian's Chromium, people in it, and what must never happen on any page.

import { existsSync } from "node:fs";
import { userInfo } from "node:os";

import { chromium } from "playwright-core";

import { PASSWORD } from "./program.mjs";

const QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The browser; as root it can't have its sandbox. */
export async function open() {
  const executablePath = process.env.ZTC_CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  const args = userInfo().uid === 0 ? ["--no-sandbox", ...QUIET] : QUIET;
  return chromium.launch({ executablePath, args });
}

/** How a person looks at the pages. */
export const DESK = { viewport: { width: 1440, height: 900 }, locale: "zh-CN" };
export const PHONE = { viewport: { width: 390, height: 800 }, locale: "zh-CN", isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

/** A browser context of one person, with all that went wrong in it. */
export class Person {
  /** Errors of the console, of scripts, of the policy; windows that a foreign script opened; answers that say the server failed. */
  wrong = [];

  static async enter(browser, program, login, how = DESK) {
    const person = new Person();
    person.login = login;
    person.url = program.url;
    person.context = await browser.newContext({ ...how, baseURL: program.url });
    person.context.setDefaultTimeout(15_000);
    person.watch(person.context);
    person.page = await person.context.newPage();
    if (login) await person.signIn();
    return person;
  }

  /** Notes what goes wrong on any page of a context. */
  watch(context) {
    context.on("page", (page) => this.#watch(page));
  }

  #watch(page) {
    page.on("pageerror", (error) => this.wrong.push(`script: ${error.message}`));
    page.on("dialog", (dialog) => {
      if (dialog.type() === "beforeunload") return dialog.accept();
      this.wrong.push(`dialog: ${dialog.message()}`);
      return dialog.dismiss();
    });
    page.on("console", (message) => {
      // A form that comes back with 422 is an answer, not a mistake of the page.
      const answered = /Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
      if (message.type() === "error" && !answered) this.wrong.push(`console: ${message.text()} ${page.url()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500) this.wrong.push(`${response.status()} ${response.request().method()} ${response.url()}`);
    });
  }

  async signIn() {
    const { page } = this;
    await page.goto("/sign-in");
    await page.fill("#f-login", this.login);
    await page.fill("#f-password", PASSWORD);
    await page.click("form.door button");
    await page.waitForURL((url) => url.pathname !== "/sign-in");
  }

  /** Goes to a page and insists that it is there. */
  async visit(path) {
    const answer = await this.page.goto(path);
    if (!answer || answer.status() >= 400) throw new Error(`${this.login}: ${path} answered ${answer?.status()}`);
    return this.page;
  }
}
