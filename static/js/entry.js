// The line of the next visitor: Enter notes him without leaving the page, then an empty line waits.
const form = document.querySelector("form[data-line]");
const error = form?.querySelector("[data-error]");

function show(text, field) {
  error.textContent = text;
  error.hidden = text === "";
  for (const input of form.elements) input.removeAttribute?.("aria-invalid");
  const wrong = field ? form.elements[field] : null;
  if (!wrong?.focus) return;
  wrong.setAttribute("aria-invalid", "true");
  wrong.focus();
}

async function note(event) {
  event.preventDefault();
  if (form.dataset.waiting) return;
  form.dataset.waiting = "yes";
  const answer = await fetch(form.dataset.line, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  delete form.dataset.waiting;
  if (!answer?.ok || !said) { show(said?.message ?? form.dataset.failed, said?.field ?? "visitor"); return; }
  document.getElementById("visitors").innerHTML = said.html;
  form.querySelector("[data-said]").textContent = said.message;
  form.reset();
  delete form.dataset.dirty;
  show("", "");
  form.elements.visitor.focus({ preventScroll: true });
}

form?.addEventListener("submit", note);
