// What the chosen 处理方式 asks for is shown, what it cannot do without is marked; the table comes from the server (rules.reception_outcomes).
const choice = document.querySelector("select[data-asks]");
const table = JSON.parse(choice?.dataset.asks ?? "{}");
const names = ["unit_id", "assisting_ids", "due_on", "signed_on", "policy"];

function mark(label, needed) {
  label.querySelector(".req.by-choice")?.remove();
  if (!needed || label.querySelector(".req")) return;
  label.append(Object.assign(document.createElement("span"), { className: "req by-choice", textContent: "*" }));
}

function follow() {
  const way = table[choice.value];
  for (const name of names) {
    const input = choice.form.elements[name];
    const field = input?.closest?.(".field") ?? document.getElementById(name)?.closest(".field");
    if (!field) continue;
    const needed = way?.needs.includes(name) ?? false;
    const filled = input?.value || field.querySelector("input:checked, option:checked:not([value=''])");
    field.hidden = Boolean(way) && !needed && !way.asks.includes(name) && !filled;
    mark(field.querySelector("label, legend"), needed);
    if (needed && input?.dataset?.usual && !input.value) input.value = input.dataset.usual;
  }
}

choice?.addEventListener("change", follow);
if (choice) follow();
