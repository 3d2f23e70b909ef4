// The screen in the hall: a clock, coming days turned page by page, and the newest notice fetched by itself.
// Nobody need touch it. Space stops and starts the turning, the arrow keys turn by hand.
const TURN = 12_000; // one page is read in this time
const LOOK = 5 * 60_000; // how often the newest notice is asked for
let turning = 0;
let shown = 0;
let pages = [];

function clock() {
  const place = document.querySelector("[data-clock]");
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: place.dataset.zone };
  place.textContent = new Intl.DateTimeFormat("zh-CN", parts).format(new Date());
}

// Rows that fit on the screen together; a small screen is not paged, it scrolls.
function cut() {
  const rows = [...document.querySelectorAll("[data-pages] li")];
  rows.forEach((row) => { row.hidden = false; });
  document.body.classList.remove("paged");
  pages = [];
  const wide = matchMedia("(min-width: 901px)").matches;
  if (wide && rows.length) {
    document.body.classList.add("paged");
    const room = document.querySelector("[data-pages] ul").clientHeight;
    let used = Infinity;
    for (const row of rows) {
      const height = row.getBoundingClientRect().height;
      if (used + height > room) { pages.push([]); used = 0; }
      pages[pages.length - 1].push(row);
      used += height;
    }
  }
  const dots = document.querySelector("[data-dots]");
  dots.replaceChildren(...(pages.length > 1 ? pages.map(() => document.createElement("i")) : []));
  show(Math.min(shown, Math.max(pages.length - 1, 0)));
}

function show(number) {
  shown = number;
  pages.forEach((rows, n) => rows.forEach((row) => { row.hidden = n !== shown; }));
  document.querySelectorAll("[data-dots] i").forEach((dot, n) => dot.classList.toggle("here", n === shown));
}

function turn(by = 1) {
  if (pages.length > 1) show((shown + by + pages.length) % pages.length);
}

function start() {
  turning = setInterval(turn, TURN);
}

function stop() {
  clearInterval(turning);
  turning = 0;
}

// The page as it reads now takes this one's place; without a connection this one stays.
async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of ["header", "main", "footer"]) {
      document.querySelector(part).replaceWith(document.adoptNode(fresh.querySelector(part)));
    }
    clock();
    cut();
  } catch { /* the next look may find the office again */ }
}

addEventListener("keydown", (event) => {
  if (event.key === " ") { event.preventDefault(); if (turning) stop(); else start(); }
  if (event.key === "ArrowRight") turn(1);
  if (event.key === "ArrowLeft") turn(-1);
});
addEventListener("resize", cut);
clock();
cut();
start();
setInterval(clock, 1000);
setInterval(look, LOOK);
