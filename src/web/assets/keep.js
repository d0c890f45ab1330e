// Keeps what is typed into a long form in this tab until it has been sent: a form says under which name with data-keep.
// It is kept together with what the server had sent: once the server sends something else, that is newer and what was kept is dropped.

const fields = (form) => [...form.elements].filter((one) => one.name && !["csrf", "version"].includes(one.name) && one.type !== "submit");
const came = document.querySelector(".errs");

const chosen = { radio: ["checked", "defaultChecked"], checkbox: ["checked", "defaultChecked"] };

// What stands in the form; or what the server put there, which is not the same where a browser fills in again what it remembers.
const read = (form, asSent) => {
  const values = new Map();
  for (const one of fields(form)) {
    const off = one.type in chosen && !one[chosen[one.type][asSent ? 1 : 0]];
    const preset = one.options ? ([...one.options].find((option) => option.defaultSelected) ?? one.options[0])?.value : one.defaultValue;
    const value = asSent && !(one.type in chosen) ? preset : one.value;
    values.set(one.name, [...(values.get(one.name) ?? []), ...(off ? [] : [value])]);
  }
  return [...values];
};

const write = (form, typed) => {
  const values = new Map(typed);
  const turn = new Map();
  for (const one of fields(form)) {
    if (one.type in chosen) one.checked = values.get(one.name)?.includes(one.value) ?? one.checked;
    else if (values.has(one.name)) {
      // A name may come several times; its values stand in the order of the fields.
      const at = turn.get(one.name) ?? 0;
      turn.set(one.name, at + 1);
      one.value = values.get(one.name)[at] ?? "";
    }
  }
};

for (const form of document.querySelectorAll("form[data-keep]")) {
  // Another account in the same tab must not find these words.
  const key = `keep:${document.body.dataset.account}:${form.dataset.keep}`;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  let sent = JSON.stringify(read(form, true));
  if (came) {
    // The server has sent back what was typed; what it had sent before that is known only from what was kept.
    sent = kept?.sent ?? sent;
  } else if (sessionStorage.getItem(`${key}:sent`) || kept?.sent !== sent) {
    sessionStorage.removeItem(key);
  } else {
    write(form, kept.typed);
  }
  sessionStorage.removeItem(`${key}:sent`);
  form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify({ sent, typed: read(form, false) })));
  form.addEventListener("submit", () => sessionStorage.setItem(`${key}:sent`, "1"));
}
