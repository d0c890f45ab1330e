// Live counts: a changed desk shows itself. One line to the server per browser, whichever of its tabs holds the lock; the others
// hear it from that tab. Where no line can be kept open, the figures are asked for now and then while the page is looked at.

const channel = new BroadcastChannel("ztc-live");
let baseline = null;

/** Shows the figures in the navigation. */
function show(told) {
  const counts = new Map(told.desks.map((one) => [one.role, one.count]));
  counts.set("inbox", told.unread);
  for (const link of document.querySelectorAll("[data-desk]")) {
    const count = counts.get(link.dataset.desk) ?? 0;
    const badge = link.querySelector("b");
    if (badge) badge.textContent = count === 0 ? "" : count > told.most ? `${told.most}+` : String(count);
  }
}

/** Whether somebody is in the middle of something that a change of the page would disturb. */
function busy() {
  const inside = document.activeElement?.closest("form, dialog");
  const typed = [...document.querySelectorAll("main textarea, main input:not([type=hidden])")].some((field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue,
  );
  return Boolean(inside) || typed || document.querySelector("dialog[open]") !== null;
}

/** Takes the parts marked data-live from a fresh copy of this page. */
async function refresh() {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (parts.length === 0) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (busy()) return offer();
  for (const part of parts) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (other && other.innerHTML !== part.innerHTML) part.replaceChildren(...other.childNodes);
  }
}

/** Says that there is something new, and leaves it to the reader. */
function offer() {
  const note = document.querySelector("[data-live-note]");
  if (note) note.hidden = false;
}

function told(event) {
  show(event);
  const stamps = JSON.stringify(event.desks.map((one) => one.stamp));
  if (baseline !== null && stamps !== baseline) {
    if (busy()) offer();
    else refresh().catch(() => {});
  }
  baseline = stamps;
}

channel.addEventListener("message", ({ data }) => told(data));

/** The quiet way: once a minute while the page is looked at. */
function quietly() {
  const ask = async () => {
    if (document.visibilityState !== "visible") return;
    const answer = await fetch("/events/now").catch(() => null);
    if (answer?.ok && !answer.redirected) told(await answer.json());
  };
  setInterval(ask, 60_000);
  document.addEventListener("visibilitychange", ask);
}

/** Holds the line until the page goes away or the session ends. */
function listen() {
  return new Promise((done) => {
    const line = new EventSource("/events");
    line.addEventListener("desk", ({ data }) => {
      const event = JSON.parse(data);
      told(event);
      channel.postMessage(event);
    });
    line.addEventListener("end", () => {
      line.close();
      done();
    });
    line.addEventListener("error", () => {
      if (line.readyState === EventSource.CLOSED) {
        quietly();
        done();
      }
    });
  });
}

if (navigator.locks && window.EventSource) {
  navigator.locks.request("ztc-live", listen);
} else {
  quietly();
}
