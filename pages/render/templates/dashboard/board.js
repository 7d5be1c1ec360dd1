/* What all pages share: the data as records, numbers as they are said, the state in the address, elements.
   Ends at values and plain elements. */
(function () {
  "use strict";
  const content = window.BOARD, known = {};
  const lists = Object.fromEntries(Object.entries(content.words).map(([name, pairs]) => [name, new Map(pairs)]));

  function records(name) {
    if (!known[name]) {
      const table = content.tables[name];
      known[name] = table.rows.map(row =>
        Object.fromEntries(table.columns.map((column, place) => [column, row[place]])));
    }
    return known[name];
  }

  const exact = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 2 });
  const absent = value => value === null || value === undefined;

  /* A fraction keeps two places at most and is never rounded up. */
  function number(value) {
    return absent(value) ? word("sign", "absent") : exact.format(Math.trunc(Math.round(value * 1e6) / 1e4) / 100);
  }

  /* A share of one in percent, one place, never rounded up: 0.9997 is 99.9%. */
  function percent(share) {
    if (absent(share)) return word("sign", "absent");
    const tenths = Math.floor(Math.round(share * 1e6) / 1e3);
    return tenths === 0 && share > 0 ? word("sign", "almost_none") : exact.format(tenths / 10) + "%";
  }

  const part = (value, whole) => absent(value) || !whole ? null : value / whole;
  const month = text => `${text.slice(0, 4)}年${Number(text.slice(5))}月`;
  const word = (list, code) => lists[list].get(code) || code;
  const codes = list => [...lists[list].keys()];
  const TOO_FEW = word("sign", "too_few"), UNPUBLISHED = word("sign", "unpublished");

  /* Rows of a cube under the filters that name one of its columns, summed by some columns. What is too small to be
     shown is null and adds nothing; `hidden` tells that there was some. */
  function totals(rows, filters, by, values) {
    const sums = new Map();
    for (const row of rows) {
      if (Object.entries(filters).some(([name, wanted]) => wanted && (name === "year"
        ? row.month.slice(0, 4) : row[name]) !== wanted)) continue;
      const key = by.map(name => row[name]).join("|");
      if (!sums.has(key)) {
        sums.set(key, { ...Object.fromEntries(by.map(name => [name, row[name]])),
          ...Object.fromEntries(values.map(name => [name, 0])), hidden: false });
      }
      const total = sums.get(key);
      for (const name of values) {
        total[name] += row[name] || 0;
        total.hidden = total.hidden || row[name] === null;
      }
    }
    return [...sums.values()];
  }

  const sum = (rows, name) => rows.reduce((total, row) => total + (row[name] || 0), 0);

  /* #districts?year=2026&open=440305 */
  function state() {
    const [page, query] = location.hash.slice(1).split("?");
    return { page, ...Object.fromEntries(new URLSearchParams(query || "")) };
  }

  function address(wanted) {
    const { page, ...rest } = wanted;
    const query = new URLSearchParams(Object.entries(rest).filter(pair => pair[1])).toString();
    return `#${page}${query ? "?" + query : ""}`;
  }

  function go(change) {
    location.hash = address({ ...state(), ...change });
  }

  function el(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "onclick") element.addEventListener("click", value);
      else if (key === "style") Object.assign(element.style, value);
      else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat().filter(child => !absent(child) && child !== false));
    return element;
  }

  window.board = { content, records, number, percent, part, month, word, codes, totals, sum, state, address, go, el,
    absent, TOO_FEW, UNPUBLISHED, pages: [] };
})();
