// Keeps what is typed into a long form in this tab until it has been sent: a form says under which name with data-keep.

const fields = (form) => [...form.elements].filter((one) => one.name && !["csrf", "version"].includes(one.name) && one.type !== "submit");
const came = document.querySelector(".errs");

for (const form of document.querySelectorAll("form[data-keep]")) {
  const key = `keep:${form.dataset.keep}`;
  const kept = sessionStorage.getItem(key);
  if (came) {
    // The server has sent back what was typed.
  } else if (sessionStorage.getItem(`${key}:sent`)) {
    sessionStorage.removeItem(key);
  } else if (kept) {
    const values = new Map(JSON.parse(kept));
    for (const one of fields(form)) {
      if (one.type === "radio" || one.type === "checkbox") one.checked = values.get(one.name)?.includes(one.value) ?? one.checked;
      else if (values.has(one.name)) one.value = values.get(one.name)[0] ?? "";
    }
  }
  sessionStorage.removeItem(`${key}:sent`);
  form.addEventListener("input", () => {
    const values = new Map();
    for (const one of fields(form)) {
      const off = (one.type === "radio" || one.type === "checkbox") && !one.checked;
      values.set(one.name, [...(values.get(one.name) ?? []), ...(off ? [] : [one.value])]);
    }
    sessionStorage.setItem(key, JSON.stringify([...values]));
  });
  form.addEventListener("submit", () => sessionStorage.setItem(`${key}:sent`, "1"));
}
