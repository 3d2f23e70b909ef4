// Ledgers and search hits: arrows move between rows, Enter opens (the link does), Esc goes back to the search box, a click
// anywhere in a row opens it too; where one stands is said to screen readers; short tables lose their inner scrolling.
// On the page of hits the first ↓ needs nothing focused before it.
const linkOf = (row) => row?.querySelector("a");
const rowOf = (target) => target.closest?.("tr[data-url], [data-hits] > li");
const firstRow = () => document.querySelector("[data-hits] > li, main tr[data-url]");
const boxes = "#q, .filters .find input[type=search]";
const status = document.querySelector("[data-hit-status]");

function goTo(row) {
  const link = linkOf(row);
  if (!link) return false;
  link.focus();
  const list = row.closest("[data-hits]");
  if (list && status) {
    const said = [[...list.children].indexOf(row) + 1, list.children.length];
    status.textContent = list.dataset.said.replaceAll("{}", () => said.shift());
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = event.target.closest?.(boxes);
  if (box) {
    if (event.key === "ArrowDown" && goTo(firstRow())) event.preventDefault();
    if (event.key === "Escape" && box.value === "") box.blur();
    return;
  }
  if (event.key === "ArrowDown" && event.target === document.body && document.querySelector("[data-hits]") && goTo(firstRow())) {
    event.preventDefault();
    return;
  }
  const row = rowOf(event.target);
  if (!row || event.target !== linkOf(row)) return;
  if (event.key === "Escape") {
    document.getElementById("q")?.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
    if (goTo(next)) event.preventDefault();
    else if (event.key === "ArrowUp" && row.matches("[data-hits] > li")) { event.preventDefault(); document.getElementById("q")?.focus(); }
  }
});

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("tr[data-url]");
  if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.url);
  else location.assign(row.dataset.url);
});

// Said a moment after the page has come: a status that stands there from the beginning is not read out.
if (status) setTimeout(() => { status.textContent = status.dataset.found; }, 500);

const fit = (box) => box.classList.toggle("fits", box.firstElementChild.scrollWidth <= box.clientWidth + 1);
const watch = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
document.querySelectorAll(".scroller").forEach((box) => { fit(box); watch.observe(box); });
