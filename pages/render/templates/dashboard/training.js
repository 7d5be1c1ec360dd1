/* Training under the filters: by special action, department and district, and what lies under one of them. */
(function () {
  "use strict";
  const board = window.board;
  const { content, records, number, percent, part, month, word, codes, totals, sum, state, go, el, section, opened, table,
    bars, COLOURS, INK, TOO_FEW } = board;
  const THIS_YEAR = content.facts.as_of.slice(0, 4);
  const SERIES = [{ name: "headline", title: "计入总目标", colour: COLOURS.main },
    { name: "other", title: "计入统计但不计入总目标", colour: COLOURS.light }];
  const COUNTED = "人次按结业日期计；几个单位重复报送的只计一次，归计入部门。";
  const DIMENSIONS = { department: "部门", district: "开班所在区", action: "专项行动", month: "月份" };

  const chosen = names => Object.fromEntries(names.map(name => [name, state()[name]]));

  /* Totals by one column, with what does not count to the headline beside what does; `all`: codes without rows too. */
  function training(filters, by, all) {
    const counted = totals(records("training"), filters, [by], ["counted", "headline"]);
    const order = by === "month" ? counted.map(row => row.month).sort() : codes(by);
    return order.map(code => counted.find(row => row[by] === code) || (all && { [by]: code, counted: 0, headline: 0 }))
      .filter(Boolean)
      .map(row => ({ ...row, other: row.counted - row.headline,
        title: by === "month" ? month(row.month) : word(by, row[by]) }));
  }

  function small(rows) {
    return rows.some(row => row.hidden)
      ? el("p", { class: "soft small" }, "重点群体中不足 5 人次的分组不显示，也不计入这里的合计。") : null;
  }

  function shares(title, rows, first, open) {
    const all = sum(rows, "counted");
    const whole = rows.map(row => ({ ...row, share: part(row.counted, all) }));
    if (rows.length > 1) {
      whole.push({ title: "合计", counted: all, headline: sum(rows, "headline"), share: part(all, all), total: true });
    }
    return table(title, [{ name: "title", title: first, open }, { name: "counted", title: "计入人次", kind: "number" },
      { name: "share", title: "占比", kind: "percent" },
      { name: "headline", title: "其中计入总目标", kind: "number" }], whole);
  }

  /* The figures of the code that was pressed, by every other column. */
  function openedTraining(by, filters) {
    const code = state().open;
    if (!code) return null;
    const title = by === "month" ? month(code) : word(by, code), within = { ...filters, [by]: code };
    return opened(`${title}：计入人次的构成`, el("div", { class: "tables" },
      Object.keys(DIMENSIONS).filter(name => name !== by)
        .map(name => shares(`${title}，按${DIMENSIONS[name]}`, training(within, name), DIMENSIONS[name]))));
  }

  function actions() {
    const filters = chosen(["year", "department", "district"]), year = filters.year || THIS_YEAR;
    const rows = training(filters, "action", true), open = row => go({ open: row.action });
    const few = name => row => row[name] === null ? TOO_FEW : number(row[name]);
    return [
      section("十个专项行动的计入人次", COUNTED, small(rows), bars("各专项行动的计入人次", rows, SERIES, open),
        shares("专项行动", rows, "专项行动", open)),
      openedTraining("action", filters),
      section(`${year}年按人员类别`,
        "一人可属几类，不能相加；不足 5 人的不显示，敏感群体合并为一组。全市，不受部门和区筛选影响。",
        table(`${year}年按人员类别`, [
          { name: "category", title: "人员类别", text: row => word("category", row.category) },
          { name: "participations", title: "人次", kind: "number", text: few("participations") },
          { name: "persons", title: "人（去重）", kind: "number", text: few("persons") },
        ], records("category").filter(row => String(row.year) === year))),
    ];
  }

  const isReturned = row => ["rejected", "unreadable"].includes(row.outcome);

  /* What was owed and what came of it, from rows of the grid. */
  function owed(rows) {
    const of = test => sum(rows.filter(test), "submissions");
    const due = of(row => !["not_due", "unasked"].includes(row.state)), onTime = of(row => row.state === "on_time");
    const received = sum(rows, "received_rows");
    return { due, received, on_time: onTime, on_time_share: part(onTime, due), held: sum(rows, "held_rows"),
      late: of(row => row.state === "late"), late_taken: of(row => row.state === "late" && !isReturned(row)),
      missing: of(row => row.state === "missing"), returned: of(isReturned), confirmed: sum(rows, "confirmed"),
      accepted_share: part(sum(rows, "accepted_rows"), received) };
  }

  function gridOf(department, year) {
    return records("grid").filter(row => (!department || row.department === department)
      && (!year || row.year === year));
  }

  function departments() {
    const filters = chosen(["year", "district", "action"]), open = row => go({ open: row.department });
    const certificates = totals(records("certificate"), { year: filters.year }, ["department"], ["counted"]);
    const rows = training(filters, "department", true).map(row => ({ ...row,
      certificates: sum(certificates.filter(({ department }) => department === row.department), "counted"),
      ...owed(gridOf(row.department, filters.year)) }));
    const drawn = rows.filter(row => row.counted).sort((a, b) => b.counted - a.counted);
    return [
      section("各部门计入人次", COUNTED, small(rows), bars("各部门的计入人次", drawn, SERIES, open)),
      openedTraining("department", filters),
      section("各部门情况", filters.district || filters.action ? "证书和报送情况不受区和专项行动筛选影响。" : null,
        table("各部门", [
          { name: "title", title: "部门", open }, { name: "counted", title: "计入人次", kind: "number" },
          { name: "headline", title: "其中计入总目标", kind: "number" },
          { name: "certificates", title: "计入证书", kind: "number" },
          { name: "due", title: "应报份数", kind: "number" }, { name: "on_time", title: word("punctuality", "on_time"), kind: "number" },
          { name: "late", title: word("punctuality", "late"), kind: "number" }, { name: "missing", title: word("grid_state", "missing"), kind: "number" },
          { name: "accepted_share", title: "校验通过率", kind: "percent" },
        ], rows)),
    ];
  }

  /* Line and place of each tile, west to east, as the districts lie. */
  const TILES = { 440306: [1, 1], 440311: [1, 2], 440309: [1, 3], 440307: [1, 4], 440310: [1, 5], "SZ-SS": [1, 6],
    440305: [2, 2], 440304: [2, 3], 440303: [2, 4], 440308: [2, 5], "SZ-DP": [2, 6] };
  const STEPS = [["#e8f0f8", INK], ["#bcd5ec", INK], ["#84b1db", INK], ["#2f74b5", "#fff"], ["#12406e", "#fff"]];

  function districts() {
    const filters = chosen(["year", "department", "action"]), open = row => go({ open: row.district });
    const rows = training(filters, "district", true).filter(row => row.counted || TILES[row.district]);
    const all = sum(rows, "counted"), most = Math.max(...rows.map(row => row.counted), 1);
    const step = row => Math.min(STEPS.length - 1, Math.floor(row.counted / most * STEPS.length));
    const bound = place => percent(part(most * place / STEPS.length, all));
    const tile = row => {
      const [line, place] = TILES[row.district], [ground, ink] = STEPS[step(row)];
      return el("button", { type: "button", onclick: () => open(row),
        style: { gridRow: line, gridColumn: place, background: ground, color: ink } },
      el("span", {}, row.title.replace("特别合作区", "").replace("新区", "")),
      el("b", {}, percent(part(row.counted, all))), el("span", { class: "count" }, number(row.counted)));
    };
    return [
      section("九区两功能区", `按开班所在区，颜色按占全市计入人次的比例。${COUNTED}`, small(rows),
        el("div", { class: "tiles" }, rows.filter(row => TILES[row.district]).map(tile)),
        all ? el("ul", { class: "legend" }, STEPS.map(([ground], place) => el("li", {},
          el("span", { class: "swatch", style: { background: ground } }),
          place === STEPS.length - 1 ? `${bound(place)} 以上` : `${bound(place)} 至 ${bound(place + 1)}`))) : null),
      openedTraining("district", filters),
      section("各区情况表", null, shares("各区", rows, "开班所在区", open)),
    ];
  }

  Object.assign(board, { chosen, training, small, shares, openedTraining, owed, gridOf, SERIES, COUNTED, THIS_YEAR });
  board.pages.push(
    { code: "actions", title: "专项行动", lead: "方案（一）至（十）条的十个专项行动。点一个看它的构成。", draw: actions,
      filters: ["year", "department", "district"] },
    { code: "departments", title: "部门", lead: "二十个部门的计入人次、证书和报送情况。点一个看它的构成。", draw: departments,
      filters: ["year", "district", "action"] },
    { code: "districts", title: "各区", lead: "九个行政区和大鹏、深汕两个功能区。点一个看它的构成。", draw: districts,
      filters: ["year", "department", "action"] });
})();
