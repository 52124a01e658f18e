// Adds and removes rows of a table without a round trip; without JavaScript the buttons post.

export function addRows() {
  for (const table of document.querySelectorAll("[data-rows]")) {
    choices(table);
    table.addEventListener("paste", (event) => paste(table, event));
    table.addEventListener("click", (event) => {
      const button = event.target.closest("[data-add], [data-remove]");
      if (!button) return;
      const { form } = button; // a removed button has none
      event.preventDefault();
      if (button.matches("[data-add]")) add(table);
      else remove(table, button.closest("[data-row]"));
      table.dispatchEvent(new Event("rows"));
      form?.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

// A new row offers what the first one does: long lists of choices come with the page once.
function choices(table) {
  const lists = table.querySelector("tbody").rows[0]?.querySelectorAll("select") ?? [];
  table.querySelector("template")?.content.querySelectorAll("select").forEach((list, place) => {
    if (list.children.length || !lists[place]) return;
    list.append(...[...lists[place].children].map((choice) => choice.cloneNode(true)));
    for (const chosen of list.querySelectorAll("[selected]")) chosen.removeAttribute("selected");
  });
}

function add(table) {
  const body = table.querySelector("tbody");
  if (body.rows.length >= Number(table.dataset.most)) return;
  const used = [...body.querySelectorAll("[data-remove]")].map((button) => Number(button.value));
  const next = Math.max(-1, ...used, Number(table.dataset.next) - 1) + 1;
  table.dataset.next = next + 1; // no other row gets the number of one that was removed
  const row = table.querySelector("template").content.querySelector("tr").cloneNode(true);
  for (const element of row.querySelectorAll("*")) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__n__")) {
        attribute.value = attribute.value.replaceAll("__n__", next);
      }
    }
  }
  row.querySelector("[data-remove]").value = next;
  body.append(row);
  row.querySelector("input, select, textarea").focus();
  bound(table);
  announce(table, table.dataset.added);
}

function remove(table, row) {
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  if (row.querySelector("[data-papers]")) forgetFiles(table, row);
  row.remove();
  bound(table);
  (neighbour?.querySelector("[data-remove]") ?? table.querySelector("[data-add]")).focus();
  announce(table, table.dataset.removed);
}

// The server takes the files of a removed row off with it.
function forgetFiles(table, row) {
  const { value } = row.querySelector("[data-remove]");
  const gone = { name: `${table.dataset.rows}-gone`, value, hidden: true };
  table.append(Object.assign(document.createElement("input"), gone));
}

// As many rows as there may be: no button for more, and a line that says why.
function bound(table) {
  const full = table.querySelector("tbody").rows.length >= Number(table.dataset.most);
  for (const button of table.querySelectorAll("[data-add]")) button.hidden = full;
  for (const line of table.querySelectorAll("[data-full]")) line.hidden = !full;
}

// Cells copied from a spreadsheet: from the box in which they are pasted to the right and down.
// Choices are found by their words. Rows are added as far as there may be.
function paste(table, event) {
  const text = event.clipboardData?.getData("text") ?? "";
  const start = event.target.closest("[data-row]");
  if (!start || !/[\t\n]/.test(text.trim()) || event.target.matches("textarea")) return;
  event.preventDefault();
  const at = boxes(start).indexOf(event.target);
  const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n");
  let row = start;
  for (const [place, line] of lines.entries()) {
    if (place) row = following(table, row);
    if (!row) break;
    fill(boxes(row).slice(at), line.split("\t"));
  }
  event.target.focus();
  table.dispatchEvent(new Event("rows"));
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
}

function boxes(row) {
  return [...row.querySelectorAll("input:not([type=hidden]), select, textarea")];
}

function following(table, row) {
  const next = row.nextElementSibling;
  if (next || !table.querySelector("template")) return next;
  add(table);
  return row.nextElementSibling;
}

function fill(inputs, texts) {
  for (const [place, text] of texts.entries()) {
    const box = inputs[place];
    if (box) box.value = box.matches("select") ? choice(box, text) : text.trim();
  }
}

function choice(list, text) {
  const words = text.trim().toLowerCase();
  const fitting = [...list.options].find((o) => o.text.trim().toLowerCase() === words);
  return (fitting ?? list.selectedOptions[0])?.value ?? "";
}

function announce(table, text) {
  table.querySelector("[data-announce]").textContent = text;
}
