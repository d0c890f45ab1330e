// What forms that save themselves have in common: the state in the bar that stays in view, and the question for the password over the
// page. Without scripts the server asks on a page of its own.

const state = document.querySelector("[data-state]");

/** Shows how the saving stands. */
export function say(icons, kind, icon, words) {
  if (!state) return;
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", icons + icon);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  const tag = document.createElement("span");
  tag.className = `tag tag-${kind}`;
  tag.append(svg, words);
  state.replaceChildren(tag);
}

/** The form was not carried out, and trying again would not help; the message is the server's. */
export class Refused extends Error {}

/** After a sign-in over the page, every form of the page carries the token of the session that is there now. */
export function renew(token) {
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
}

const dialog = document.querySelector("dialog[data-again]");
const part = (name) => dialog.querySelector(`[data-again-${name}]`);

/**
 * What the server answers to a form that a script has sent. While it asks for a password (the session has ended, or another account
 * has signed in) or for a second yes, that is asked in place and the form is sent again by `send(more)`. Gives the answer, or nothing
 * if the person would rather not.
 */
export async function answered(answer, send) {
  while (answer.headers.get("content-type")?.includes("text/html")) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const asks = page.querySelector("form.dialog[data-again]");
    if (!asks) throw new Refused(page.querySelector("[data-failed]")?.dataset.failed ?? "");
    const confirms = asks.dataset.again === "confirm";
    part("title").textContent = asks.querySelector("h1").textContent;
    part("words").textContent = asks.querySelector("h1 ~ p").textContent;
    const wrong = asks.querySelector("[role=alert]");
    part("wrong").hidden = !wrong;
    part("wrong").textContent = wrong?.textContent ?? "";
    part("password").hidden = confirms;
    const login = asks.querySelector("[name=resume_login]")?.value ?? "";
    part("login").value = login;
    const password = part("password").querySelector("input");
    password.value = "";
    dialog.returnValue = "no";
    dialog.showModal();
    await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
    if (dialog.returnValue !== "go") return null;
    if (confirms) renew(asks.querySelector("[name=csrf]").value);
    answer = await send(confirms ? {} : { resume_login: login, resume_password: password.value });
    password.value = "";
  }
  return answer;
}
