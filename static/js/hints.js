// What may be the same as the contact being typed (A5): asked for when the typing pauses, shown with its reasons,
// joined or related by a button that fills the look-up above. Only a plain list of buttons and links: the keyboard reaches all.
import { made } from "./made.js";

const panel = document.querySelector("[data-hints]");
const form = panel.closest("form");
const list = panel.querySelector("[data-hints-list]");
const bar = form.querySelector("[data-hints-bar]");
const said = form.querySelector("[data-hints-said]");
const words = panel.dataset;
const watched = /^(people-\d+-(name|phone|id_number)|place|title|demand)$/;
const pause = 450;
let timer = null;
let running = null;
let asked = "";

function fields() {
  const body = new FormData();
  body.append("csrf_token", form.elements.csrf_token.value);
  for (const one of form.elements) if (watched.test(one.name)) body.append(one.name, one.value);
  return body;
}

function button(label, hint, look, take) {
  const one = Object.assign(made("button", `btn small ${look}`, label), { type: "button" });
  one.setAttribute("aria-label", words.about.replace("{label}", label).replace("{number}", hint.number));
  one.addEventListener("click", () => take(hint));
  return one;
}

// The look-up's text input has the field's name as its id, so the form's own list would give both.
function field(name) {
  return form.querySelector(`input[type="hidden"][name="${name}"]`);
}

function choose(name, hint, told) {
  const hidden = field(name);
  const input = hidden.parentElement.querySelector('input[type="text"]');
  hidden.value = hint.id;
  input.value = hint.text;
  input.dataset.chosen = hint.text;
  input.setCustomValidity("");
  hidden.dispatchEvent(new Event("input", { bubbles: true }));
  said.textContent = told.replace("{}", hint.number);
  mark();
}

function join(hint) {
  choose("petition_id", hint, words.joined);
}

function relate(hint) {
  choose("related_id", hint, words.related);
  const reason = form.elements.related_reason;
  if (!reason.value) reason.value = words.reason.replace("{}", hint.why.join("；")).slice(0, 300);
}

// What is chosen shows on its button, also when it was chosen or cleared in the look-up itself.
function mark() {
  const now = { join: field("petition_id").value, relate: field("related_id").value };
  for (const one of list.querySelectorAll("[data-does]")) one.setAttribute("aria-pressed", String(one.dataset.id === now[one.dataset.does]));
}

function line(hint) {
  const item = made("li", "");
  const text = made("div", "");
  const link = Object.assign(made("a", "num", hint.number), { href: hint.url, target: "_blank", rel: "noopener" });
  const why = made("div", "why");
  why.append(...hint.why.map((one) => made("div", "", one)));
  text.append(link, " ", made("strong", "", hint.who), ` ${hint.title} `, made("span", "tag wait", hint.state), " ", made("span", "sub num", `${hint.date} ${hint.unit}`), why);
  const does = made("div", "row");
  const buttons = [button(words.join, hint, "go", join), button(words.relate, hint, "", relate)];
  ["join", "relate"].forEach((name, at) => Object.assign(buttons[at].dataset, { does: name, id: hint.id }));
  does.append(...buttons);
  item.append(text, does);
  return item;
}

function show(hints) {
  const held = document.activeElement?.closest("[data-does]")?.dataset;
  list.replaceChildren(...hints.map(line));
  const told = words.count.replace("{}", hints.length);
  panel.hidden = bar.hidden = hints.length === 0;
  panel.querySelector("[data-hints-title]").textContent = told;
  bar.firstElementChild.textContent = told;
  said.textContent = hints.length ? told : "";
  mark();
  if (held) list.querySelector(`[data-does="${held.does}"][data-id="${held.id}"]`)?.focus();
}

async function ask() {
  const body = fields();
  const now = new URLSearchParams(body).toString();
  if (now === asked) return;
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(panel.dataset.hints, { method: "POST", body, headers: { Accept: "application/json" }, signal: running.signal });
    if (!answer.ok) return;
    show((await answer.json()).hints);
    asked = now;
  } catch (problem) {
    if (problem.name !== "AbortError") asked = "";
  }
}

function later(event) {
  if (event.isComposing || !watched.test(event.target.name ?? "")) { mark(); return; }
  clearTimeout(timer);
  timer = setTimeout(ask, pause);
}

form.addEventListener("input", later);
form.addEventListener("compositionend", later);
// Also for a form that came back filled in (the Back button restores it after the script has run).
addEventListener("pageshow", () => { if ([...fields()].some(([name, value]) => name !== "csrf_token" && value)) ask(); });

// The bar leads to the list and is not needed where the list is seen.
new IntersectionObserver(([seen]) => bar.classList.toggle("seen", seen.isIntersecting)).observe(panel);
