// What every page does: the theme, links into the Airflow that serves it, charts, files that a script asks for.
(function () {
  "use strict";
  var root = document.documentElement;
  var base = new URL("..", document.currentScript.src).href;
  var waiting = {};

  // A browser loads no data from a folder, but scripts: a file of data is a script that calls `shelduck.data`.
  window.shelduck = {
    language: root.lang === "zh-Hans" ? "zh" : "en",
    base: base,
    data: function (name, value) { if (waiting[name]) waiting[name].found(value); },
    load: function (name) {
      if (!waiting[name]) {
        var entry = waiting[name] = {};
        entry.promise = new Promise(function (found, failed) {
          entry.found = found;
          var script = document.createElement("script");
          script.src = base + name;
          script.onerror = function () { delete waiting[name]; failed(new Error(name)); };
          document.head.appendChild(script);
        });
      }
      return waiting[name].promise;
    }
  };

  function theme() {
    var button = document.querySelector("[data-toggle=theme]");
    if (!button) return;
    var dark = window.matchMedia("(prefers-color-scheme: dark)");
    function isDark() { return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches; }
    function tell() { button.setAttribute("aria-pressed", String(isDark())); }
    button.hidden = false;
    button.addEventListener("click", function () {
      root.dataset.theme = isDark() ? "light" : "dark";
      try { localStorage.setItem("shelduck-theme", root.dataset.theme); } catch (refused) { /* not remembered */ }
      tell();
    });
    dark.addEventListener("change", tell);
    tell();
  }

  // Airflow shows the site in a frame that may not leave it; the page around it, of the same origin, may.
  function outside(event) {
    if (window.top === window) return;
    try {
      var around = window.top.document, link = around.createElement("a");
      link.href = event.currentTarget.href;
      around.body.append(link);
      event.preventDefault();
      link.click();
      link.remove();
    } catch (refused) { /* a frame of another origin: the browser decides */ }
  }

  // Served by Airflow at …/shelduck/site/…, what stands for one of its pages becomes a link.
  function airflow() {
    var place = location.protocol.indexOf("http") === 0 ? location.pathname.indexOf("/shelduck/site/") : -1;
    if (place < 0) return;
    document.querySelectorAll("[data-airflow]").forEach(function (text) {
      var link = document.createElement("a");
      link.href = location.pathname.slice(0, place) + "/" + text.dataset.airflow;
      link.target = "_top";
      link.addEventListener("click", outside);
      link.append.apply(link, Array.from(text.childNodes));
      text.replaceWith(link);
    });
  }

  function charts() {
    if (!window.vegaEmbed) return;
    var months = Array.from({ length: 12 }, function (_, number) { return number + 1 + "月"; });
    var days = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];
    var chinese = {
      dateTime: "%Y年%-m月%-d日 %H:%M", date: "%Y/%-m/%-d", time: "%H:%M", periods: ["上午", "下午"],
      days: days, shortDays: days, months: months, shortMonths: months
    };
    document.querySelectorAll(".chart").forEach(function (place) {
      var spec = JSON.parse(place.parentElement.querySelector("script.spec").textContent);
      var options = {
        mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
        tooltip: { disableDefaultStyle: true }
      };
      if (window.shelduck.language === "zh") options.timeFormatLocale = chinese;
      window.vegaEmbed(place, spec, options).then(function () { place.dataset.drawn = "true"; });
    });
  }

  function current() {
    var link = document.querySelector("nav [aria-current]"), bar = link && link.closest("nav");
    if (bar) bar.scrollLeft = link.offsetLeft + link.offsetWidth / 2 - bar.clientWidth / 2;
  }

  window.shelduck.airflow = airflow;
  theme();
  current();
  airflow();
  charts();
})();
