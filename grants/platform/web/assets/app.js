// Starts what a page needs; every page works without any of it.

import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "./govuk-frontend.js";
import { keepDrafts } from "./autosave.js";
import { addTotals } from "./totals.js";
import { addMarks } from "./marks.js";
import { dragQuestions } from "./drag.js";
import { addRows } from "./rows.js";
import { pickRows } from "./picks.js";
import { askForPasskeys } from "./passkeys.js";
import { warnOfTheEnd } from "./lasting.js";
import {
  closeMenus,
  copyButtons,
  foldRail,
  nameStackedTables,
  renewParts,
  scrollRegions,
  submitOnce,
} from "./small.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

// Characters are Unicode code points in NFC, as the server counts them.
class CodePoints extends CharacterCount {
  updateCount() {
    this.count = [...this.$textarea.value.trim().normalize("NFC")].length;
  }
}

for (const component of [
  Button,
  CodePoints,
  Checkboxes,
  ErrorSummary,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
]) {
  createAll(component);
}

addRows();
pickRows();
addTotals();
addMarks();
keepDrafts();
submitOnce();
copyButtons();
closeMenus();
foldRail();
nameStackedTables();
scrollRegions();
renewParts();
dragQuestions();
askForPasskeys();
warnOfTheEnd();
