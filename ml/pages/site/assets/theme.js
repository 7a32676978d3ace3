// Runs before the page is drawn, so that a chosen theme does not flash: the reader's choice, or else the system's.
(function () {
  "use strict";
  try {
    var chosen = localStorage.getItem("shelduck-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch (refused) { /* storage is off: the system's theme */ }
})();
