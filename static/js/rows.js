// Rows of one form inside another: "add" copies the template with the next number, "remove" takes a row away.
import { enhance } from "./lookup.js";

document.addEventListener("click", (event) => {
  const add = event.target.closest?.("[data-add-row]");
  const remove = event.target.closest?.("[data-remove-row]");
  if (add) {
    const box = add.closest("[data-rows]");
    const next = Number(box.dataset.next);
    const shell = document.createElement("div");
    shell.innerHTML = box.querySelector("template").innerHTML.replaceAll("__row__", String(next));
    const row = shell.firstElementChild;
    box.dataset.next = String(next + 1);
    box.querySelector(".subrows").append(row);
    enhance(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else if (remove) {
    const box = remove.closest("[data-rows]");
    remove.closest(".subrow").remove();
    box.querySelector("[data-add-row]").focus();
  } else return;
  const form = event.target.closest("form");
  if (form?.hasAttribute("data-guard")) form.dataset.dirty = "yes";
});
