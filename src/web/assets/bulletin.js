// The order of a bulletin's manuscripts by dragging, and the print button. Without this the arrows and the browser's menu do it.

const list = document.querySelector("[data-order]");
let dragged = null;

function renumber() {
  [...list.children].forEach((item, at, all) => {
    item.querySelector(".n").textContent = at + 1;
    const [up, down] = item.querySelectorAll("button");
    up.disabled = at === 0;
    down.disabled = at === all.length - 1;
  });
}

if (list) {
  for (const item of list.children) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      dragged = item;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.dataset.id);
    });
    item.addEventListener("dragover", (event) => {
      if (!dragged || dragged === item) return;
      event.preventDefault();
      const box = item.getBoundingClientRect();
      item[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
    });
    item.addEventListener("dragend", () => {
      dragged = null;
      renumber();
    });
  }
}

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
