// Starts what the pages of visitors need; every page works without any of it.

import { startParts, startSmall } from "./page.js";
import { askForPasskeys } from "./passkeys.js";

startParts();
startSmall();
askForPasskeys();
if (document.querySelector("[data-rows]")) {
  import("./rows.js").then(({ addRows }) => addRows());
  import("./totals.js").then(({ addTotals }) => addTotals());
}
if (document.querySelector("form[data-kept], meta[name=draft-saved]")) {
  import("./autosave.js").then(({ keepDrafts }) => keepDrafts());
}
