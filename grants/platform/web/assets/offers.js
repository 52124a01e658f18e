// Rows of a table that other answers of the same page pick from. The server, which knows what a row
// is called, names them whenever the page is saved; without JavaScript a button saves it.

export function offerRows(form, offers) {
  const parts = [form, ...[...form.querySelectorAll("template")].map((one) => one.content)];
  for (const list of parts.flatMap((part) => [...part.querySelectorAll("[data-offers]")])) {
    const rows = offers[list.dataset.offers];
    if (!rows) continue;
    if (list.matches("select")) fill(list, rows);
    else tick(list, rows);
  }
}

// What is chosen stays in the list, whatever has become of its row.
function fill(list, rows) {
  const chosen = list.value;
  const codes = rows.map(([code]) => code);
  const kept = [...list.options].filter(({ value }) => !value || (value === chosen && !codes.includes(value)));
  list.replaceChildren(...kept, ...rows.map(([code, words]) => new Option(words, code)));
  list.value = chosen;
}

function tick(group, rows) {
  const boxes = new Map([...group.querySelectorAll("input")].map((box) => [box.value, box]));
  const { name } = group.dataset;
  for (const [code, words] of rows) {
    const label = boxes.get(code)?.nextElementSibling ?? boxFor(group, name, code);
    label.textContent = words;
    boxes.delete(code);
  }
  for (const box of boxes.values()) if (!box.checked) box.parentElement.remove();
}

function boxFor(group, name, code) {
  const item = document.createElement("div");
  const box = document.createElement("input");
  const label = document.createElement("label");
  const id = `${name}-row-${code}`;
  item.className = "govuk-checkboxes__item";
  label.className = "govuk-label govuk-checkboxes__label";
  label.htmlFor = id;
  Object.assign(box, { type: "checkbox", className: "govuk-checkboxes__input", id, name, value: code });
  item.append(box, label);
  group.append(item);
  return label;
}
