// The parts of a case beside a form, one at a time. Without a script they stand one below the
// other, and the tabs lead to them.

export function showParts() {
  for (const area of document.querySelectorAll("[data-parts]")) start(area);
}

function start(area) {
  const tabs = [...area.querySelectorAll(".tabs__tab")];
  const partOf = (tab) => area.querySelector(tab.getAttribute("href"));
  const choose = (chosen) => {
    for (const tab of tabs) {
      const is = tab === chosen;
      if (is) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
      partOf(tab).hidden = !is;
    }
  };
  for (const tab of tabs) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(tab);
      area.parentElement.scrollTop = 0;
    });
  }
  const linked = tabs.find((tab) => tab.getAttribute("href") === location.hash);
  choose(linked ?? tabs[0]);
}
