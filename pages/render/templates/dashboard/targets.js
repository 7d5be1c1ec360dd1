/* The twenty targets: how far each is, and how it came there and goes on. */
(function () {
  "use strict";
  const board = window.board;
  const { content, records, number, percent, part, month, word, codes, sum, state, go, el, section, opened, figures,
    table, columns, legend, chip, choice, chosen, training, small, shares, openedTraining, SERIES, COUNTED, COLOURS,
    INK, UNPUBLISHED } = board;
  const TONES = { ahead: "good", on_track: "calm", slightly_behind: "care", behind: "bad", done: "good", not_done: "bad",
    reached: "good", not_reached: "care", announced: "calm", exceeded: "bad", incomplete: "care" };
  const STATE_TONES = { preliminary: "idle", confirmed: "calm", final: "good", revised: "care" };
  const STANDING = [{ name: "cut_off_date", title: "评价时点" },
    { name: "expected_share", title: "序时进度", kind: "percent" }, { name: "status_said", title: "状态" },
    { name: "figure_state", title: "数据性质", text: row => word("figure_state", row.figure_state) },
    { name: "balance_verified_share", title: "基数核实率", kind: "percent" },
    { name: "projected_actual", title: "期末预计", kind: "number" },
    { name: "projected_low", title: "下限", kind: "number" }, { name: "projected_high", title: "上限", kind: "number" }];
  const REACH = [{ name: "actual", title: "完成数", kind: "number" }, { name: "threshold", title: "目标值", kind: "number" },
    { name: "unit", title: "单位" }, { name: "progress_share", title: "完成率", kind: "percent" }];

  const whole = value => number(Math.floor(value));  // there is no half participation, and none is rounded up
  const titleOf = id => content.targets.find(plan => plan.id === id).title;

  /* The main reading's row of the year, else of the period that is shown first. */
  function rowOf(id, year) {
    const rows = records("target").filter(row => row.target_id === id && row.reading === "main");
    return rows.find(row => year ? row.period_start_date.slice(0, 4) <= year && year <= row.period_end_date.slice(0, 4)
      : row.is_shown) || null;
  }

  const rowsOf = year => content.targets.map(plan => rowOf(plan.id, year)).filter(Boolean);

  function bar(row) {
    const actual = row.actual || 0, opening = row.opening_balance || 0, totals = row.totals_only || 0;
    const full = Math.max(row.threshold, actual, Math.min(row.projected_high || 0, row.threshold * 1.3)) || 1;
    const place = amount => Math.max(0, Math.min(100, amount / full * 100));
    const low = place(row.projected_low), high = place(row.projected_high);
    return el("span", { class: "track", "aria-hidden": "true" },
      el("span", { class: "bar" },
        [["rows", Math.max(actual - opening - totals, 0)], ["totals", totals], ["opening", opening]]
          .map(([name, amount]) => el("i", { class: name, style: { width: `${place(amount)}%` } })),
        el("i", { class: "goal", style: { left: `${place(row.threshold)}%` } })),
      row.projected_low !== null && row.projected_high > actual ? el("span", { class: "range" },
        el("i", { class: "span", style: { left: `${low}%`, width: `${high - low}%` } }),
        el("i", { class: "dot", style: { left: `${place(row.projected_actual)}%` } })) : null);
  }

  const range = row => row.projected_low === null ? ""
    : `（${whole(row.projected_low)}—${whole(row.projected_high)}）`;

  const verified = row => row.balance_verified_share === null ? null
    : `基数核实率 ${percent(row.balance_verified_share)}`;

  function target(row) {
    const projected = row.projected_actual === null ? null : `期末预计 ${whole(row.projected_actual)}${range(row)}`;
    const pace = [["后续月均需完成", row.pace_needed, Math.ceil], ["近三个月月均完成", row.pace_reached, Math.round]]
      .filter(([, amount]) => amount !== null)
      .map(([title, amount, round]) => `${title} ${number(round(amount))} ${row.unit}`).join("，");
    const chosenShare = shareOfChosen(row);
    return el("li", { class: "target" },
      el("button", { type: "button", onclick: () => go({ open: row.target_id }) },
        el("span", { class: "name" }, el("span", { class: "soft" }, `${row.target_id} `), titleOf(row.target_id)),
        el("span", { class: "reach num" }, el("b", {}, row.figure), ` / ${row.goal}`),
        el("span", { class: "share num" }, percent(row.progress_share)), bar(row)),
      el("p", { class: "small soft num" },
        chip(row.status_said, TONES[row.status] || "idle", word("status_mark", row.status)),
        chip(word("figure_state", row.figure_state), STATE_TONES[row.figure_state]),
        [verified(row), row.period_and_reading, row.clock_said, ...row.beside_said, projected, pace].filter(Boolean).map(text => el("span", {}, text)),
        chosenShare ? el("span", { class: "own" }, chosenShare) : null));
  }

  const piecesOf = (row, breakdown) => records("target_piece").filter(piece => piece.target_id === row.target_id
    && piece.period === row.period && piece.breakdown === breakdown);

  /* What the chosen department or district has of a target. */
  function shareOfChosen(row) {
    const { department, district } = state();
    const [breakdown, code] = department ? ["department", department] : ["district", district];
    if (!code) return null;
    const piece = piecesOf(row, breakdown).find(row => row.code === code), name = word(breakdown, code);
    if (!piece) return `${name} 没有明细`;
    return piece.actual === null ? `${name} ${UNPUBLISHED}`
      : `${name} ${number(piece.actual)}，占 ${percent(part(piece.actual, row.actual))}`;
  }

  function openedTarget() {
    const { open, year } = state(), row = open && rowOf(open, year);
    if (!row) return null;
    const plan = content.targets.find(({ id }) => id === open), months = monthsOf(open);
    const parts = [["department", "部门"], ["district", "报送区"], ["part", "组成"]]
      .map(([code, title]) => [code, title, piecesOf(row, code).sort((a, b) => (b.actual || 0) - (a.actual || 0))]);
    return opened(`${open} ${plan.title}`, el("blockquote", {}, plan.quote),
      table(`${open} 各期间和口径`, [{ name: "period_title", title: "期间" },
        { name: "reading_title", title: "口径" }, ...REACH, ...STANDING],
      records("target").filter(({ target_id: id }) => id === open)),
      el("div", { class: "tables" },
        parts.filter(([, , pieces]) => pieces.length).map(([code, title, pieces]) =>
          table(`${open} ${row.period_title}按${title}`, [
            { name: "name", title, text: piece => code === "part" ? piece.name : word(code, piece.code) },
            { name: "actual", title: "完成数", kind: "number",
              text: piece => piece.actual === null ? UNPUBLISHED : number(piece.actual) },
            ...[["counted", "rows"], ["opening_balance", "opening"], ["totals_only", "totals"]]
              .map(([name, component]) => ({ name, title: word("component", component), kind: "number" }))], pieces)),
        months.length ? monthTable(open, months) : null));
  }

  function progress() {
    const rows = rowsOf(state().year);
    const counts = codes("status").map(code => [code, rows.filter(row => row.status === code).length]);
    return [
      figures(counts.filter(([, count]) => count).map(([code, count]) => [word("status", code), String(count), "项"])),
      section("二十项目标", null,
        el("ul", { class: "legend" }, [["rows", word("component", "rows")], ["totals", word("component", "totals")],
          ["opening", word("component", "opening")],
          ["goal", "目标"], ["dot", "期末预计和范围（约十分之八的情形）"]].map(([name, text]) =>
          el("li", {}, el("span", { class: `swatch ${name}` }), text))),
        el("ul", { class: "targets" }, rows.map(target))),
      openedTarget(),
      section("各项目标明细表", null, table("二十项目标", [
        { name: "target_id", title: "编号", open: row => go({ open: row.target_id }) },
        { name: "title", title: "目标", text: row => titleOf(row.target_id) },
        { name: "period_and_reading", title: "期间和口径" }, ...REACH, ...STANDING], rows)),
    ];
  }

  /* A month after the cut-off, for which nothing was due yet, is left out while it is empty. */
  function monthsOf(id) {
    const cuts = new Map(records("target").filter(row => row.target_id === id && row.reading === "main")
      .map(row => [row.period, (row.cut_off_date || "").slice(0, 7)]));
    return records("target_month").filter(row => row.target_id === id && row.reading === "main"
      && (row.month <= cuts.get(row.period) || row.counted || row.totals_only));
  }

  function monthTable(id, rows) {
    return table(`${id} 逐月`, [{ name: "month", title: "月份", text: row => month(row.month) },
      { name: "counted", title: word("component", "rows"), kind: "number" }, { name: "totals_only", title: word("component", "totals"), kind: "number" },
      { name: "cumulative_actual", title: "考核期内累计", kind: "number" }], rows);
  }

  function next(text) {
    const year = Number(text.slice(0, 4)), at = Number(text.slice(5));
    return at === 12 ? `${year + 1}-01` : `${year}-${String(at + 1).padStart(2, "0")}`;
  }

  /* The cumulative figure by month, and from the cut-off straight to the range at the end of the period. */
  function projection(id, year) {
    const row = rowOf(id, year), months = row ? monthsOf(id).filter(({ period }) => period === row.period) : [];
    if (!months.length) return null;
    const end = row.period_end_date.slice(0, 7), names = months.map(row => row.month);
    const cut = names.indexOf((row.cut_off_date || "").slice(0, 7));
    const isProjected = row.projected_low !== null && cut >= 0;
    while (isProjected && names[names.length - 1] < end) names.push(next(names[names.length - 1]));
    const from = row.actual_at_cut_off;
    const line = to => names.map((_, place) => place < cut ? null
      : from + (to - from) * (place - cut) / (names.length - 1 - cut));
    const plain = { type: "line", stack: undefined, symbol: "none" }, shadow = { ...plain, stack: "range",
      lineStyle: { opacity: 0 } };
    const series = [
      { title: "累计", data: months.map(row => row.cumulative_actual), colour: COLOURS.main,
        more: { ...plain, lineStyle: { width: 2.5 }, symbol: "circle", symbolSize: 5 } },
      { title: "目标", data: names.map(() => row.threshold), colour: INK,
        more: { ...plain, lineStyle: { type: "dashed", width: 1.5 } } },
    ];
    if (isProjected) {
      const low = line(row.projected_low), high = line(row.projected_high);
      series.push(
        { title: "预计", data: line(row.projected_actual), colour: COLOURS.other,
          more: { ...plain, lineStyle: { width: 2, type: "dotted" } } },
        { title: "预计下限", data: low, colour: COLOURS.other, more: shadow },
        { title: "预计范围", data: low.map((least, place) => least === null ? null : high[place] - least),
          colour: COLOURS.other, more: { ...shadow, areaStyle: { opacity: .22 } } });
    }
    const goal = `目标 ${number(row.threshold)} ${row.unit}。`;
    return section(`${id} ${titleOf(id)}：${row.period_title}累计和预计`, isProjected
      ? `期末预计 ${whole(row.projected_actual)}，约十分之八的情形在 ${whole(row.projected_low)} 与 `
        + `${whole(row.projected_high)} 之间；${goal}` : goal,
    columns(`${id} 的累计数和到期末的预计`, names, series, null, {
      tooltip: { show: false },
      legend: { ...legend, itemWidth: 22, data: ["累计", "目标", ...(isProjected ? ["预计", "预计范围"] : [])] },
    }));
  }

  function byFunding(year) {
    const rows = records("funding").filter(row => !year || row.month.startsWith(year));
    const months = [...new Set(rows.map(row => row.month))].sort();
    const groups = codes("funding").filter(code => rows.some(row => row.funding_group === code));
    const tints = [COLOURS.main, "#4a90cf", COLOURS.other, "#e3bd84", COLOURS.idle, "#d5dce3"];
    const counted = (group, at) => sum(rows.filter(row => row.month === at && row.funding_group === group), "counted");
    return section("按资金来源", "全市计入人次，不受部门、区和专项行动筛选影响。",
      columns("按资金来源的每月计入人次", months, groups.map((code, place) => ({ title: word("funding", code),
        colour: tints[place], data: months.map(at => counted(code, at)) }))),
      table("按资金来源逐月计入人次", [{ name: "month", title: "月份", text: row => month(row.month) },
        ...groups.map(code => ({ name: code, title: word("funding", code), kind: "number" }))],
      months.map(at => ({ month: at, ...Object.fromEntries(groups.map(code => [code, counted(code, at)])) }))));
  }

  function trend() {
    const { year, target: wanted } = state(), filters = chosen(["year", "department", "district", "action"]);
    const able = content.targets.filter(plan => monthsOf(plan.id).length);
    const id = (able.find(plan => plan.id === wanted) || able[0] || {}).id, trained = training(filters, "month");
    const rows = id ? monthsOf(id).filter(row => !year || row.month.startsWith(year)) : [];
    return [
      id && el("form", { class: "tools", "aria-label": "选目标" }, choice("目标",
        able.map(plan => [plan.id, `${plan.id} ${plan.title}`]), id, code => go({ target: code }))),
      id && projection(id, year),
      id && section(`${id} ${titleOf(id)}：逐月完成`, `${word("component", "opening")}单列，不在各月之内。`,
        columns(`${id} 每月的完成数`, rows.map(row => row.month), [
          { title: word("component", "rows"), data: rows.map(row => row.counted), colour: COLOURS.main },
          { title: word("component", "totals"), data: rows.map(row => row.totals_only), colour: COLOURS.light }]),
        monthTable(id, rows)),
      section("逐月计入人次", COUNTED, small(trained),
        columns("每月的计入人次", trained.map(row => row.month),
          SERIES.map(line => ({ ...line, data: trained.map(row => row[line.name]) })), at => go({ open: at })),
        shares("逐月计入人次", trained, "月份", row => go({ open: row.month }))),
      openedTraining("month", filters),
      byFunding(year),
    ];
  }

  Object.assign(board, { rowsOf, titleOf });
  board.pages.unshift(
    { code: "progress", title: "全市进展", lead: "方案二十项目标：完成、目标、状态和期末预计。点一项看它的构成。",
      draw: progress, filters: ["year", "department", "district"], district: "报送区" },
    { code: "trend", title: "逐月趋势", lead: "每月完成多少，按评价时点的进度期末预计完成多少。点一个月看它的构成。", draw: trend,
      filters: ["year", "department", "district", "action"] });
})();
