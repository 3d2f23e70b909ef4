// Search as you type (ARIA combobox). <input data-lookup="/…/?q="> asks the server.
// Answers: [{"id": …, "text": …, "sub": …}] or [[id, text]]. Safe while an input method composes Chinese.
const quiet = 180;
const words = document.getElementById("lookup-words").dataset;
// Text and choice of a page gone back to or loaded again were put there together by the browser.
const isFresh = performance.getEntriesByType("navigation")[0]?.type === "navigate";
let serial = 0;

function asChoice(row) {
  return Array.isArray(row) ? { id: String(row[0]), text: row[1] } : { ...row, id: String(row.id) };
}

function fromServer(url) {
  let running = null;
  return async (wanted) => {
    running?.abort();
    running = new AbortController();
    const answer = await fetch(url + encodeURIComponent(wanted), { headers: { Accept: "application/json" }, signal: running.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const body = await answer.json();
    return (Array.isArray(body) ? body : body.results).map(asChoice);
  };
}

class Lookup {
  constructor(input, search, take, label) {
    Object.assign(this, { input, search, take, label, choices: [], at: -1 });
    const id = `listbox-${++serial}`;
    this.list = Object.assign(document.createElement("ul"), { id, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label());
    this.said = Object.assign(document.createElement("span"), { className: "sr" });
    this.said.setAttribute("role", "status");
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", id]]) input.setAttribute(name, value);
    input.autocomplete = "off";
    input.after(this.list, this.said);
    input.addEventListener("input", (event) => { if (!event.isComposing) this.later(); });
    input.addEventListener("compositionend", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("click", () => { if (this.list.hidden) this.ask(); });
    input.addEventListener("blur", () => this.shut());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.at));
    });
    // On a slow machine the typing begins before this script does.
    if (document.activeElement === input && input.value !== (input.dataset.chosen ?? "")) this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), quiet);
  }

  async ask() {
    const wanted = this.input.dataset.chosen === this.input.value ? "" : this.input.value.trim();
    try {
      this.choices = await this.search(wanted);
      this.show();
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.choices = [];
      this.show(words.failed);
    }
  }

  show(sentence = words.none) {
    if (document.activeElement !== this.input) return;
    this.at = -1;
    this.list.replaceChildren(...this.choices.map((choice, at) => this.option(choice, at)));
    if (this.choices.length === 0) {
      const none = Object.assign(document.createElement("li"), { className: "none", textContent: sentence });
      none.setAttribute("role", "presentation");
      this.list.append(none);
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.input.removeAttribute("aria-activedescendant");
    this.said.textContent = this.choices.length ? words.count.replace("{}", this.choices.length) : sentence;
  }

  option(choice, at) {
    const item = Object.assign(document.createElement("li"), { id: `${this.list.id}-${at}`, textContent: choice.text });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.at = at;
    if (choice.sub) item.append(Object.assign(document.createElement("span"), { className: "sub", textContent: choice.sub }));
    return item;
  }

  move(to) {
    if (this.choices.length === 0) return;
    this.at = (to + this.choices.length) % this.choices.length;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.at)));
    const item = this.list.children[this.at];
    item.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", item.id);
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const shown = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (shown) this.move(event.key === "ArrowDown" ? this.at + 1 : this.at < 0 ? -1 : this.at - 1);
      else this.ask();
    } else if (event.key === "Enter" && shown) {
      event.preventDefault();
      if (this.at >= 0) this.choose(this.at);
      else if (this.choices.length === 1) this.choose(0);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      event.stopPropagation();
      this.shut();
    } else if (event.key === "Tab" && shown && this.at >= 0) {
      this.choose(this.at);
    }
  }

  choose(at) {
    this.take(this.choices[at]);
    this.shut();
  }

  shut() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function tell(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function labelFor(input) {
  return () => document.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.textContent.trim() ?? "";
}

// The text alone is no answer: nothing chosen and nothing empty is an error that the form says itself.
function keepHonest(input, hidden) {
  input.dataset.chosen = hidden.value ? (isFresh ? input.defaultValue : input.value) : "";
  const judge = () => {
    if (input.value === input.dataset.chosen) return;
    hidden.value = "";
    input.setCustomValidity(input.value.trim() ? words.pick : "");
  };
  input.addEventListener("input", judge);
  judge();
}

function single(input) {
  const hidden = input.closest(".lookup").querySelector('input[type="hidden"]');
  keepHonest(input, hidden);
  return new Lookup(input, fromServer(input.dataset.lookup), (choice) => {
    input.value = choice.text;
    input.dataset.chosen = choice.text;
    input.setCustomValidity("");
    hidden.value = choice.id;
    tell(hidden);
  }, labelFor(input));
}

function pick(list, name, choice) {
  if ([...list.querySelectorAll("input")].some((one) => one.value === choice.id)) return;
  const item = document.createElement("li");
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value: choice.id });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
  button.setAttribute("aria-label", words.remove.replace("{}", choice.text));
  item.append(choice.text, hidden, button);
  list.append(item);
  return hidden;
}

function multiple(input) {
  const list = input.closest(".field").querySelector(".picks");
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    button.closest("li").remove();
    input.focus();
    tell(input);
  });
  return new Lookup(input, fromServer(input.dataset.lookup), (choice) => {
    const hidden = pick(list, input.dataset.multiple, choice);
    input.value = "";
    if (hidden) tell(hidden);
  }, labelFor(input));
}

export function enhance(root) {
  root.querySelectorAll("input[data-lookup]:not([role])").forEach((input) => ("multiple" in input.dataset ? multiple(input) : single(input)));
}

enhance(document);
