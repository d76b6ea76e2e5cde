// The page begins here: every part subscribes to what it shows, then the connection opens.

import { startComposer } from "./composer.js";
import { startDrawer } from "./drawer.js";
import { startLog } from "./log.js";
import { startMembers } from "./members.js";
import { startModals } from "./modal.js";
import { startSidebar } from "./sidebar.js";
import { connect, look, NARROW, state, subscribe, view } from "./store.js";
import { keepRelativeTimes } from "./times.js";
import { startTopbar } from "./topbar.js";

startTopbar();
startSidebar();
startLog();
startComposer();
startMembers();
startDrawer();
startModals();
keepRelativeTimes();

const offline = document.querySelector(".offline");
subscribe(["online"], () => {
  offline.hidden = state.online;
  offline.textContent = state.online ? "" : "The sandbox does not answer. Trying again…";
});
const closeDrawers = () => NARROW.matches && (view.nav || view.members) && look({ nav: false, members: false });
document.querySelector(".scrim").addEventListener("click", closeDrawers);
document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && closeDrawers());
NARROW.addEventListener("change", () => look({ nav: false, members: !NARROW.matches }));
connect();
