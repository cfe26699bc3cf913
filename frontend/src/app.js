// One bundle for every page. Each part looks for its own data attributes and does nothing else;
// htmx calls them again for what it has swapped in.
import htmx from "htmx.org/dist/htmx.esm.js";

import * as charts from "./parts/charts.js";
import * as choices from "./parts/choices.js";
import * as copy from "./parts/copy.js";
import * as dialogs from "./parts/dialogs.js";
import * as drafts from "./parts/drafts.js";
import * as echoes from "./parts/echoes.js";
import * as files from "./parts/files.js";
import * as grid from "./parts/grid.js";
import * as maps from "./parts/maps.js";
import * as match from "./parts/match.js";
import * as menus from "./parts/menus.js";
import * as next from "./parts/next.js";
import * as notes from "./parts/notes.js";
import * as position from "./parts/position.js";
import * as search from "./parts/search.js";
import * as theme from "./parts/theme.js";

const parts = [
  charts, choices, copy, dialogs, drafts, echoes, files, grid, maps, match, menus, next, notes,
  position, search, theme,
];

window.htmx = htmx;
for (const part of parts) part.once?.(htmx);
htmx.onLoad((root) => {
  for (const part of parts) part.start?.(root);
});
