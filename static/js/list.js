// Ledgers: arrows move between rows, Enter opens (the link does), a click anywhere in the row opens it too; short tables lose their inner scrolling.
const linkOf = (row) => row?.querySelector("a");

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = event.target.closest?.("tr[data-url]");
  if (!row || event.target !== linkOf(row)) return;
  const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  if (!linkOf(next)) return;
  event.preventDefault();
  linkOf(next).focus();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("tr[data-url]");
  if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.url);
  else location.assign(row.dataset.url);
});

const fit = (box) => box.classList.toggle("fits", box.firstElementChild.scrollWidth <= box.clientWidth + 1);
const watch = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
document.querySelectorAll(".scroller").forEach((box) => { fit(box); watch.observe(box); });
