// Brings the open page up to date without moving or disturbing what somebody reads or types. Parts marked data-live are taken from a
// fresh copy of the page; where that would disturb, and where the thing that the page is about has another data-live-version, a note
// offers to load the page again.

const STILL = 1000;
/** When the reader last pointed, touched, typed or scrolled. */
let moved = -STILL;
for (const kind of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]) {
  addEventListener(kind, () => (moved = performance.now()), { passive: true, capture: true });
}

/** Waits until nothing has moved for a second: who is about to press a button must find it where it was. */
async function still() {
  while (performance.now() - moved < STILL) await new Promise((done) => setTimeout(done, STILL / 4));
}

function typed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected && (option.defaultSelected || field.selectedIndex > 0));
  return field.value !== field.defaultValue;
}

/** Whether somebody is in the middle of something in this part. */
function used(part) {
  const selection = getSelection();
  return (
    (document.activeElement !== document.body && part.contains(document.activeElement)) ||
    [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].some(typed) ||
    part.querySelector("details[open]") !== null ||
    (selection.rangeCount > 0 && !selection.isCollapsed && selection.getRangeAt(0).intersectsNode(part))
  );
}

/** What scrolls this part: itself, something around it, or the page. */
function scroller(part) {
  for (let one = part; one && one !== document.body; one = one.parentElement) {
    if (one.scrollHeight > one.clientHeight && /auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return document.scrollingElement;
}

const top = (element) => element.getBoundingClientRect().top;
const rows = (part) => [...part.querySelectorAll("li, tr, article")].filter((row) => row.querySelector("a[href]"));
const name = (row) => row.querySelector("a[href]").getAttribute("href");

/** What must stay where it is: the row under the pointer, or else the rows of a part that begins above the edge of what is seen. */
function eyes(part, around) {
  const pointed = rows(part).filter((row) => row.matches(":hover"));
  if (pointed.length) return pointed;
  const edge = around === document.scrollingElement ? 0 : top(around);
  const begins = around === part ? top(part) - part.scrollTop : top(part);
  return begins >= edge ? [] : rows(part).filter((row) => row.getBoundingClientRect().bottom > edge);
}

/** The row that is open beside the list stays the marked one. */
function keepCurrent(part, path, value) {
  for (const link of part.querySelectorAll("a[href]")) {
    if (path && link.pathname === path) link.setAttribute("aria-current", value);
    else link.removeAttribute("aria-current");
  }
}

/** Takes over the fresh part; gives whether that could be done without moving what is looked at. */
function replace(part, fresh) {
  const around = scroller(part);
  const kept = eyes(part, around).map((row) => [name(row), top(row)]);
  const current = part.querySelector("a[aria-current]");
  const old = [...part.childNodes];
  part.replaceChildren(...fresh.childNodes);
  keepCurrent(part, current?.pathname, current?.getAttribute("aria-current"));
  if (kept.length === 0) return true;
  const now = new Map(rows(part).map((row) => [name(row), row]));
  const [path, was] = kept.find(([one]) => now.has(one)) ?? [];
  if (path) {
    const row = now.get(path);
    around.scrollBy({ top: top(row) - was, behavior: "instant" });
    if (Math.abs(top(row) - was) < 2) return true;
  }
  part.replaceChildren(...old);
  return false;
}

const words = (part) => part.textContent.replace(/\d+/g, "");

/** Whether the thing that this page is about is another now, or no longer there. */
function differs(fresh) {
  return [...document.querySelectorAll("[data-live-version]")].some((shown) => {
    const [id] = shown.dataset.liveVersion.split(":");
    const same = fresh.querySelector(`[data-live-version^="${id}:"]`);
    return same ? same.dataset.liveVersion !== shown.dataset.liveVersion : !fresh.querySelector(`a[href*="${id}"]`);
  });
}

/** Says it once to those who hear the page; nothing takes the focus. */
function say(which) {
  const note = document.querySelector(`[data-live-${which}]`);
  if (!note) return;
  note.hidden = true;
  requestAnimationFrame(() => (note.hidden = false));
}

/** Says that another account has signed in: nothing of it may come onto this page, and this page is brought up to date no more. */
export function another() {
  say("other");
}

async function once() {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (parts.length === 0 && !document.querySelector("[data-live-version]")) return;
  await still();
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  // The address of a form that came back may be none of a page.
  if ([404, 405].includes(answer.status)) return;
  if (!answer.ok || answer.redirected) return say("note");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (fresh.body.dataset.account !== document.body.dataset.account) return another();
  let [offered, said] = [differs(fresh), false];
  for (const part of parts) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!other || other.innerHTML === part.innerHTML) continue;
    const changed = words(other) !== words(part);
    if (used(part) || !replace(part, other)) offered ||= changed;
    else said ||= changed;
  }
  if (offered) say("note");
  else if (said) say("said");
}

let running = false;
let again = false;

/** Brings the page up to date; while that goes on, one more time at most is waiting. */
export async function refresh() {
  again = true;
  if (running) return;
  running = true;
  while (again) {
    again = false;
    // What could not be fetched is left to the reader.
    await once().catch(() => say("note"));
  }
  running = false;
}
