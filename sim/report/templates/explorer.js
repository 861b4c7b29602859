/* Shows what was computed beforehand for each package. Every number is printed as it comes: nothing is rounded here. */
(function () {
  "use strict";
  const one = (name) => document.getElementById("explorer-" + name);
  const data = JSON.parse(one("data").textContent);
  const words = data.words;
  const boxes = Array.from(one("live").querySelectorAll("input[type=checkbox]"));
  const whole = Math.pow(2, boxes.length) - 1;
  const nation = data.places[0].id;
  const first = { mask: whole, outcome: data.outcomes[0].id, place: nation };
  const outcomes = new Map(data.outcomes.map((outcome) => [outcome.id, outcome]));
  const columns = new Map();
  const ranges = new Map();
  let state = first;

  const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (all, name) => (name in fields ? fields[name] : all));
  const bare = (text) => text.replace(/^[+\u2212]/, "");
  /* A printed number as one to draw: signs of thousands go, the decimal sign of the language becomes a point. */
  const strange = words.point === "," ? /[^\d,-]/g : /[^\d.-]/g;
  const number = (text) => Number(text.replace("\u2212", "-").replace(strange, "").replace(",", "."));

  function column(outcome, place) {
    const key = outcome + " " + place;
    if (!columns.has(key)) columns.set(key, data.cells[outcome][place].split(";"));
    return columns.get(key);
  }

  /* Verdict, printed value and ends, and the sentence, of one package, outcome and place. */
  function answer(mask, outcome, place) {
    const known = outcomes.get(outcome);
    const cell = column(outcome, place)[mask];
    const verdict = cell[0];
    const parts = cell.slice(1).split("|");
    const ranged = parts.length === 3;
    const reading = verdict === "t" ? data.readings[parts[1]] : "";
    const favour = verdict !== "u" && verdict !== "d" || !known.better ? "neutral" : known.better === verdict ? "favourable" : "unfavourable";
    const where = data.places.find((one) => one.id === place);
    const label = place === nation ? known.label : fill(words.at_place, { kind: data.kinds[outcome], place: where.label });
    const unit = place === nation ? known.unit : data.units[outcome];
    const fields = { label, unit, n: data.n, value: parts[0], low: parts[1], high: parts[2], reading };
    let sentence;
    if (verdict === "u" || verdict === "d") {
      const ends = verdict === "u" ? [parts[1], parts[2]] : [parts[2], parts[1]];
      const sizes = { value: bare(parts[0]), low: bare(ends[0]), high: bare(ends[1]) };
      const same = parts[1] === parts[2] ? "_same" : "";
      sentence = fill(words[(verdict === "u" ? "up" : "down") + same], Object.assign({}, fields, sizes)) + words[favour];
    } else {
      sentence = fill(words[{ c: "unclear", n: "none", t: "untold" }[verdict]], fields);
    }
    const range = ranged && parts[1] !== parts[2] ? fill(words.range, fields) : "";
    const remark = reading || words[verdict] || words.read[favour];
    return { verdict, favour, value: parts[0], low: ranged ? parts[1] : "", high: ranged ? parts[2] : "", range, unit, remark, sentence };
  }

  const shorts = (mask) => data.members.filter((_, n) => mask >> n & 1).map((member) => member.id.toUpperCase()).join(" + ");
  const named = (mask) => mask ? fill(words.package, { members: shorts(mask) }) : words.empty;

  function said(now) {
    const found = answer(now.mask, now.outcome, now.place);
    const cost = answer(now.mask, data.cost, nation);
    const told = now.outcome === data.cost || !now.mask ? "" : fill(cost.range ? words.cost : words.cost_alone, cost);
    return fill(words.answer, { package: named(now.mask), sentence: found.sentence, cost: told }).trim();
  }

  function extent(outcome, place) {
    const key = outcome + " " + place;
    if (!ranges.has(key)) {
      let low = 0, high = 0;
      for (const cell of column(outcome, place)) {
        const parts = cell.slice(1).split("|");
        for (const part of parts.length === 3 ? parts : parts.slice(0, 1)) {
          const value = number(part);
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      ranges.set(key, high > low ? [low, high] : [-1, 1]);
    }
    return ranges.get(key);
  }

  function draw(now) {
    const space = "http://www.w3.org/2000/svg";
    const width = Math.max(260, Math.min(one("drawing").clientWidth || 600, 760));
    const held = data.members.map((member, n) => [1 << n, member.label]).filter(([bit]) => now.mask & bit && now.mask !== bit);
    const rows = [[now.mask, words.the_package], ...held];
    const [low, high] = extent(now.outcome, now.place);
    const at = (value) => 8 + (width - 16) * (value - low) / (high - low);
    const svg = document.createElementNS(space, "svg");
    const add = (name, given, text) => {
      const made = document.createElementNS(space, name);
      for (const key in given) made.setAttribute(key, given[key]);
      if (text !== undefined) made.textContent = text;
      svg.append(made);
    };
    const height = 34 * rows.length + 18;
    for (const [key, value] of Object.entries({ width, height, viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": said(now) })) svg.setAttribute(key, value);
    add("text", { x: at(0), y: height - 2, "text-anchor": "middle" }, "0");
    rows.forEach(([mask, label], n) => {
      const found = answer(mask, now.outcome, now.place);
      const y = 34 * n + 25;
      add("line", { x1: at(0), x2: at(0), y1: y - 7, y2: y + 9, class: "zero" });
      add("text", { x: 8, y: y - 11, class: n ? "" : "whole" }, label);
      add("text", { x: width - 8, y: y - 11, "text-anchor": "end", class: n ? "" : "whole" }, found.range ? found.value + " (" + found.range + ")" : found.value);
      if (found.range) add("line", { x1: at(number(found.low)), x2: at(number(found.high)), y1: y, y2: y, class: "interval " + found.favour });
      add("circle", { cx: at(number(found.value)), cy: y, r: n ? 4 : 5.5, class: (found.verdict === "u" || found.verdict === "d" ? "clear " : "") + found.favour });
    });
    one("drawing").replaceChildren(svg);
  }

  function show(now) {
    state = now;
    boxes.forEach((box, n) => { box.checked = Boolean(now.mask >> n & 1); });
    one("outcome").value = now.outcome;
    one("place").value = now.place;
    one("place").disabled = Object.keys(data.cells[now.outcome]).length < 2;
    const found = answer(now.mask, now.outcome, now.place);
    one("value").textContent = found.value;
    one("value").className = found.favour;
    one("unit").textContent = found.unit;
    one("range").textContent = found.range ? "(" + found.range + ")" : found.remark;
    one("answer").textContent = said(now);
    draw(now);
    const lines = data.outcomes.map((outcome) => {
      const cell = answer(now.mask, outcome.id, nation);
      const line = document.createElement("tr");
      const texts = [outcome.label + ", " + outcome.unit, cell.value, cell.range, cell.remark];
      texts.forEach((text, n) => {
        const made = document.createElement(n ? "td" : "th");
        if (!n) made.scope = "row";
        if (n === 1 || n === 2) made.className = "num";
        made.textContent = text;
        line.append(made);
      });
      return line;
    });
    one("all-outcomes").replaceChildren(...lines);
    one("status").textContent = "";
    one("link").hidden = true;
  }

  function written(now) {
    const members = data.members.filter((_, n) => now.mask >> n & 1).map((member) => encodeURIComponent(member.id));
    return "#p=" + members.join(".") + "&o=" + encodeURIComponent(now.outcome) + "&d=" + encodeURIComponent(now.place);
  }

  /* The state that a hash names, or none; what it does not know it leaves as at the start. */
  function read(hash) {
    if (!hash.startsWith("#p=")) return null;
    const given = new Map(hash.slice(1).split("&").map((pair) => pair.split("=")));
    const plain = (text) => { try { return decodeURIComponent(text || ""); } catch { return ""; } };
    const members = (given.get("p") || "").split(".").map(plain);
    const mask = data.members.reduce((sum, member, n) => sum | (members.includes(member.id) ? 1 << n : 0), 0);
    const outcome = outcomes.has(plain(given.get("o"))) ? plain(given.get("o")) : first.outcome;
    const place = plain(given.get("d")) in data.cells[outcome] ? plain(given.get("d")) : nation;
    return { mask, outcome, place };
  }

  function choose(now) {
    if (!(now.place in data.cells[now.outcome])) now.place = nation;
    show(now);
    if (location.hash !== written(now)) location.hash = written(now);
  }

  const ticked = () => boxes.reduce((mask, box, n) => mask | (box.checked ? 1 << n : 0), 0);
  const changed = () => choose({ mask: ticked(), outcome: one("outcome").value, place: one("place").value });
  [...boxes, one("outcome"), one("place")].forEach((control) => control.addEventListener("change", changed));
  one("none").addEventListener("click", () => choose(Object.assign({}, state, { mask: 0 })));
  one("all").addEventListener("click", () => choose(Object.assign({}, state, { mask: whole })));
  window.addEventListener("hashchange", () => {
    const asked = location.hash ? read(location.hash) : first;
    if (asked && written(asked) !== written(state)) show(asked);
  });
  window.addEventListener("resize", () => draw(state));
  window.addEventListener("beforeprint", () => { one("static").open = true; });

  one("copy").addEventListener("click", () => {
    const link = location.href.split("#")[0] + written(state);
    const byHand = () => {
      one("status").textContent = words.not_copied;
      one("link").value = link;
      one("link").hidden = false;
      one("link").select();
    };
    if (!navigator.clipboard) { byHand(); return; }
    navigator.clipboard.writeText(link).then(() => { one("status").textContent = words.copied; }, byHand);
  });

  one("live").hidden = false;
  one("static").open = false;
  const linked = read(location.hash);
  show(linked || first);
  if (linked) one("live").parentElement.scrollIntoView();
  window.explorer = { answer, said };
})();
