// Files: dropped or chosen, listed with their sizes, each removable before it travels. With data-upload they
// travel one by one with a progress bar, and one that is refused does not stop the others; else they go with their form.
import { fault, filled } from "./forms.js";
import { made } from "./made.js";

const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

function give(input, files) {
  const kept = new DataTransfer();
  files.forEach((file) => kept.items.add(file));
  input.files = kept.files;
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const most = Number(input.dataset.totalBytes || Infinity);
  const faulty = files.map((file) => fault(input, file)).find(Boolean) ?? "";
  input.setCustomValidity(faulty || (total > most ? filled(input.dataset.msgTotal, most / 1048576) : ""));
}

class Box {
  constructor(input) {
    this.input = input;
    this.rows = new Map();
    this.kept = 0;
    this.area = made("div", "drop");
    this.list = made("ul", "picked");
    this.list.setAttribute("aria-live", "polite");
    input.before(this.area);
    this.area.append(made("p", "sub", input.dataset.drop), input);
    this.area.after(this.list);
    for (const kind of ["dragover", "dragleave", "drop"]) this.area.addEventListener(kind, (event) => this.drag(event));
    input.addEventListener("change", () => this.show([...input.files]));
    if (input.dataset.upload) input.form.addEventListener("submit", (event) => this.send(event));
  }

  drag(event) {
    event.preventDefault();
    this.area.classList.toggle("over", event.type === "dragover");
    if (event.type !== "drop") return;
    const known = this.input.multiple ? [...this.input.files] : [];
    const fresh = [...event.dataTransfer.files].filter((file) => !known.some((one) => one.name === file.name && one.size === file.size));
    this.show(this.input.multiple ? [...known, ...fresh] : fresh.slice(-1));
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show(files) {
    give(this.input, files);
    this.rows.clear();
    this.list.replaceChildren(...files.map((file) => this.row(file)));
    const field = this.input.closest(".field");
    field?.querySelectorAll(".js-error").forEach((one) => one.remove());
    field?.classList.toggle("bad", !this.input.validity.valid);
  }

  row(file) {
    const line = made("li");
    const note = made("span", "sub", size(file.size));
    const wrong = fault(this.input, file);
    line.append(made("span", "name", file.name), note);
    if (wrong) line.append(made("span", "error", wrong));
    const remove = made("button", "btn small", "✕");
    remove.type = "button";
    remove.setAttribute("aria-label", filled(this.input.dataset.msgRemove, file.name));
    remove.addEventListener("click", () => {
      this.show([...this.input.files].filter((one) => one !== file));
      this.input.focus();
    });
    line.append(remove);
    this.rows.set(file, { line, note, remove });
    return line;
  }

  async send(event) {
    const files = [...this.input.files];
    if (event.defaultPrevented || files.length === 0) return;
    event.preventDefault();
    const button = this.input.form.querySelector("[type=submit]");
    button.disabled = true;
    const left = [];
    for (const file of files) {
      const isLast = file === files.at(-1) && left.length === 0;
      if (await this.travel(file, isLast)) this.kept += 1;
      else left.push(file);
    }
    this.input.form.classList.remove("busy");
    button.disabled = false;
    delete this.input.form.dataset.dirty;
    if (left.length === 0) location.assign(this.input.form.querySelector(".formfoot a").href);
    else give(this.input, left);
  }

  // With the last of them the server is told how many were kept in all, and says so on the next page.
  travel(file, isLast) {
    const { line, note, remove } = this.rows.get(file);
    const bar = made("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.querySelectorAll(".error, progress").forEach((one) => one.remove());
    line.append(bar);
    const body = new FormData();
    body.append("attachments", file);
    body.append("purpose", this.input.form.elements.purpose?.value ?? "");
    if (isLast) body.append("kept", this.kept + 1);
    body.append("csrf_token", this.input.form.elements.csrf_token.value);
    const going = new XMLHttpRequest();
    going.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    return new Promise((resolve) => {
      going.addEventListener("loadend", () => {
        bar.remove();
        const said = this.answer(going);
        if (said.kept) { note.textContent = `${size(file.size)} · ${this.input.dataset.msgKept}`; remove.remove(); }
        else line.append(made("span", "error", said.text));
        resolve(said.kept);
      });
      going.open("POST", this.input.dataset.upload);
      going.send(body);
    });
  }

  answer(going) {
    try {
      const said = JSON.parse(going.responseText);
      return { kept: said.kept.length > 0, text: said.refused.join(" ") };
    } catch {
      return { kept: false, text: this.input.dataset.msgFailed };
    }
  }
}

document.querySelectorAll("input[type=file][data-drop]").forEach((input) => new Box(input));
// A file dropped beside the area would replace the page and what is typed in it.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => { if (document.querySelector(".drop")) event.preventDefault(); });
