// A form that is tried out shows at once the questions that an answer opens: the server, which keeps
// the conditions, is asked. Without JavaScript they come up when the form is sent.

import { offerRows } from "./offers.js";

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
    const { hidden, offers } = answer;
    offerRows(form, offers ?? {});
    form.elements.namedItem("hidden").value = hidden;
    showQuestions(form, new Set(hidden.split(" ")));
  });
}

// Only the questions that are asked for these answers are in sight; the others keep their text.
export function showQuestions(form, hidden) {
  let opened = null;
  const tables = new Set();
  for (const part of form.querySelectorAll("[data-question]")) {
    const hide = hidden.has(named(part));
    if (part.hidden && !hide) opened ??= part;
    if (part.hidden !== hide) tables.add(part.closest("[data-rows]"));
    part.hidden = hide;
  }
  for (const table of tables) table?.dispatchEvent(new Event("rows")); // its sums change
  return opened;
}

// The server knows a row by its number once something is typed into it.
function named(part) {
  const row = part.closest("[data-row]");
  return row && isBlank(row) ? part.dataset.blank : part.dataset.question;
}

function isBlank(row) {
  if (row.querySelector("[data-papers] li")) return false;
  return [...row.querySelectorAll("input, select, textarea")].every((input) =>
    ["checkbox", "radio"].includes(input.type) ? !input.checked : !input.value.trim(),
  );
}
