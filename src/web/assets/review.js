// The keys of the desks and requests for changes on a selected passage. Without this everything is done by links and forms.

import { Refused, answered, renew, say } from "./saving.js";

const $ = (query, root = document) => root.querySelector(query);
const form = $("#decide");
const template = $("#request-template");
const dialog = $("#request-dialog");
const help = $("#keys-dialog");

/* ---- requests for changes ---- */

const letters = (text) => [...text].length;

/** Where a point of the page is in its part: characters from its beginning. */
function place(node, offset) {
  const line = (node.nodeType === 1 ? node : node.parentElement)?.closest("[data-from]");
  if (!line) return null;
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let at = Number(line.dataset.from);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if (text.parentElement.closest("mark a")) continue; // the number of a request is not part of the text
    const position = document.createRange();
    position.selectNodeContents(text);
    if (text === node) return { part: line.dataset.part, at: at + letters(text.data.slice(0, offset)) };
    const end = document.createRange();
    end.setStart(node, offset);
    if (end.compareBoundaryPoints(Range.START_TO_START, position) <= 0) return { part: line.dataset.part, at };
    at += letters(text.data);
  }
  return { part: line.dataset.part, at };
}

/** The selected passage, if it lies within one part. */
function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const [from, to] = [place(range.startContainer, range.startOffset), place(range.endContainer, range.endOffset)];
  if (!from || !to || from.part !== to.part || from.at >= to.at) return null;
  return { part: from.part, from: from.at, to: to.at, words: selection.toString(), range: range.cloneRange() };
}

function hidden(name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  input.setAttribute("form", "decide");
  return input;
}

const nextNumber = () => Math.max(0, ...[...document.querySelectorAll(".rq[id]")].map((one) => Number(one.id.slice(1)) || 0)) + 1;

/** Puts a request beside its passage and marks that. */
function add(passage, words) {
  const number = nextNumber();
  const note = template.content.firstElementChild.cloneNode(true);
  note.id = `r${number}`;
  $("[data-number]", note).textContent = number;
  $("[data-words]", note).textContent = words;
  note.append(hidden("requests.part", passage.part), hidden("requests.from", passage.from), hidden("requests.to", passage.to), hidden("requests.text", words));
  const block = (passage.range.endContainer.nodeType === 1 ? passage.range.endContainer : passage.range.endContainer.parentElement).closest(".read, .title");
  mark(passage, number);
  let beside = block.nextElementSibling;
  if (!beside?.classList.contains("rqs")) {
    beside = document.createElement("aside");
    beside.className = "rqs";
    block.after(beside);
  }
  beside.append(note);
  choose("return");
  changed(0);
  note.scrollIntoView({ block: "nearest" });
}

function mark(passage, number) {
  const walker = document.createTreeWalker(passage.range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  const texts = [];
  const root = passage.range.commonAncestorContainer;
  if (root.nodeType === 3) texts.push(root);
  else for (let text = walker.nextNode(); text; text = walker.nextNode()) if (passage.range.intersectsNode(text) && text.parentElement.closest("[data-from]") && !text.parentElement.closest("mark a")) texts.push(text);
  const { startContainer, startOffset, endContainer, endOffset } = passage.range;
  let last;
  for (const text of texts) {
    const range = document.createRange();
    range.setStart(text, text === startContainer ? startOffset : 0);
    range.setEnd(text, text === endContainer ? endOffset : text.length);
    if (range.collapsed) continue;
    last = document.createElement("mark");
    last.dataset.of = number;
    range.surroundContents(last);
  }
  if (!last) return;
  const link = document.createElement("a");
  link.href = `#r${number}`;
  link.textContent = number;
  last.append(link);
}

function remove(note) {
  const number = note.id.slice(1);
  for (const one of document.querySelectorAll(`mark[data-of="${number}"]`)) {
    $("a", one)?.remove();
    one.replaceWith(...one.childNodes);
  }
  note.remove();
  changed(0);
}

/** Asks for the words; gives nothing when it is cancelled. */
function words(passage, old = "") {
  $("#request-passage").textContent = passage;
  const text = $("#request-text");
  text.value = old;
  dialog.returnValue = "";
  dialog.showModal();
  text.focus();
  return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "keep" ? text.value.trim() : ""), { once: true }));
}

let held = null; // pressing a button takes the selection away in some browsers
document.addEventListener("selectionchange", () => {
  const now = selected();
  if (now) held = now;
});

async function ask() {
  const passage = selected() ?? held;
  if (!passage || !form || !$("[name=decision][value=return]", form)) return;
  const text = await words(passage.words);
  held = null;
  if (text) add(passage, text);
}

function choose(decision) {
  const radio = $(`[name=decision][value=${decision}]`, form);
  if (radio && !$("[name=decision]:checked", form)) radio.checked = true;
}

const button = $("#ask");
if (button && form && $("[name=decision][value=return]", form)) {
  button.hidden = false;
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", ask);
}

