// The form of a reception rule: only the fields of the chosen kind, and the next ten days while it is being filled.
const partsOf = {
  weekly: ["weekdays", "interval"], monthday: ["monthdays"], nth_weekday: ["nth", "weekdays"], week_of_month: ["nth", "weekdays"],
  lunar: ["lunar_days"], workdays: [], text: ["rrule"],
};
const all = new Set(Object.values(partsOf).flat());
const box = document.getElementById("rule-preview");
const form = box.closest("form");

function fieldOf(name) {
  return form.querySelector(`[name="${name}"]`)?.closest(".field");
}

function showParts() {
  const wanted = partsOf[form.elements.kind.value] ?? [];
  for (const name of all) {
    const field = fieldOf(name);
    if (!field) continue;
    field.hidden = !wanted.includes(name);
    field.querySelectorAll("input, select").forEach((input) => { input.disabled = field.hidden; });
  }
}

function line(day) {
  const item = Object.assign(document.createElement("li"), { className: day.kind, textContent: day.text });
  if (day.tag) item.append(" ", Object.assign(document.createElement("span"), { className: "tag wait", textContent: day.tag }));
  return item;
}

let asked = 0;

// A form nobody has filled yet is not told off.
async function preview(isFirst = false) {
  const mine = ++asked;
  const query = new URLSearchParams(new FormData(form));
  query.delete("csrf_token");
  query.delete("version");
  const answer = await fetch(`${box.dataset.preview}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const said = await answer.json();
  box.querySelector("[data-words]").textContent = said.words;
  box.querySelector("[data-error]").textContent = isFirst ? "" : said.error ?? "";
  box.querySelector("[data-remarks]").textContent = (said.remarks ?? []).join(" ");
  box.querySelector("[data-days]").replaceChildren(...said.days.map(line));
}

let timer = 0;
form.addEventListener("input", (event) => {
  if (event.target.name === "kind") showParts();
  clearTimeout(timer);
  timer = setTimeout(() => preview(), 250);
});
showParts();
preview(true);
