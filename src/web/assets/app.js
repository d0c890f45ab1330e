// Small comforts for every page; without them the pages work the same.

// After a form came back with problems, the summary is read first.
document.querySelector(".errs")?.focus();

// A second tap on a button must not send the form twice.
addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "1";
  },
  { capture: true },
);
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What write.js kept in this tab may go when a form was sent and its answer is another page of ours (not one that asks for the
// password first, which carries the text itself).
const asked = document.querySelector("form.dialog[data-again]");
if (asked || document.querySelector("[data-failed]")) {
  // What was sent has not arrived: it stays, until the form that carries it on is sent.
  const marks = Object.keys(sessionStorage).filter((key) => key.startsWith("keep:") && key.endsWith(":sent"));
  for (const key of marks) sessionStorage.removeItem(key);
  asked?.addEventListener("submit", () => marks.forEach((key) => sessionStorage.setItem(key, "1")));
} else if (!document.querySelector("form[data-write], form.dialog")) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("ztc-write ") && JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key);
  }
}
