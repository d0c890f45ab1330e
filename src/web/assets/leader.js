// A phrase goes behind the cursor at once; without this the page comes back with it.

const words = document.querySelector("#f-words");
for (const button of document.querySelectorAll(".phrases button")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    words.setRangeText(button.textContent, words.selectionStart, words.selectionEnd, "end");
    words.focus();
  });
}
