// Writing in comfort: counts while one writes, moves suggestions in place, saves by itself. Without this file the buttons of the
// form do the same by sending it.

import { Refused, answered, renew, say as show } from "./saving.js";

const form = document.querySelector("form[data-write]");
const t = form.dataset;
const say = (...what) => show(t.icons, ...what);
const LATER = 1500; // milliseconds after the last key
const AGAIN = 15000; // after a failure

/* --- length, by the rule of the limit: Unicode scalar values, the title trimmed, line ends as one --- */
const field = (name) => form.elements.namedItem(name);
const items = () => [...form.querySelectorAll("[data-item]")];
const boxes = () => items().map((item) => item.querySelector("textarea"));
const scalars = (text) => [...text].length;
function count() {
  const texts = [field("title").value.trim(), field("situation").value, field("causes").value];
  texts.push(...boxes().map((box) => box.value).filter((text) => text.trim()));
  const length = texts.reduce((sum, text) => sum + scalars(text), 0);
  document.querySelector("[data-count]").textContent = length;
  document.querySelector("[data-meter]").value = length;
}

/* --- suggestions in place --- */
function renumber() {
  const all = items();
  all.forEach((item, at) => {
    item.querySelector(".n").textContent = at + 1;
    const label = item.querySelector("label");
    label.textContent = t.tItem.replace("%", at + 1);
    label.htmlFor = item.querySelector("textarea").id = `f-suggestions[${at}]`;
    for (const button of item.querySelectorAll("button")) button.value = at + 1;
    item.querySelector("[name=up]").disabled = at === 0;
    item.querySelector("[name=down]").disabled = at === all.length - 1;
    item.querySelector("[name=drop]").disabled = all.length === 1;
  });
}
function addItem(text) {
  const all = items();
  const fresh = all[0].cloneNode(true);
  fresh.classList.remove("field-bad");
  fresh.querySelector(".why")?.remove();
  fresh.querySelector("textarea").value = text;
  all.at(-1).after(fresh);
  renumber();
  return fresh;
}
function rearrange(button) {
  const item = button.closest("[data-item]");
  if (button.name === "add") addItem("").querySelector("textarea").focus();
  if (button.name === "up") item.previousElementSibling.before(item);
  if (button.name === "down") item.nextElementSibling.after(item);
  if (button.name === "drop") {
    const next = item.nextElementSibling?.matches("[data-item]") ? item.nextElementSibling : item.previousElementSibling;
    item.remove();
    next.querySelector("textarea").focus();
  }
  renumber();
  if (item && button.name !== "drop") (button.disabled ? item.querySelector("textarea") : button).focus();
  changed();
}
/** Names and date under a pasted text go back below the last suggestion, or away. */
function settleSignature(button) {
  const part = button.closest("[data-signature]");
  const last = boxes().at(-1);
  if (button.name === "sign_keep") last.value = [last.value.trimEnd(), part.querySelector("textarea").value].filter(Boolean).join("\n");
  part.remove();
  last.focus();
  changed();
}
form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name]");
  if (button?.name.startsWith("sign_")) {
    event.preventDefault();
    return settleSignature(button);
  }
  if (!button || !["add", "up", "down", "drop"].includes(button.name)) return;
  event.preventDefault();
  rearrange(button);
});
// Enter in a line must not press the first button of the form.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input.in")) return;
  event.preventDefault();
  event.target.parentElement.querySelector("button[name=find]")?.click();
});

/* --- what is not saved yet stays in this tab --- */
const key = () => `ztc-write ${t.login} ${new URL(form.action).pathname}`;
const typed = () => [...new FormData(form)].filter(([name]) => !["csrf", "author_q", "colleague_q"].includes(name));
function keepHere() {
  try {
    sessionStorage.setItem(key(), JSON.stringify({ at: new Date().toTimeString().slice(0, 5), fields: typed() }));
  } catch {
    // A full or forbidden store only takes the second net away.
  }
}
const forgetHere = () => sessionStorage.removeItem(key());
function putBack(fields) {
  const values = (name) => fields.filter(([one]) => one === name).map(([, value]) => value);
  const suggestions = values("suggestions");
  while (items().length > Math.max(1, suggestions.length)) items().at(-1).remove();
  while (items().length < suggestions.length) addItem("");
  boxes().forEach((box, at) => (box.value = suggestions[at] ?? ""));
  for (const element of form.elements) {
    if (!element.name || ["csrf", "version", "suggestions", "requests", "author_q", "colleague_q"].includes(element.name)) continue;
    if (["radio", "checkbox"].includes(element.type)) element.checked = values(element.name).includes(element.value);
    else if (element.type !== "submit" && values(element.name).length) element.value = values(element.name)[0];
  }
  if (field("whole")?.value) field("whole").closest("details").open = true;
  renumber();
}
function offer() {
  const found = JSON.parse(sessionStorage.getItem(key()) ?? "null");
  if (!found) return;
  const strip = (fields) => JSON.stringify(fields.filter(([name]) => name !== "version"));
  if (strip(found.fields) === strip(typed())) return forgetHere();
  const note = document.querySelector("[data-found]");
  note.querySelector("[data-found-at]").textContent = found.at;
  note.hidden = false;
  note.querySelector("[data-found-take]").addEventListener("click", () => {
    putBack(found.fields);
    note.hidden = true;
    changed();
  });
  note.querySelector("[data-found-drop]").addEventListener("click", () => {
    forgetHere();
    note.hidden = true;
  });
}