document.addEventListener("click", async (event) => {
  const note = event.target.closest?.(".rq[data-draft]");
  if (!note) return;
  if (event.target.closest("[data-remove]")) remove(note);
  if (event.target.closest("[data-change]")) {
    const shown = $("[data-words]", note);
    const text = await words("", shown.textContent);
    if (text) {
      shown.textContent = text;
      $("[name='requests.text']", note).value = text;
      changed(0);
    }
  }
});

dialog?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    dialog.close("keep");
  }
});

/* ---- an unfinished decision is kept on the server, for whoever writes it ---- */

const LATER = 1500; // milliseconds after the last key
const AGAIN = 15000; // after a failure
let timer, running, dirty = false, edits = 0, leaving = false;
const t = form?.dataset;

function changed(wait = LATER) {
  if (!form) return;
  dirty = true;
  edits += 1;
  say(t.icons, "wait", "open", t.tUnsaved);
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

async function send(more = {}) {
  const body = new URLSearchParams(new FormData(form));
  body.set("autosave", "1");
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  return fetch(form.action, { method: "POST", body, redirect: "error" });
}

function save() {
  clearTimeout(timer);
  running = (running ?? Promise.resolve()).then(once, once);
  return running;
}

async function once() {
  if (!dirty || leaving) return;
  const at = edits;
  say(t.icons, "wait", "open", t.tSaving);
  try {
    const answer = await answered(await send(), send);
    if (!answer) return say(t.icons, "soon", "clock", t.tUnsaved);
    if (!answer.headers.get("content-type")?.includes("json")) throw new Error(answer.statusText);
    const said = await answer.json();
    renew(said.csrf);
    if (said.problems) return say(t.icons, "soon", "clock", t.tProblem.replace("%", said.problems[0].message));
    if (edits === at) dirty = false;
    if (said.kept) say(t.icons, "ok", "tick", t.tSaved.replace("%", said.saved_at));
    else say(t.icons, "late", "late", t.tGone);
    if (dirty) timer = setTimeout(save, LATER);
  } catch (error) {
    const refused = error instanceof Refused && error.message;
    say(t.icons, refused ? "late" : "soon", refused ? "late" : "clock", refused ? t.tProblem.replace("%", refused) : t.tFailed);
    timer = setTimeout(save, AGAIN);
  }
}

form?.addEventListener("input", () => changed());
document.addEventListener("input", ({ target }) => target.form === form && !form?.contains(target) && changed());
form?.addEventListener("submit", () => {
  leaving = true;
  clearTimeout(timer);
});
// A form beside it (an undo, a mark) leaves the page: what is not kept yet goes along.
document.addEventListener("submit", ({ target }) => {
  if (target === form || target.method !== "post" || !dirty) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("autosave", "1");
  fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {});
  leaving = true;
});
addEventListener("pageshow", () => (leaving = false));
addEventListener("beforeunload", (event) => {
  if (dirty && !leaving) event.preventDefault();
});
// Another view or another manuscript comes after the saving.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  if (!dirty || !link || link.origin !== location.origin || link.hash || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await save();
  location.assign(link.href);
});

/* ---- keys ---- */

/** The lines of the list as they are now: live.js may have brought others. */
const lines = () => [...document.querySelectorAll(".desk-list li a")];

/** Goes to the neighbour in the list; where the pane is shown it opens, on the list it only takes the focus. */
function step(by) {
  const items = lines();
  const focused = items.indexOf(document.activeElement);
  const open = items.findIndex((one) => one.getAttribute("aria-current"));
  if (focused >= 0) return items[Math.min(Math.max(focused + by, 0), items.length - 1)]?.focus();
  const link = $(by > 0 ? ".pane-bar [rel=next]" : ".pane-bar [rel=prev]");
  if (link) link.click();
  else if (open < 0) items[0]?.focus();
}

function go() {
  if (!form?.reportValidity()) return;
  const chosen = $("[name=decision]:checked", form)?.value;
  const submit = $(`.d-${chosen} .d-go`, form);
  if (submit) form.requestSubmit(submit);
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  Enter: (event) => {
    const onLine = lines().includes(document.activeElement);
    if (onLine || document.activeElement === document.body) {
      event.preventDefault();
      (onLine ? document.activeElement : $(".desk-list [aria-current]"))?.click();
    }
  },
  c: ask,
  e: () => $("a[data-key=e]")?.click(),
  1: () => $("[data-key='1']")?.click(),
  2: () => $("[data-key='2']")?.click(),
  3: () => $("[data-key='3']")?.click(),
  a: () => {
    $("#act")?.scrollIntoView();
    ($("[name=decision]:checked", form ?? document) ?? $("[name=decision]", form ?? document))?.focus();
  },
  u: () => {
    const undo = [...document.querySelectorAll(".undo button")].at(-1);
    if (undo) undo.form.requestSubmit(undo);
  },
  "/": () => $(".top a[href='/manuscripts']")?.click(),
  "?": () => help?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    go();
    return;
  }
  const typing = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = keys[event.key];
  if (!act) return;
  if (event.key !== "Enter") event.preventDefault();
  act(event);
});
