// A form that is tried out shows at once the questions that an answer opens: the server, which keeps
// the conditions, is asked. Without JavaScript they come up when the form is sent.

export function showAsked() {
  const form = document.querySelector("[data-asked]");
  let newest = 0;
  form?.addEventListener("change", async () => {
    const mine = ++newest;
    const body = new FormData(form);
    const response = await fetch(form.dataset.asked, { method: "POST", body }).catch(() => null);
    const answer = response?.ok ? await response.json().catch(() => null) : null;
    // Two changes at once are answered in any order: only what the last one opens is true.
    if (!answer || mine !== newest) return;
    const { hidden } = answer;
    form.elements.namedItem("hidden").value = hidden;
    showQuestions(form, new Set(hidden.split(" ")));
  });
}

// Only the questions that are asked for these answers are in sight; the others keep their text.
export function showQuestions(form, hidden) {
  let opened = null;
  for (const part of form.querySelectorAll("[data-question]")) {
    const hide = hidden.has(part.dataset.question);
    if (part.hidden && !hide) opened ??= part;
    part.hidden = hide;
  }
  return opened;
}