/* --- saving --- */
let timer, running, dirty = false, edits = 0, halted = false;
/** Characters that no text may hold are dropped by the server; the author is told of that once. */
let toldDropped = false;
const classified = () => {
  const chosen = form.querySelector("[name='declarations.classification']:checked");
  return chosen && chosen.value !== "none";
};
/** Whether the form is longer than the server reads. Nothing is sent then: its answer could not show the words again. */
function isTooLarge() {
  const most = Number(t.most) - 4096; // room for a sign-in over the page
  const fields = [...new FormData(form)];
  const characters = fields.reduce((sum, [, value]) => sum + value.length, 0);
  // A UTF-16 unit becomes nine bytes at most (three bytes of UTF-8, percent-encoded).
  const is = characters * 9 > most && new URLSearchParams(fields).toString().length > most;
  document.querySelector("[data-large]").hidden = !is;
  return is;
}
function changed() {
  count();
  document.querySelector("[data-classified]").hidden = !classified();
  clearTimeout(timer);
  if (classified()) {
    // Nothing of a classified text may stay, here or there.
    forgetHere();
    dirty = false;
    return say("late", "late", t.tUnsaved);
  }
  dirty = true;
  edits += 1;
  keepHere();
  if (isTooLarge()) return say("late", "late", t.tLarge);
  say("wait", "open", t.tUnsaved);
  if (!halted) timer = setTimeout(save, LATER);
}
async function send(extra = {}) {
  const body = new URLSearchParams(new FormData(form));
  body.set("autosave", "1");
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  return fetch(form.action, { method: "POST", body, redirect: "error" });
}
function save() {
  clearTimeout(timer);
  running = (running ?? Promise.resolve()).then(once, once);
  return running;
}
async function once() {
  if (!dirty || classified() || isTooLarge()) return;
  const at = edits;
  say("wait", "open", t.tSaving);
  try {
    const answer = await answered(await send(), send);
    if (!answer) return say("soon", "clock", t.tUnsaved);
    if (answer.headers.get("content-type")?.includes("json")) return settle(answer.status, await answer.json(), at);
    throw new Error(answer.statusText);
  } catch (error) {
    const refused = error instanceof Refused && error.message;
    say(refused ? "late" : "soon", refused ? "late" : "clock", refused ? t.tProblem.replace("%", refused) : t.tFailed);
    timer = setTimeout(save, AGAIN);
  }
}
function settle(status, said, at) {
  renew(said.csrf);
  if (status === 200) return kept(said, at);
  if (said.stale) {
    halted = true;
    return say("late", "late", t.tStale);
  }
  say("soon", "clock", t.tProblem.replace("%", said.problems[0].message));
}
function kept(said, at) {
  forgetHere();
  form.elements.version.value = said.version;
  if (t.new === "true") {
    t.new = "false";
    form.action = `/manuscripts/${said.id}/edit`;
    for (const button of form.querySelectorAll("[formaction]")) button.setAttribute("formaction", form.action + new URL(button.formAction).hash);
    document.querySelector("#f-author")?.remove();
    history.replaceState(null, "", form.action);
  }
  if (edits === at) {
    dirty = false;
    const saved = t.tSaved.replace("%", said.saved_at);
    say("ok", "tick", said.dropped && !toldDropped ? `${saved} · ${t.tDropped}` : saved);
    toldDropped ||= said.dropped;
  } else {
    keepHere();
    timer = setTimeout(save, LATER);
  }
}

/* --- leaving --- */
let leaving = false;
form.addEventListener("submit", async (event) => {
  if (leaving) return;
  if (isTooLarge()) {
    event.preventDefault();
    delete form.dataset.sent;
    return document.querySelector("[data-large]").focus();
  }
  if (dirty || running) {
    // A saving on its way must end first: it changes the version that this form is sent with.
    event.preventDefault();
    const button = event.submitter;
    clearTimeout(timer);
    await running;
    // Not before this event is over: until then a second sending is ignored.
    await new Promise((over) => setTimeout(over));
    delete form.dataset.sent;
    leave();
    form.requestSubmit(button);
    return;
  }
  leave();
});
// What is here may go once a page says that the form has arrived; see app.js.
function leave() {
  leaving = true;
  const here = sessionStorage.getItem(key());
  if (here) sessionStorage.setItem(key(), JSON.stringify({ ...JSON.parse(here), sent: true }));
}
addEventListener("beforeunload", (event) => {
  if (dirty && !leaving) event.preventDefault();
});
addEventListener("pageshow", () => (leaving = false));
form.addEventListener("input", changed);
count();
if (t.fresh === "true") {
  forgetHere();
  changed();
} else {
  offer();
}
