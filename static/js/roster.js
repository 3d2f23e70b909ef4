// The month of receptions changed by mouse (drag) and keyboard. Every change is posted with its token and the version shown;
// what it would clash with is asked while it is being made. Without this script the forms beside the calendar do the same.
const cal = document.querySelector("[data-roster]");
const days = [...cal.querySelectorAll("[data-day]")];
const said = document.querySelector("[data-roster-said]");
const token = document.querySelector("input[name=csrf_token]").value;
const month = new URLSearchParams(location.search).get("month") ?? days[0].dataset.day.slice(0, 7);
const REMEMBERED = "roster-day";
let carried = null;
let asked = 0;

const slotsOf = (day) => [...day.querySelectorAll("[data-key]")];
const nameOf = (slot) => `${slot.closest("[data-day]").getAttribute("aria-label")} ${slot.firstChild.textContent}`;

function say(text, kind = "") {
  said.textContent = text;
  said.className = `said ${kind}`;
}

async function answerOf(url, options) {
  const answer = await fetch(url, { headers: { Accept: "application/json" }, ...options }).catch(() => null);
  const type = answer?.headers.get("Content-Type") ?? "";
  return { ok: answer?.ok ?? false, said: type.includes("json") ? await answer.json() : { error: said.dataset.failed } };
}

// What the change would do, and what stands in its way; only the latest question is answered.
async function foresee(query, show) {
  const mine = ++asked;
  const { said: told } = await answerOf(`${cal.dataset.check}?${new URLSearchParams(query)}`);
  if (mine !== asked) return;
  const wrong = told.error ? [told.error] : told.said;
  show([told.act, ...wrong].filter(Boolean).join(" · "), wrong.length ? "wrong" : "");
}

// On a session: the two leaders change places; on the rest of a day: the session moves there.
function aimOf(slot, day, other) {
  if (day === slot.closest("[data-day]") && (!other || other === slot)) return null;
  return other && other !== slot ? { session: slot.dataset.key, other: other.dataset.key } : { session: slot.dataset.key, day: day.dataset.day };
}

function aim(slot, day, other) {
  cal.querySelectorAll(".target").forEach((one) => one.classList.remove("target"));
  day.classList.add("target");
  const query = aimOf(slot, day, other);
  if (query) foresee(query, say);
  else say(said.dataset.carry.replace("{}", nameOf(slot)));
}

async function drop(slot, day, other) {
  const query = aimOf(slot, day, other);
  release();
  if (!query) return say(said.dataset.left);
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...query, month, csrf_token: token })) form.append(name, value);
  const { ok, said: told } = await answerOf(query.other ? cal.dataset.exchange : cal.dataset.move, { method: "POST", body: form });
  if (!ok) return say(told.error, "wrong");
  sessionStorage.setItem(REMEMBERED, day.dataset.day);
  location.assign(told.url);
}

function take(slot) {
  carried = slot;
  slot.classList.add("carried");
  say(said.dataset.carry.replace("{}", nameOf(slot)));
}

function release() {
  asked += 1;
  carried?.classList.remove("carried");
  cal.querySelectorAll(".target").forEach((one) => one.classList.remove("target"));
  carried = null;
}

// -- mouse

cal.addEventListener("dragstart", (event) => {
  const slot = event.target.closest?.("[data-key]");
  if (!slot) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", slot.dataset.key);
  take(slot);
});

cal.addEventListener("dragover", (event) => {
  const day = event.target.closest?.("[data-day]");
  if (!carried || !day) return;
  event.preventDefault();
  const other = event.target.closest("[data-key]");
  const key = `${day.dataset.day} ${other?.dataset.key ?? ""}`;
  if (cal.dataset.over === key) return;
  cal.dataset.over = key;
  aim(carried, day, other);
});

cal.addEventListener("drop", (event) => {
  const day = event.target.closest?.("[data-day]");
  if (!carried || !day) return;
  event.preventDefault();
  drop(carried, day, event.target.closest("[data-key]"));
});

cal.addEventListener("dragend", () => { delete cal.dataset.over; if (carried) { release(); say(""); } });

// -- keyboard: one day is in the tab order; arrows move from it

function focus(day) {
  days.forEach((one) => one.setAttribute("tabindex", one === day ? "0" : "-1"));
  day.focus();
  if (carried) aim(carried, day, slotsOf(day)[0]);
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function pick(day, slot) {
  const found = slot ?? slotsOf(day)[0];
  if (found) take(found);
  else say(said.dataset.none);
}

function chooseLeader(slot) {
  const dialog = document.getElementById("seat");
  dialog.querySelector("[name=session]").value = slot.dataset.key;
  dialog.querySelector("[data-which]").textContent = nameOf(slot);
  dialog.showModal();
}

cal.addEventListener("keydown", (event) => {
  const day = event.target.closest("[data-day]");
  if (!day || event.ctrlKey || event.altKey || event.metaKey) return;
  const slot = event.target.closest("[data-key]");
  if (event.key in STEPS) {
    const next = days[days.indexOf(day) + STEPS[event.key]];
    if (next) focus(next);
  } else if (event.key === " " || (event.key === "Enter" && carried)) {
    if (carried) drop(carried, day, event.shiftKey ? null : slot ?? slotsOf(day)[0]);
    else pick(day, slot);
  } else if (event.key === "Escape" && carried) {
    release();
    say(said.dataset.left);
  } else if (event.key.toLowerCase() === "l" && (slot ?? slotsOf(day)[0])) {
    chooseLeader(slot ?? slotsOf(day)[0]);
  } else if (event.key === "Enter" && event.target === day) {
    (day.querySelector(".slot") ?? day.querySelector("[data-add]"))?.click();
  } else return;
  event.preventDefault();
});

days.forEach((day) => { day.setAttribute("tabindex", "-1"); day.setAttribute("aria-describedby", "roster-keys"); });
const remembered = days.find((day) => day.dataset.day === sessionStorage.getItem(REMEMBERED));
(remembered ?? days.find((day) => day.matches(".today")) ?? days[0]).setAttribute("tabindex", "0");
if (remembered) remembered.focus();
sessionStorage.removeItem(REMEMBERED);

// -- forms: what a choice would clash with, while it is being made

for (const form of document.querySelectorAll("form[data-seat]")) {
  form.addEventListener("change", (event) => {
    const { session, [event.target.name]: chosen } = Object.fromEntries(new FormData(form));
    const box = form.querySelector("[data-said]");
    if (event.target.name === "session" || !chosen) box.textContent = "";
    else foresee({ session, [event.target.name]: chosen }, (text, kind) => { box.textContent = text; box.classList.toggle("error", kind === "wrong"); });
  });
}
document.querySelector("#seat [data-close]").addEventListener("click", (event) => event.target.closest("dialog").close());
