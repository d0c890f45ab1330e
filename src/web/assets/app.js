// Small comforts for every page; without them the pages work the same.

// After a form came back with problems, the summary is read first.
document.querySelector(".errs")?.focus();

// A second tap on a button must not send the form twice.
for (const form of document.forms) {
  if (form.method !== "post") continue;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
