// Mail merges: one box ticks them all; the progress page asks every two seconds how far it is, and loads anew at the end.
for (const all of document.querySelectorAll("[data-check-all]")) {
  const boxes = [...all.form.querySelectorAll(`input[type=checkbox][name="${all.dataset.checkAll}"]`)];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  all.form.addEventListener("change", show);
  show();
}

const watched = document.querySelector("[data-progress]");

async function look() {
  try {
    const answer = await fetch(watched.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.redirected) { location.reload(); return; } // logged out meanwhile
    if (answer.ok) {
      const now = await answer.json();
      for (const part of watched.querySelectorAll("[data-part]")) {
        const value = now[part.dataset.part];
        if (part.tagName === "PROGRESS") part.value = value;
        else if (part.textContent !== String(value)) part.textContent = value;
      }
      const idle = watched.querySelector("[data-idle]");
      if (idle) idle.hidden = !now.is_idle;
      if (now.ended) { location.reload(); return; }
    }
  } catch { /* the network may come back */ }
  setTimeout(look, 2000);
}

if (watched) setTimeout(look, 2000);
