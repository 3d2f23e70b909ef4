// Loaded before the first paint: tells the style sheets that scripts run.
document.documentElement.classList.add("js");

// What asks before it acts (data-confirm, data-ask-reason) waits for the script that asks, however slow the machine.
{
  let early = null;
  const hold = (event) => {
    const pressed = event.target.closest?.("a, button");
    if (!pressed?.closest("[data-confirm], [data-ask-reason]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    early = pressed;
  };
  document.addEventListener("click", hold, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("click", hold, true);
    early?.click();
  });
}
