// Starts what the pages of people who have signed in need; every page works without any of it.

import { showAsked } from "./asked.js";
import { keepDrafts } from "./autosave.js";
import { dragQuestions, openNarrow } from "./drag.js";
import { openFinder } from "./finder.js";
import { listenForKeys } from "./keys.js";
import { warnOfTheEnd } from "./lasting.js";
import { addMarks } from "./marks.js";
import { startParts, startSmall } from "./page.js";
import { narrowLists } from "./narrow.js";
import { showParts } from "./parts.js";
import { askForPasskeys } from "./passkeys.js";
import { openPreview } from "./preview.js";
import { pickRows } from "./picks.js";
import { addRows } from "./rows.js";
import { foldRail } from "./small.js";
import { addTotals } from "./totals.js";
import { uploadFiles } from "./uploads.js";

startParts();
addRows();
narrowLists();
pickRows();
addTotals();
addMarks();
showParts();
uploadFiles();
keepDrafts();
showAsked();
startSmall();
foldRail();
dragQuestions();
openNarrow();
askForPasskeys();
warnOfTheEnd();
listenForKeys();
openFinder();
openPreview();
