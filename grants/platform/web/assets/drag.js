// Questions of a form are dragged to their place; buttons do the same without a mouse or script.

export function dragQuestions() {
  const form = document.querySelector("form[data-dragging]");
  if (!form) return;
  let dragged = "";
  for (const part of document.querySelectorAll("[data-drag]")) {
    part.draggable = true;
    part.addEventListener("dragstart", (event) => {
      dragged = part.dataset.drag;
      event.dataTransfer.effectAllowed = "move";
    });
  }
  for (const target of document.querySelectorAll("[data-drop-into]")) {
    target.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      mark(event.target.closest("[data-drag]"));
    });
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      const before = event.target.closest("[data-drag]")?.dataset.drag ?? "";
      if (dragged && before !== dragged) send(form, dragged, target.dataset.dropInto, before);
    });
  }
  document.addEventListener("dragend", () => mark(null));
}

function mark(part) {
  for (const other of document.querySelectorAll(".built__question--target")) {
    other.classList.remove("built__question--target");
  }
  part?.classList.add("built__question--target");
}

function send(form, question, into, before) {
  form.elements.question.value = question;
  form.elements.into.value = into;
  form.elements.before.value = before;
  form.submit();
}

// A link to a page as a telephone shows it: in a window as narrow as one.
export function openNarrow() {
  for (const link of document.querySelectorAll("a[data-narrow]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(link.href, "_blank", "popup,noopener,width=360,height=740");
    });
  }
}

// Sections that were opened stay so in this window; what the address names is opened too.
export function rememberOpened() {
  const parts = [...document.querySelectorAll("details[data-opened]")];
  const place = `opened ${location.pathname}`;
  const kept = (sessionStorage.getItem(place) ?? "").split(" ");
  const named = document.getElementById(location.hash.slice(1))?.closest("details");
  for (const part of parts) {
    if (part === named || kept.includes(part.dataset.opened)) part.open = true;
    part.addEventListener("toggle", () => {
      const open = parts.filter((one) => one.open).map((one) => one.dataset.opened);
      sessionStorage.setItem(place, open.join(" "));
    });
  }
}
