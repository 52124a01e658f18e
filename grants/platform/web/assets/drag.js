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
