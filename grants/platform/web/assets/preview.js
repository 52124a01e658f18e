// A look at a record beside its list: space on the link of a row shows the record's page without its
// forms, and space or Escape closes it again. Enter opens the page itself.

export function openPreview() {
  const dialog = document.querySelector("[data-preview]");
  if (!dialog) return;
  const body = dialog.querySelector("[data-preview-body]");
  document.querySelector("main").addEventListener("keydown", async (event) => {
    const row = event.target.closest(".data tbody a");
    if (event.key !== " " || !row) return;
    event.preventDefault();
    const response = await fetch(row.href).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = page.querySelector("main");
    for (const part of main.querySelectorAll("form, .page__actions, script")) part.remove();
    for (const part of main.querySelectorAll("[id]")) part.removeAttribute("id");
    body.replaceChildren(...main.childNodes);
    dialog.showModal();
    body.scrollTop = 0;
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("a, button, summary")) return;
    event.preventDefault();
    dialog.close();
  });
}
