// Texts that try to become script, markup or something else where they are shown; of the kinds that public corpora list. Each calls
// `alert`, or sets `window.ran`, if it is ever run.

import assert from "node:assert/strict";

const RUN = "window.ran=1,alert(1)";

export const FOREIGN = [
  `<script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</style><script>${RUN}</script>`,
  `--><script>${RUN}</script><!--`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<SCRIPT SRC=//127.0.0.1/x.js></SCRIPT>`,
  `<script type=module>${RUN}</script>`,
  `<script>/*\u2028*/${RUN}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<img src=x onerror="${RUN}" alt='`,
  `"><img src=x onerror=${RUN}>`,
  `'><img src=x onerror=${RUN}>`,
  "`><img src=x onerror=alert(1)>",
  `<IMG SRC=javascript:alert(1)>`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>alert(1)</script></svg>#x">`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${RUN}>`,
  `<body onload=${RUN}>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<input autofocus onfocus=${RUN}>`,
  `" autofocus onfocus="${RUN}" x="`,
  `' onmouseover='${RUN}' x='`,
  `" onfocus=${RUN} autofocus tabindex=1 style="position:fixed;inset:0`,
  `<iframe srcdoc="<script>parent.ran=1</script>"></iframe>`,
  `<iframe src=javascript:parent.ran=1></iframe>`,
  `<object data=javascript:alert(1)></object>`,
  `<embed src=data:text/html,<script>alert(1)</script>>`,
  `<a href=javascript:alert(1)>点这里</a>`,
  `<a href="java\tscript:alert(1)">点这里</a>`,
  `javascript:alert(1)//`,
  `data:text/html,<script>alert(1)</script>`,
  `<form action=javascript:alert(1)><button>登录</button></form>`,
  `<meta http-equiv=refresh content="0;url=javascript:alert(1)">`,
  `<base href=//127.0.0.1/><link rel=stylesheet href=x.css>`,
  `<style>@import 'javascript:alert(1)';*{background:url(javascript:alert(1))}</style>`,
  `<template><script>${RUN}</script></template><slot onslotchange=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<marquee onstart=${RUN}>建言</marquee>`,
  `&lt;script&gt;alert(1)&lt;/script&gt;&#60;img src=x onerror=alert(1)&#62;`,
  `%3Cscript%3Ealert(1)%3C/script%3E`,
  `\\u003cscript\\u003ealert(1)\\u003c/script\\u003e`,
  `\${alert(1)}{{constructor.constructor('alert(1)')()}}<%= alert(1) %>#{alert(1)}`,
  `{{ f.csrf }}{% include "frame.html" %}{ $n }{ -brand }`,
  `'; DROP TABLE manuscripts; --" OR 1=1`,
  `\u202Etpircs\u202C\u200B\uFEFF<\u200Bscript>alert(1)</script>`,
];

/** Insists that nothing on the page that is open ran, or became an element, because a text said so. */
export async function harmless(page) {
  const { ran, odd } = await page.evaluate(() => {
    const brought = "[onerror], [onload], [onfocus], [onmouseover], [onbegin], [ontoggle], [onstart], script:not([src]), iframe, object, embed, base, marquee, meta[http-equiv=refresh], a[href^='javascript'], form[action^='javascript'], link[href*='127.0.0.1/x']";
    return { ran: window.ran, odd: [...document.querySelectorAll(brought)].map((one) => one.outerHTML.slice(0, 120)) };
  });
  assert.equal(ran, undefined, `a script ran on ${page.url()}`);
  assert.deepEqual(odd, [], `${page.url()} has elements that a text brought`);
}

/** Types into every field of a form what `text(at, long)` gives, dates and figures included; then `choose` sets the named ones. */
async function type(form, text, choose, file) {
  const fields = form.locator("input:not([type=hidden], [type=radio], [type=checkbox], [type=file], [type=password], [readonly]), textarea");
  const long = await fields.evaluateAll((all) => all.map((one) => one.tagName === "TEXTAREA"));
  await fields.evaluateAll(
    (all, texts) =>
      all.forEach((one, at) => {
        if (one.type !== "textarea") one.type = "text";
        one.removeAttribute("maxlength");
        one.value = texts[at];
        one.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    long.map((is, at) => text(at, is)),
  );
  await form.evaluate((element, chosen) => {
    element.noValidate = true;
    const stale = element.elements.version;
    if (stale && !chosen) stale.value = "999";
    for (const [name, value] of Object.entries(chosen ?? {})) {
      for (const one of element.querySelectorAll(`[name="${name}"]`)) {
        if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === value;
        else if (one.options && value === "first") one.selectedIndex = 1;
        else one.value = value;
      }
    }
  }, choose);
  if (file) await form.locator("input[type=file]").setInputFiles(file);
}

/** Sends a form as its button does, without the scripts of the page: what comes back is a page, also for a file. */
async function submit(page, form, button) {
  const answered = page.waitForNavigation({ waitUntil: "load" });
  await form.evaluate((element, wanted) => {
    const press = wanted ? element.querySelector(wanted) : element.querySelector("button:not([name=move], [name=more], [type=button])");
    if (press.name) element.append(Object.assign(document.createElement("input"), { type: "hidden", name: press.name, value: press.value }));
    HTMLFormElement.prototype.submit.call(element);
  }, button);
  await answered;
}

/** Those without characters that a line may not have. */
const LINES = FOREIGN.filter((one) => !/[\p{Cc}\p{Cf}\u2028]/u.test(one));
let turn = 0;

/**
 * Fills a form three times: twice so that it comes back, with all texts in every field between them; and once, with `choose`, so that
 * its words are kept. `saved` is where the form then leads; without it the third time may come back too. `once` is for a form that
 * any words settle.
 */
export async function plant(page, path, selector, { choose = {}, file, button, saved, once, short = 40, long = 400 } = {}) {
  const half = FOREIGN.length / 2;
  const back = (from) => (at, is) => FOREIGN.slice(from, from + half).join(is ? "\n" : " ");
  const kept = (at, is) => {
    const mine = [...LINES.slice(turn % LINES.length), ...LINES.slice(0, turn % LINES.length)];
    turn += 1;
    return is ? mine.join("\n").slice(0, long) : mine[0].slice(0, short);
  };
  const rounds = [[back(0), null], [back(half), null], [kept, choose]];
  for (const [text, chosen] of once ? rounds.slice(2) : rounds) {
    await page.goto(path);
    const form = page.locator(selector).first();
    await form.waitFor({ state: "attached" });
    await type(form, text, chosen, chosen && file);
    await submit(page, form, button);
    await harmless(page);
  }
  const wrong = await page.locator(".errs").allInnerTexts();
  if (saved) assert.ok(saved.test(page.url()) && wrong.length === 0, `${path} ${selector} was not kept: ${page.url()} ${wrong.join(" ")}`);
}
