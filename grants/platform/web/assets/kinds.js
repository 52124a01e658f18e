// In a row that has a kind, such as a column of a table, only the settings of this kind are shown.

export function showSettings() {
  for (const table of document.querySelectorAll("[data-rows]:has([data-for-kinds])")) {
    show(table);
    for (const event of ["change", "rows", "input"]) table.addEventListener(event, () => show(table));
  }
}

function show(table) {
  for (const cell of table.querySelectorAll("tbody [data-for-kinds]")) {
    const kind = cell.closest("[data-row]").querySelector("[data-column=kind] select")?.value;
    cell.hidden = !cell.dataset.forKinds.split(" ").includes(kind);
  }
}
