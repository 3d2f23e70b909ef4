// Asks before what cannot be undone. data-confirm="sentence" or data-ask-reason="sentence" on a button, a form or a link.
// The dialog stands in the page (templates/dialog.html). An answer adds confirmed=yes and, where asked, reason=….
const dialog = document.getElementById("ask");
let pending = null;
let lastReason = "";

function words(element) {
  return element?.dataset?.askReason ?? element?.dataset?.confirm;
}

function open(asker, proceed) {
  const form = dialog.querySelector("form");
  const reason = form.elements.reason;
  const asksReason = "askReason" in asker.dataset;
  form.reset();
  dialog.querySelector("[data-text]").textContent = words(asker);
  dialog.querySelector("[data-reason]").hidden = !asksReason;
  reason.disabled = !asksReason;
  // One export after another from the same page (Word, then Excel): the reason given before stands there again.
  if (asksReason && asker.matches("a")) reason.value = lastReason;
  const ok = form.elements.ok;
  ok.textContent = asker.dataset.confirmLabel || ok.dataset.label;
  ok.classList.toggle("no", asker.matches(".no, [data-danger]"));
  pending = { asker, proceed, back: document.activeElement };
  dialog.showModal();
  (asksReason ? reason : form.elements.cancel).focus();
}

function put(form, name, value) {
  let field = form.querySelector(`input[type="hidden"][name="${name}"]`);
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form.append(field);
  }
  field.value = value;
}

document.addEventListener("submit", (event) => {
  if (event.target === dialog.firstElementChild) return;
  const form = event.target;
  const asker = [event.submitter, form].find((one) => words(one) !== undefined);
  if (!asker || form.dataset.answered === "yes") { delete form.dataset.answered; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  open(asker, (reason) => {
    put(form, "confirmed", "yes");
    if (reason !== null) put(form, "reason", reason);
    form.dataset.answered = "yes";
    form.requestSubmit(submitter);
  });
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-confirm], a[data-ask-reason]");
  if (!link) return;
  event.preventDefault();
  open(link, (reason) => {
    const url = new URL(link.href);
    url.searchParams.set("confirmed", "yes");
    if (reason !== null) url.searchParams.set("reason", (lastReason = reason));
    location.assign(url);
  });
});

dialog.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const reason = event.target.elements.reason;
  const { proceed, back } = pending;
  dialog.close();
  back?.focus();
  proceed(reason.disabled ? null : reason.value.trim());
});

dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => { pending?.back?.focus(); pending = null; });
