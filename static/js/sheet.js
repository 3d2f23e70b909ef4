// The sheet of a session: Enter goes to the same cell of the next line instead of sending everything; Ctrl+Enter saves.
const sheet = document.querySelector("form[data-sheet]");

sheet?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.matches("button, a")) return;
  if (event.ctrlKey) { sheet.requestSubmit(); return; }
  if (event.shiftKey && event.target.matches("textarea")) return;
  event.preventDefault();
  const cell = event.target.closest("td");
  const line = cell?.parentElement.nextElementSibling;
  const next = line?.children[[...cell.parentElement.children].indexOf(cell)]?.querySelector("input, select, textarea");
  (next ?? sheet.querySelector("button[type=submit]")).focus();
});
