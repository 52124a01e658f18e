// A long list of statements in steps: first the question, then what about it, then what is said of
// that. Without JavaScript the list has the questions as headings.

export function narrowLists() {
  for (const list of document.querySelectorAll("select[data-first]")) narrow(list);
  for (const table of document.querySelectorAll("[data-rows]")) {
    table.addEventListener("rows", () => {
      for (const list of table.querySelectorAll("tbody select[data-first]")) narrow(list);
    });
  }
}

function narrow(list) {
  const groups = [...list.querySelectorAll("optgroup")];
  if (list.dataset.narrowed || groups.length < 2) return;
  list.dataset.narrowed = "yes";
  const question = before(list, "first", list.dataset.first);
  const sections = groups.map((group) => group.dataset.section);
  fill(question, groups.map((group) => group.label), list.options[0].text, sections);
  const about = list.dataset.about ? before(list, "about", list.dataset.about) : null;
  follow();
  // Text of this device that is put back chooses in the list alone: the menus before it follow.
  list.form?.addEventListener("input", ({ target }) => {
    if (target === list.form) follow();
  });
  question.addEventListener("change", () => {
    offer();
    choose(options());
  });
  about?.addEventListener("change", () => {
    show();
    choose(options());
  });
  list.addEventListener("change", askRest);

  // The menus before the list say what is chosen in it.
  function follow() {
    const chosen = list.selectedOptions[0];
    question.value = groups.indexOf(chosen?.parentElement);
    if (question.selectedIndex < 0) question.value = "";
    offer(chosen?.dataset.about);
  }

  // What there is about the question: one thing is no choice.
  function offer(named = "") {
    if (about) {
      const names = [...new Set(ofQuestion().map((option) => option.dataset.about))];
      fill(about, names, list.options[0].text);
      about.value = names.length === 1 ? 0 : Math.max(-1, names.indexOf(named));
      if (about.selectedIndex < 0) about.value = "";
      frameOf(about).hidden = names.length < 2;
    }
    show();
  }

  function ofQuestion() {
    return [...(groups[question.value || -1]?.children ?? [])];
  }

  function options() {
    const name = about?.selectedOptions[0]?.value ? about.selectedOptions[0].text : null;
    if (about && name === null) return [];
    const said = new Set(); // the fund's part of a budget can be named in two ways: once is enough
    return ofQuestion().filter((option) => {
      if (name !== null && option.dataset.about !== name) return false;
      return option.selected || (!said.has(option.text) && said.add(option.text));
    });
  }

  function show() {
    const offered = new Set(options());
    for (const option of list.querySelectorAll("optgroup option")) option.hidden = !offered.has(option);
    for (const group of groups) group.hidden = ![...group.children].some((o) => offered.has(o));
    list.disabled = !offered.size;
    askRest();
  }

  function choose(offered) {
    list.value = offered.length === 1 ? offered[0].value : "";
    list.dispatchEvent(new Event("input", { bubbles: true }));
    askRest();
  }

  // Only the boxes that the statement has a place for.
  function askRest() {
    const takes = list.selectedOptions[0]?.dataset.takes;
    if (takes === undefined) return;
    const row = list.closest("[data-row]");
    for (const cell of row?.querySelectorAll("[data-column]") ?? []) {
      if (cell.contains(list)) continue;
      cell.hidden = !takes.split(" ").includes(cell.dataset.column);
    }
  }
}

// Another list before this one, with a label of its own.
function before(list, name, text) {
  const added = document.createElement("select");
  added.className = "govuk-select";
  added.id = `${list.id}-${name}`;
  const label = document.createElement("label");
  label.className = "govuk-label";
  label.htmlFor = added.id;
  label.textContent = text;
  const frame = document.createElement("div");
  frame.className = "govuk-form-group";
  frame.append(label, added);
  frameOf(list).before(frame);
  return added;
}

function frameOf(list) {
  return list.closest(".govuk-form-group");
}

// Names in their order, each below its section where it has one.
function fill(list, names, blank, sections = []) {
  const parts = new Map([["", list], [undefined, list]]);
  list.replaceChildren(new Option(blank, ""));
  for (const [place, name] of names.entries()) {
    const section = sections[place];
    if (!parts.has(section)) {
      parts.set(section, Object.assign(document.createElement("optgroup"), { label: section }));
      list.append(parts.get(section));
    }
    parts.get(section).append(new Option(name, place));
  }
}
