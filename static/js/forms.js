// Forms: own sentences instead of the browser's bubbles, unsaved work kept, one submit only, counters, files checked before they travel.
const errorsShownBy = "js-error";

function labelOf(input) {
  const group = ["radio", "checkbox"].includes(input.type) && input.closest("fieldset.group");
  const label = group ? group.querySelector("legend") : input.form.querySelector(`label[for="${CSS.escape(input.id)}"]`);
  return label ? label.dataset.label || label.textContent.trim() : input.name;
}

function sentence(form, input) {
  const empty = input.validity.valueMissing;
  const pattern = empty ? form.dataset.msgRequired : form.dataset.msgWrong;
  if (input.validity.customError || !pattern) return input.validationMessage;
  return pattern.replace("{}", labelOf(input)).replace("{why}", input.validationMessage);
}

function clearErrors(form) {
  form.querySelectorAll(`.${errorsShownBy}, .note.errors`).forEach((one) => one.remove());
  form.querySelectorAll(".field.bad.by-js").forEach((one) => one.classList.remove("bad", "by-js"));
  form.querySelectorAll("[data-js-invalid]").forEach((one) => { one.removeAttribute("aria-invalid"); delete one.dataset.jsInvalid; });
}

function showError(form, input, text, list) {
  const field = input.closest(".field");
  field?.classList.add("bad", "by-js");
  input.setAttribute("aria-invalid", "true");
  input.dataset.jsInvalid = "yes";
  const line = document.createElement("p");
  line.className = `error ${errorsShownBy}`;
  line.textContent = text;
  (field ?? input.parentElement).append(line);
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `#${input.id}`;
  link.textContent = text;
  item.append(link);
  list.append(item);
}

function check(form) {
  clearErrors(form);
  const wrong = [...form.elements].filter((one) => one.willValidate && !one.validity.valid);
  const seen = new Set();
  const firstOfEach = wrong.filter((one) => !seen.has(one.name || one.id) && seen.add(one.name || one.id));
  if (firstOfEach.length === 0) return true;
  const box = document.createElement("div");
  box.className = `note late errors ${errorsShownBy}`;
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  const title = document.createElement("h2");
  title.textContent = form.dataset.msgErrors ?? "";
  const list = document.createElement("ul");
  box.append(title, list);
  firstOfEach.forEach((input) => showError(form, input, sentence(form, input), list));
  form.prepend(box);
  box.focus();
  box.scrollIntoView({ block: "center" });
  return false;
}

for (const form of document.querySelectorAll("form[data-checked]")) form.noValidate = true;

// Capture, registered after confirm.js: a form with a gap is never asked about.
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-checked") && !event.submitter?.formNoValidate && !check(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// One submit only.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.classList.contains("busy")) { event.preventDefault(); return; }
  form.classList.add("busy");
  delete form.dataset.dirty;
});
window.addEventListener("pageshow", () => document.querySelectorAll("form.busy").forEach((form) => form.classList.remove("busy")));

// Unsaved work.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard")) form.dataset.dirty = "yes";
});
window.addEventListener("beforeunload", (event) => {
  if (!document.querySelector("form[data-dirty]:not(.busy)")) return;
  event.preventDefault();
  event.returnValue = "";
});

// A form gone back to is the form that was sent: its one-time key stays with its place in the browser's history.
const key = document.querySelector('input[name="form_key"]');
if (key) {
  const [arrival] = performance.getEntriesByType("navigation");
  if (arrival?.type === "back_forward" && history.state?.formKey) key.value = history.state.formKey;
  else history.replaceState({ ...history.state, formKey: key.value }, "");
}

// Counters under long texts.
function count(area) {
  const counter = document.getElementById(`${area.id}-count`);
  if (!counter) return;
  const most = Number(area.dataset.max);
  const length = [...area.value].length;
  counter.textContent = `${length} / ${most}`;
  counter.classList.toggle("over", length > most);
  area.setCustomValidity(length > most ? area.dataset.msgLong : "");
}
document.querySelectorAll("textarea[data-max]").forEach(count);
document.addEventListener("input", (event) => { if (event.target.matches?.("textarea[data-max]")) count(event.target); });

// Files: size and kind are checked before the upload; upload.js does it for those it lists.
export const filled = (pattern, text) => (pattern ?? "").replace("{}", text);

export function fault(input, file) {
  const kinds = (input.accept || "").split(",").map((one) => one.trim().toLowerCase()).filter((one) => one.startsWith("."));
  if (file.size > Number(input.dataset.maxBytes || Infinity)) return filled(input.dataset.msgBig, file.name);
  if (file.size === 0) return filled(input.dataset.msgEmpty, file.name);
  if (kinds.length && !kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) return filled(input.dataset.msgKind, file.name);
  return "";
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || "drop" in input.dataset) return;
  const text = [...input.files].map((file) => fault(input, file)).find(Boolean) ?? "";
  input.setCustomValidity(text);
  const field = input.closest(".field");
  field?.querySelectorAll(`.${errorsShownBy}`).forEach((one) => one.remove());
  field?.classList.toggle("bad", text !== "");
  if (text && field) {
    const line = document.createElement("p");
    line.className = `error ${errorsShownBy}`;
    line.setAttribute("role", "alert");
    line.textContent = text;
    field.append(line);
  }
});

// A page that asks is opened to be filled in: the keys start at what is wrong, else in the first field. Not on a phone, where
// the keyboard would cover the page.
function firstField() {
  if (document.activeElement !== document.body || location.hash || !matchMedia("(pointer: fine)").matches) return null;
  return document.querySelector("main form.sheetform[data-guard] :is(input:not([type=hidden], [type=file]), select, textarea):not([disabled], [readonly])");
}

(document.querySelector("[data-errors]") ?? firstField())?.focus({ preventScroll: !document.querySelector("[data-errors]") });
