// Live desks: what changed shows itself. One line to the server per browser, whichever of its tabs holds the lock; the others hear it
// from that tab. Where no line can be kept open, the figures are asked for once a minute, and when the page comes into view.

import { another, refresh } from "./fresh.js";

/** For whom this page was made; what is told of another account is not for it. */
const { account } = document.body.dataset;
const channel = new BroadcastChannel(`ztc-live ${account}`);
/** What the page showed when it was made: stamps of desks and unread notices. Empty after a form, which counts nothing. */
let shown = document.querySelector("[data-live-stamp]")?.dataset.liveStamp ?? "";

/** Shows the figures in the navigation. */
function count(told) {
  const counts = new Map(told.desks.map((one) => [one.role, one.count]));
  counts.set("inbox", told.unread);
  for (const link of document.querySelectorAll("[data-desk]")) {
    const figure = counts.get(link.dataset.desk) ?? 0;
    const badge = link.querySelector("b");
    if (badge) badge.textContent = figure === 0 ? "" : figure > told.most ? `${told.most}+` : String(figure);
  }
}

function hear(told) {
  if (told.account !== account) return another();
  count(told);
  const stamp = [...told.desks.map((one) => one.stamp), told.unread].join("-");
  if (shown && stamp !== shown) refresh();
  shown = stamp;
}

async function ask() {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(`/events/now?account=${account}`).catch(() => null);
  if (answer?.status === 409) return another();
  if (answer?.ok && !answer.redirected) hear(await answer.json());
}

/** The quiet way. */
function quietly() {
  setInterval(ask, 60_000);
  document.addEventListener("visibilitychange", ask);
}

/** Holds the line until the page goes away or the session ends. */
function listen() {
  return new Promise((done) => {
    const line = new EventSource(`/events?account=${account}`);
    let open = false;
    line.addEventListener("desk", ({ data }) => {
      open = true;
      const told = JSON.parse(data);
      hear(told);
      channel.postMessage(told);
    });
    line.addEventListener("end", () => {
      line.close();
      done();
    });
    line.addEventListener("other", () => {
      line.close();
      another();
      done();
    });
    line.addEventListener("error", () => {
      // A line that has been open comes back by itself when the server does; one that never was is not let through.
      if (open && line.readyState !== EventSource.CLOSED) return;
      line.close();
      quietly();
      done();
    });
  });
}

/** While something on the page is being worked on, the page is looked at again, less and less often. */
async function watch() {
  for (let wait = 2000; document.querySelector("[data-live-soon]"); wait = Math.min(wait * 1.3, 15_000)) {
    await new Promise((done) => setTimeout(done, wait));
    if (document.visibilityState === "visible") await refresh();
  }
}
watch();

channel.addEventListener("message", ({ data }) => hear(data));
// A page that comes back from the browser's memory has missed what happened meanwhile.
addEventListener("pageshow", ({ persisted }) => persisted && ask());

if (navigator.locks && window.EventSource) {
  navigator.locks.request(`ztc-live ${account}`, listen);
} else {
  quietly();
}
