// Shows how far a file has come; without this the form is sent as any other.

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    const input = form.querySelector("input[type=file]");
    if (!input?.files.length || event.defaultPrevented) return;
    event.preventDefault();
    send(form);
  });
}

function send(form) {
  const bar = form.querySelector("progress") ?? form.appendChild(document.createElement("progress"));
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", form.querySelector("input[type=file]").labels[0]?.textContent ?? "");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
  });
  request.addEventListener("load", () => {
    if (request.status < 400 && request.responseURL) {
      // Also when the address differs from this one only behind the #.
      const here = location.href.split("#")[0] === request.responseURL.split("#")[0];
      location.assign(request.responseURL);
      if (here) location.reload();
      return;
    }
    show(form, bar, request.response);
  });
  request.addEventListener("error", () => {
    // The browser's own way says best what is wrong with the connection.
    bar.remove();
    form.submit();
  });
  request.send(new FormData(form));
}

// The summary of what was wrong, out of the page that came back; everything typed is still here.
function show(form, bar, page) {
  bar.remove();
  delete form.dataset.sent;
  document.querySelector(".errs")?.remove();
  const summary = page?.querySelector(".errs") ?? page?.querySelector("main");
  if (!summary) return;
  const box = document.createElement("div");
  box.className = "errs";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  box.append(...document.adoptNode(summary).childNodes);
  form.before(box);
  box.focus();
}
