// The door: signing in and out, with and without scripts, in two languages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESK, Person, open } from "./support/browser.mjs";
import { PASSWORD, Program } from "./support/program.mjs";

let browser, program;

before(async () => {
  program = await new Program().serve();
  await program.person("zhou", "周敏", "民盟县总支", "submitter");
  browser = await open();
});
after(async () => {
  await browser?.close();
  await program?.close();
});

async function inside(login, how, work) {
  const person = await Person.enter(browser, program, login, how);
  await work(person.page, person);
  assert.deepEqual(person.wrong, []);
  await person.context.close();
}

test("a stranger is led to the sign-in and back to where he wanted to go", () =>
  inside(null, DESK, async (page) => {
    await page.goto("/account");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await page.fill("#f-login", "zhou");
    await page.fill("#f-password", "wrong password");
    await page.click("form.door button");
    await page.getByRole("alert").waitFor();
    assert.equal(await page.inputValue("#f-login"), "zhou", "the name is kept");
    assert.equal(await page.inputValue("#f-password"), "", "the password is not");
    await page.fill("#f-password", PASSWORD);
    await page.click("form.door button");
    await page.waitForURL("**/account");
    await page.getByRole("button", { name: "退出登录" }).click();
    await page.getByText("您已退出").waitFor();
    await page.goto("/account");
    assert.equal(new URL(page.url()).pathname, "/sign-in", "the session has ended");
  }));

test("without scripts one signs in and out", () =>
  inside("zhou", { ...DESK, javaScriptEnabled: false }, async (page) => {
    await page.goto("/account");
    await page.getByText("周敏").first().waitFor();
    await page.getByRole("button", { name: "退出登录" }).click();
    await page.getByText("您已退出").waitFor();
  }));

test("the keyboard alone signs in, and the first stop is the way past the navigation", () =>
  inside(null, DESK, async (page) => {
    await page.goto("/sign-in");
    await page.keyboard.press("Tab");
    const skip = page.locator(":focus");
    assert.equal(await skip.getAttribute("href"), "#main");
    await tabTo(page, "#f-login");
    await page.keyboard.type("zhou");
    await page.keyboard.press("Tab");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname !== "/sign-in");
  }));

test("the language is switched, before signing in and after, and remembered", () =>
  inside(null, DESK, async (page) => {
    const language = () => page.locator("html").getAttribute("lang");
    await page.goto("/sign-in");
    assert.equal(await language(), "zh-CN");
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(await language(), "en");
    await page.fill("#f-login", "zhou");
    await page.fill("#f-password", PASSWORD);
    await page.click("form.door button");
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    await page.goto("/account");
    assert.equal(await language(), "zh-CN", "an account has its own language");
    await page.selectOption("[name=language]", "en");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await page.goto("/more");
    assert.equal(await language(), "en");
    await page.goto("/account");
    await page.selectOption("[name=language]", "zh-CN");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "退出登录" }).waitFor();
  }));

test("the first administrator sets a password by his link", async () => {
  const fresh = new Program();
  const said = [];
  await fresh.serve("serve", (line) => said.push(line));
  const link = said.join("\n").match(/http:\S+one-time\S+/)[0];
  const person = await Person.enter(browser, fresh, null);
  await person.page.goto(link);
  await person.page.fill("#f-password", PASSWORD);
  await person.page.fill("#f-repeated", `${PASSWORD}x`);
  await person.page.click("form.door button");
  await person.page.getByRole("alert").waitFor();
  await person.page.fill("#f-password", PASSWORD);
  await person.page.fill("#f-repeated", PASSWORD);
  await person.page.click("form.door button");
  await person.page.getByText("密码已设好").waitFor();
  person.login = said.join("\n").match(/first administrator, (\w+)/)[1];
  await person.signIn();
  assert.deepEqual(person.wrong, []);
  await fresh.close();
});

test("a page that is not there says so, and leads back", () =>
  inside("zhou", DESK, async (page) => {
    const answer = await page.goto("/nowhere");
    assert.equal(answer.status(), 404);
    await page.getByRole("link", { name: "回到首页" }).waitFor();
  }));

async function tabTo(page, selector) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.locator(selector).evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the keyboard does not reach ${selector}`);
}
