// Finds records that lie in scripts beside the page: ml/pages/look_ups writes those, and has the same shards and words.
(() => {
  "use strict";
  const HIDDEN = new RegExp(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u115f\\u1160\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164" +
    "\\ufeff\\uffa0\\ufff9-\\ufffb\\ud800-\\udfff\\u{e0000}-\\u{e007f}]", "gu");
  const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

  // As ml.escape.visible: hidden characters become their escapes.
  function visible(text) {
    return String(text).replace(HIDDEN, (letter) => {
      if (has(SHORT, letter)) return SHORT[letter];
      const code = letter.codePointAt(0);
      if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
      return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
    });
  }

  async function unpacked(packed) {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  }

  // The content of a file; those that were unpacked stay.
  const files = new Map();
  async function file(name, number) {
    const path = `look-up/${name}/${number.toString(16)}.js`;
    const packed = await window.shelduck.load(path);
    if (!files.has(path)) files.set(path, unpacked(packed));
    return files.get(path);
  }

  function shard(text, shards) {
    let crc = -1;
    for (const byte of new TextEncoder().encode(text)) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ((crc ^ -1) >>> 0) % shards;
  }

  async function record(lookUp, id) {
    const found = await file(lookUp.name, shard(id, lookUp.shards));
    return has(found, id) ? found[id] : null;
  }

  // Numbers of names: each lies in a file with those beside it.
  async function named(lookUp, numbers) {
    const names = new Map();
    const wanted = [...new Set(numbers)];
    const parts = new Set(wanted.map((number) => Math.floor(number / lookUp.names)));
    const loaded = new Map();
    await Promise.all([...parts].map(async (part) => loaded.set(part, await file("names", part))));
    for (const number of wanted) {
      const [ids, texts] = loaded.get(Math.floor(number / lookUp.names));
      names.set(number, { id: ids[number % lookUp.names], text: texts[number % lookUp.names] });
    }
    return names;
  }

  function words(text) {
    const apart = text.normalize("NFKC").toLowerCase()
      .replace(/[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu, " $& ");
    return apart.match(/[\p{L}\p{N}]+/gu) || [];
  }

  // The numbers of the names that have every word, or words that begin so.
  async function matching(lookUp, text) {
    const asked = words(text);
    if (!lookUp.words || !asked.length) return [];
    const lists = await Promise.all(asked.map(async (word) => {
      const term = [...word].slice(0, 3).join("");
      const terms = await file(`${lookUp.name}-words`, shard(term, lookUp.words));
      return has(terms, term) ? terms[term] : [];
    }));
    const shortest = lists.reduce((least, list) => (list.length < least.length ? list : least));
    const others = lists.filter((list) => list !== shortest).map((list) => new Set(list));
    const numbers = shortest.filter((number) => others.every((list) => list.has(number)));
    const names = await named(lookUp, numbers);
    return numbers.map((number) => names.get(number))
      .filter((name) => asked.every((word) => words(name.text).some((own) => own.startsWith(word))));
  }

  window.shelduck.records = { record, named, matching, visible, has, shard, words };
})();
