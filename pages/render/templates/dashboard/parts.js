/* What pages are put together from: sections, tables that sort and download, charts that open what they show.
   Ends at elements. */
(function () {
  "use strict";
  const { el, go, number, percent, absent, word } = window.board;
  const FIRST_ROWS = 40;
  const INK = "#1b2733", SOFT = "#52606d", LINE = "#d5dce3";
  const COLOURS = { main: "#1d5fa6", light: "#8db4dc", other: "#c9832b", good: "#2f855a", bad: "#b3372b",
    idle: "#9aa5b1" };
  const LEVELS = new Map([["S", "#06233f"], ["T", "#0b3a66"], ["1", "#12508c"], ["2", "#1d6bb5"], ["3", "#4a90cf"],
    ["4", "#86b6e2"], ["5", "#bdd7f0"], ["X", "#dfe9f4"], ["none", "#b9c0c8"]]);

  function section(title, note, ...children) {
    return el("section", {}, el("h2", {}, title), note && el("p", { class: "soft small" }, note), children);
  }

  function shown(value, kind) {
    if (kind === "number") return number(value);
    if (kind === "percent") return percent(value);
    if (kind === "yes") return value ? "是" : "";
    return absent(value) ? word("sign", "absent") : String(value);
  }

  /* Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay as they are. */
  function cell(value) {
    if (absent(value)) return "";
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? "'" + value : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }

  /* Numbers go out as they are, not as the page says them. */
  function csv(columns, rows) {
    const raw = (column, row) => column.text && !row.total && !(column.kind && !absent(row[column.name]))
      ? column.text(row) : row[column.name];
    const lines = [columns.map(column => cell(column.title)),
      ...rows.map(row => columns.map(column => cell(raw(column, row))))];
    return "\ufeff" + lines.map(line => line.join(",")).join("\r\n") + "\r\n";
  }

  function download(name, text) {
    const link = el("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /* columns: name, title, kind (number, percent, yes, none for text), text(row) for what is said in another way,
     open(row) for what a press on it opens. The file has every row, the page the first ones until asked. */
  function table(title, columns, rows) {
    const body = el("tbody", {}), heads = [], state = { rows, all: rows.length <= FIRST_ROWS * 1.25 };
    const more = el("button", { type: "button", onclick: () => { state.all = true; fill(); } },
      `显示全部 ${number(rows.length)} 行`);
    function fill() {
      const visible = state.all ? state.rows : state.rows.slice(0, FIRST_ROWS);
      body.replaceChildren(...visible.map(row => el("tr", { class: row.total ? "total" : null },
        columns.map((column, place) => {
          const text = row.total || !column.text ? shown(row[column.name], column.kind) : column.text(row);
          const inside = column.open && !row.total
            ? el("button", { type: "button", class: "open", onclick: () => column.open(row) }, text) : text;
          return el(place ? "td" : "th", place ? { class: column.kind ? "right" : null } : { scope: "row" }, inside);
        }))));
      more.hidden = state.all;
    }
    function sort(column, head) {
      const down = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down < 0 ? "descending" : "ascending");
      const of = row => row[column.name], free = rows.filter(row => !row.total), end = rows.filter(row => row.total);
      free.sort((a, b) => absent(of(a)) ? 1 : absent(of(b)) ? -1 : down * (column.kind
        ? of(a) - of(b) : String(of(a)).localeCompare(String(of(b)), "zh-CN", { numeric: true })));
      state.rows = [...free, ...end];
      fill();
    }
    for (const column of columns) {
      const head = el("th", { scope: "col", class: column.kind ? "right" : null });
      head.append(el("button", { type: "button", onclick: () => sort(column, head) }, column.title));
      heads.push(head);
    }
    fill();
    if (!rows.length) return el("div", {}, el("h3", {}, title), el("p", { class: "soft" }, "没有数据。"));
    return el("div", { class: "table" },
      el("div", { class: "head" }, el("h3", {}, title),
        el("button", { type: "button", class: "noprint csv", "aria-label": `下载 CSV：${title}`,
          onclick: () => download(`${title}.csv`, csv(columns, state.rows)) }, "下载 CSV")),
      el("div", { class: "box", tabindex: "0", role: "region", "aria-label": title },
        el("table", {}, el("thead", {}, el("tr", {}, heads)), body)),
      el("p", { class: "noprint" }, more));
  }

  const drawn = [];

  function forget() {
    drawn.splice(0).forEach(({ chart, seen }) => { seen.disconnect(); chart.dispose(); });
  }

  /* A chart of a height; `press(place)` gets the place of the category that was pressed. The table beside it says
     the same, so without the library the page loses nothing but the picture. */
  function chart(said, height, option, press) {
    const holder = el("div", { class: "chart", role: "img", "aria-label": said, style: { height: `${height}px` } });
    if (!window.echarts) {
      holder.removeAttribute("style");
      holder.append(el("p", { class: "soft" }, "图表组件没有安装，请看下面的表格。"));
      return holder;
    }
    requestAnimationFrame(() => {
      if (!holder.isConnected) return;
      const picture = window.echarts.init(holder, null, { renderer: "svg" });
      const { fontFamily } = getComputedStyle(document.body);
      picture.setOption({ animation: false, textStyle: { fontFamily, color: INK }, ...option });
      if (press) {
        picture.getZr().on("click", event => {  // the whole line of a bar opens it, since some bars are short
          const pixel = [event.offsetX, event.offsetY];
          if (picture.containPixel({ gridIndex: 0 }, pixel)) press(picture.convertFromPixel({ gridIndex: 0 }, pixel));
        });
      }
      const fit = () => {
        picture.resize();
        const svg = holder.querySelector("svg");  // paper is narrower than the screen: there the picture scales
        svg.setAttribute("viewBox", `0 0 ${holder.clientWidth} ${holder.clientHeight}`);
        svg.setAttribute("aria-hidden", "true");
      };
      fit();
      const seen = new ResizeObserver(fit);
      seen.observe(holder);
      drawn.push({ chart: picture, seen });
      document.documentElement.dataset.drawn = Math.round(performance.now());  // read where opening is timed
    });
    return holder;
  }

  const grid = { left: 4, right: 28, top: 36, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
  const legend = { top: 0, left: 0, itemWidth: 14, itemHeight: 10, itemGap: 16,
    textStyle: { color: SOFT, fontSize: 13 } };
  const values = { type: "value", minInterval: 1, splitLine: { lineStyle: { color: LINE } },
    axisLabel: { color: SOFT, hideOverlap: true, formatter: said } };
  const categories = { type: "category", axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } } };
  const tooltip = { trigger: "axis", axisPointer: { type: "shadow" }, confine: true, valueFormatter: number };

  function said(value) {
    return Math.abs(value) >= 1e4 ? `${exactly(value / 1e4)}万` : exactly(value);
  }
  function exactly(value) {
    return String(Math.round(value * 100) / 100);
  }

  /* Lying bars, first row on top; series: name, title, colour. */
  function bars(label, rows, series, press, more) {
    const names = rows.map(row => row.title), wide = matchMedia("(min-width: 700px)").matches;
    return chart(label, rows.length * 26 * (series[0].apart ? 1.5 : 1) + 66, {
      grid, tooltip, legend: series.length > 1 ? legend : undefined, ...more,
      xAxis: { ...values, ...(more && more.xAxis) },
      yAxis: { ...categories, data: names, inverse: true,
        axisLabel: { color: INK, fontSize: 13, interval: 0, width: wide ? 220 : 112, overflow: "truncate" } },
      series: series.map((line, place) => ({ type: "bar", name: line.title, stack: line.apart ? undefined : "all",
        barMaxWidth: 18, itemStyle: { color: line.colour }, data: rows.map(row => row[line.name]),
        markLine: place ? undefined : line.markLine })),
    }, press && (at => rows[at[1]] && press(rows[at[1]])));
  }

  /* Standing columns over months; series as in `bars`, or with `type: "line"`. */
  function columns(label, months, series, press, more) {
    return chart(label, 300, {
      grid, tooltip, legend, yAxis: values, ...more,
      xAxis: { ...categories, data: months.map(short), axisLabel: { color: SOFT, hideOverlap: true } },
      series: series.map(line => ({ type: "bar", stack: "all", barMaxWidth: 34, name: line.title, data: line.data,
        itemStyle: { color: line.colour }, ...line.more })),
    }, press && (at => months[at[0]] && press(months[at[0]])));
  }
  const short = month => `${month.slice(2, 4)}年${Number(month.slice(5))}月`;

  /* What a press opened. */
  function opened(title, ...inside) {
    return el("section", { id: "opened", tabindex: "-1" },
      el("div", { class: "head" }, el("h2", {}, title),
        el("button", { type: "button", class: "noprint", onclick: () => go({ open: "" }) }, "收起")), inside);
  }

  function figures(pairs) {
    return el("dl", { class: "figures" }, pairs.map(([title, said, unit]) => el("div", { class: "figure" },
      el("dt", {}, title), el("dd", {}, said, unit ? el("small", {}, ` ${unit}`) : null))));
  }

  function chip(text, tone, mark) {
    return el("span", { class: `chip ${tone}` }, mark ? el("span", { "aria-hidden": "true" }, mark + " ") : null, text);
  }

  function choice(label, options, value, change) {
    const select = el("select", {}, options.map(([code, title]) => el("option", { value: code,
      selected: code === (value || "") }, title)));
    select.addEventListener("change", () => change(select.value));
    return el("label", {}, label, select);
  }

  Object.assign(window.board, { section, opened, figures, table, csv, bars, columns, chip, choice, forget, legend,
    COLOURS, LEVELS, INK });
})();
