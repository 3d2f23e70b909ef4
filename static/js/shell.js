// The frame: menu drawer on a phone, "/" to the search box, small sheets that close by themselves.
const root = document.documentElement;
const menuButton = document.querySelector("[data-menu]");
const menu = document.getElementById("menu");

function setMenu(open) {
  root.classList.toggle("menu-open", open);
  menuButton.setAttribute("aria-expanded", String(open));
  if (open) menu.querySelector("a")?.focus();
}

if (menuButton && menu) {
  menuButton.addEventListener("click", () => setMenu(!root.classList.contains("menu-open")));
  document.querySelector("[data-scrim]")?.addEventListener("click", () => setMenu(false));
  matchMedia("(min-width: 721px)").addEventListener("change", () => setMenu(false));
  menu.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

// Where one stands in a row of pages too long for the screen comes into its middle; the page itself stays where it is.
for (const here of document.querySelectorAll(":is(nav.family, nav.tabs) [aria-current]")) {
  const row = here.closest("nav");
  row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - here.offsetWidth) / 2;
}

function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable]");
}

function closeSheets(except) {
  for (const sheet of document.querySelectorAll("details.pop[open]")) {
    if (!sheet.contains(except)) sheet.open = false;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.getElementById("q");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  }
  if (event.key !== "Escape") return;
  const sheet = event.target.closest?.("details.pop[open]");
  if (sheet) { sheet.open = false; sheet.querySelector("summary").focus(); }
  if (root.classList.contains("menu-open")) { setMenu(false); menuButton.focus(); }
});

document.addEventListener("click", (event) => closeSheets(event.target));
document.addEventListener("focusin", (event) => closeSheets(event.target));

// Long lists of choices in a sheet are narrowed by typing.
document.addEventListener("input", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-narrow]")) return;
  const wanted = box.value.trim().toLowerCase();
  for (const choice of box.closest(".sheet").querySelectorAll("a")) {
    choice.hidden = wanted !== "" && !choice.textContent.toLowerCase().includes(wanted);
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});
