// Search fields, and what they find. Whatever comes from data becomes text, never markup. An address ends in
// #<look-up>=<id or words>, so that a record can be linked to, and "back" leads to the one before.
(() => {
  "use strict";
  const { language } = window.shelduck;
  const { record, named, matching, visible, has } = window.shelduck.records;
  const SHOWN = 50;
  const LONGEST = 200;
  const WHOLE = 12; // letters of a text that is not broken, such as a day
  const SAID = {
    en: {
      loading: "Loading…", failed: "The records could not be loaded: is the folder complete?", found: "Found: {title}",
      matches: "{number} names match", first: "{number} names match; the first {shown} are shown", more: "More about rank {rank}",
      details: "Details", source: "Where these rows come from", copy: "Copy", copied: "Copied", none: "none",
    },
    zh: {
      loading: "正在加载…", failed: "无法加载记录：文件夹是否完整？", found: "已找到：{title}",
      matches: "有 {number} 个名称匹配", first: "有 {number} 个名称匹配，显示前 {shown} 个", more: "第 {rank} 名的详情",
      details: "详情", source: "这些行的来源", copy: "复制", copied: "已复制", none: "无",
    },
  }[language];
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (has(values, name) ? values[name] : all));

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function data(value) {
    const text = visible(value);
    return element("bdi", text.length <= WHOLE ? { class: "whole" } : {}, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  }

  // What is shown

  // Words of the code: what stands between backticks is a command or a name.
  function prose(text) { return text.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part)); }

  function address(to, id) { return `${to.includes("#") ? "" : "#"}${to}=${encodeURIComponent(id)}`; }

  function named_link(to, name) {
    const link = element("a", { href: address(to, name.id) }, data(name.text || name.id));
    return name.text ? [link, " ", element("span", { class: "id" }, data(name.id))] : [link];
  }

  function cell(field, value, names) {
    if (value === null || value === undefined) return ["–"];
    if (Array.isArray(value)) {
      const between = () => (value.every((each) => typeof each === "number") ? element("br") : " · "); // a line per name
      return value.flatMap((each, place) => [...(place ? [between()] : []), ...cell(field, each, names)]);
    }
    if (field.to) return named_link(field.to, typeof value === "number" ? names.get(value) : { id: value, text: "" });
    if (has(field.words, value)) return [field.words[value][language]];
    if (typeof value !== "number") return [data(value)];
    return [value.toLocaleString(language, { maximumSignificantDigits: 7 }) + field.unit[language]];
  }

  // A number with a bar behind it: the largest one of the table fills the cell.
  function bar(value, most) {
    const drawn = element("span", {});
    drawn.style.width = `${most > 0 && value > 0 ? Math.max((100 * value) / most, 1) : 0}%`;
    return element("span", { class: "lengths", "aria-hidden": "true" }, drawn);
  }

  // As a shell takes it; after "--" nothing counts as an option.
  function command(template, values) {
    const quoted = (text) => (/^[\w.,:@%+=/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
    const given = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(values[name]));
    if (given.some((text) => text.startsWith("-"))) {
      return [template.replace(/ \{\w+\}/g, ""), "--", ...given.map(quoted)].join(" ");
    }
    return template.replace(/\{(\w+)\}/g, (all, name) => quoted(String(values[name])));
  }

  function command_line(text) {
    const made = element("div", { class: "command" }, element("code", {}, visible(text)));
    if (navigator.clipboard) {
      const button = element("button", { type: "button" }, SAID.copy);
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(text);
        button.textContent = SAID.copied;
      });
      made.append(button);
    }
    return made;
  }

  function details(fields, row, id, names) {
    const list = element("dl", { class: "facts" });
    for (const field of fields) {
      if (field.command) {
        const ids = Object.entries(row).map(([key, value]) => [key, names.has(value) ? names.get(value).id : value]);
        list.append(element("dt", {}, field.label[language]),
          element("dd", {}, command_line(command(field.command, { ...Object.fromEntries(ids), id }))));
      } else if (row[field.key] !== null && row[field.key] !== undefined) {
        list.append(element("dt", {}, field.label[language]), element("dd", {}, ...cell(field, row[field.key], names)));
      }
    }
    return list;
  }

  function facts(part) {
    const list = element("dl", { class: "facts" });
    for (const [label, text, to] of part.facts) {
      const shown = to.href ? element("a", { href: to.href }, data(text[language])) : element("span", {}, data(text[language]));
      if (to.airflow) shown.dataset.airflow = to.airflow; // a link where Airflow serves the site
      list.append(element("dt", {}, label[language]), element("dd", {}, shown));
    }
    return element("details", { class: "behind" }, element("summary", {}, SAID.source), list);
  }

  function table(part, cells, id, names, label) {
    const columns = part.fields.filter((field) => !field.detail);
    const below = part.fields.filter((field) => field.detail);
    const head = element("tr", {}, ...columns.map((field) =>
      element("th", { scope: "col", ...(field.numeric ? { class: "n" } : {}) }, field.label[language])));
    if (below.length) head.append(element("th", { scope: "col" }, element("span", { class: "hidden-text" }, SAID.details)));
    const body = element("tbody");
    const most = (values) => values.reduce((least, value) => Math.max(least, value || 0), 0);
    for (let place = 0; place < cells[part.fields[0].key].length; place += 1) {
      const row = Object.fromEntries(Object.entries(cells).map(([key, values]) => [key, values[place]]));
      const line = element("tr", {}, ...columns.map((field) => element("td", field.numeric ? { class: "n" } : {},
        ...cell(field, row[field.key], names), ...(field.bar ? [bar(row[field.key], most(cells[field.key]))] : []))));
      body.append(line);
      if (below.length) more(line, body, below, row, id, names, columns.length, place);
    }
    const whole = element("table", below.length ? { class: "rows" } : {}, element("thead", {}, head), body);
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": label }, whole);
  }

  function more(line, body, fields, row, id, names, width, place) {
    const button = element("button", { type: "button", class: "more", "aria-expanded": "false",
      "aria-label": filled(SAID.more, { rank: place + 1 }) }, "⋯");
    const below = element("tr", { class: "below", hidden: "" });
    button.addEventListener("click", () => {
      if (!below.firstChild) below.append(element("td", { colspan: width + 1 }, details(fields, row, id, names)));
      below.hidden = !below.hidden;
      button.setAttribute("aria-expanded", String(!below.hidden));
    });
    line.append(element("td", {}, button));
    body.append(below);
  }

  function numbers_of(lookUp, found) {
    const numbers = typeof found.name === "number" ? [found.name] : [];
    for (const part of lookUp.parts) {
      for (const field of part.fields.filter((each) => each.to && found[part.key])) {
        numbers.push(...found[part.key][field.key].flat().filter((value) => typeof value === "number"));
      }
    }
    return numbers;
  }

  function jumps(headings) {
    return element("p", { class: "jumps" }, ...headings.map((heading) => {
      const button = element("button", { type: "button" }, heading.textContent);
      button.addEventListener("click", () => { heading.focus({ preventScroll: true }); heading.scrollIntoView(); });
      return button;
    }));
  }

  async function show_record(area, lookUp, id, found) {
    const names = await named(lookUp, numbers_of(lookUp, found));
    const own = names.get(found.name);
    const called = own ? own.text : (found.name && found.name[language]) || "";
    const title = filled(lookUp.title[language], { id: visible(id), name: visible(called).slice(0, LONGEST) }).trim();
    const shown = [element("h3", { tabindex: "-1" }, element("bdi", {}, title))];
    lookUp.parts.forEach((part, place) => {
      if (!found[part.key]) return;
      const label = `found-${place}`;
      shown.push(element("h4", { id: label, tabindex: "-1" }, part.heading[language]));
      if (part.text[language]) shown.push(element("p", {}, ...prose(part.text[language])));
      shown.push(table(part, found[part.key], id, names, label));
      if (part.more.to) shown.push(element("p", {}, element("a", { href: address(part.more.to, id) }, part.more.text[language])));
      if (part.facts.length) shown.push(facts(part));
    });
    const headings = shown.filter((each) => each.tagName === "H4");
    if (headings.length > 2) shown.splice(1, 0, jumps(headings));
    area.found.replaceChildren(...shown);
    window.shelduck.airflow();
    return filled(SAID.found, { title });
  }

  function show_matches(area, lookUp, names) {
    const text = names.length > SHOWN ? SAID.first : SAID.matches;
    const told = filled(text, { number: names.length.toLocaleString(language), shown: SHOWN });
    const list = element("ul", { class: "matches" },
      ...names.slice(0, SHOWN).map((name) => element("li", {}, ...named_link(lookUp.name, name))));
    area.found.replaceChildren(element("h3", { tabindex: "-1" }, told), list);
    return told;
  }

  let questions = 0;

  async function show(area, lookUp, text) {
    const asked = (questions += 1);
    const status = area.status;
    status.classList.remove("hidden-text");
    status.textContent = SAID.loading;
    try {
      const found = await record(lookUp, text);
      const names = found ? [] : await matching(lookUp, text);
      if (asked !== questions) return; // something else was asked for meanwhile
      if (!found && !names.length) {
        area.found.replaceChildren();
        status.textContent = lookUp.missing[language];
        return;
      }
      status.textContent = found ? await show_record(area, lookUp, text, found) : show_matches(area, lookUp, names);
      status.classList.add("hidden-text"); // the heading says the same
    } catch (broken) {
      console.warn(broken);
      status.textContent = SAID.failed;
    }
  }

  function start(section) {
    const area = { found: section.querySelector(".found"), status: section.querySelector("[role=status]") };
    const forms = new Map();
    for (const form of section.querySelectorAll("form.look-up")) {
      const lookUp = JSON.parse(form.querySelector("script").textContent);
      for (const field of lookUp.parts.flatMap((part) => part.fields)) field.key = field.key[language];
      forms.set(lookUp.name, [form, lookUp]);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const text = form.elements.text.value.trim();
        const wanted = address(lookUp.name, text);
        if (!text) return;
        if (location.hash === wanted) route(false);
        else location.hash = wanted;
      });
    }
    async function route(is_followed) {
      const [, name, text] = /^#([\w-]+)=(.*)$/s.exec(location.hash) || [];
      if (!forms.has(name)) { area.found.replaceChildren(); area.status.textContent = ""; return; }
      const [form, lookUp] = forms.get(name);
      let asked;
      try { asked = decodeURIComponent(text); } catch { return; }
      const typed = form.contains(document.activeElement);
      form.elements.text.value = asked;
      await show(area, lookUp, asked);
      const heading = area.found.querySelector("h3");
      if (is_followed && !typed && heading) { heading.focus({ preventScroll: true }); section.scrollIntoView(); }
    }
    window.addEventListener("hashchange", () => route(true));
    route(true);
  }

  document.querySelectorAll(".look-ups").forEach(start);
})();
