/* How far the figures can be relied on: what was owed, what came, what is signed, disputed or counted once. */
(function () {
  "use strict";
  const board = window.board;
  const { records, number, percent, word, codes, state, go, section, figures, table, bars, owed, gridOf, rowsOf,
    titleOf, COLOURS } = board;

  function confidence() {
    const { year, department } = state(), all = owed(gridOf(department, year));
    const units = codes("department").filter(code => !department || code === department)
      .map(code => ({ department: code, title: word("department", code), ...owed(gridOf(code, year)) }))
      .filter(row => row.due);
    const warned = records("warned_sum"), said = name => word("warned_sum", name);
    return [
      figures([["应报份数", number(all.due)], ["按时率", percent(all.on_time_share)], [word("grid_state", "missing"), number(all.missing)],
        ["校验通过率", percent(all.accepted_share)], ["待更正的行", number(all.held)], ["已审签份数", number(all.confirmed)]]),
      section("各部门报送", "已到期的报送中没有按时收下的份数。",
        bars("各部门迟报、退回和逾期未报的份数", units, [
          { name: "late_taken", title: "迟报，已收下", colour: COLOURS.light },
          { name: "returned", title: word("grid_state", "returned"), colour: COLOURS.other },
          { name: "missing", title: word("grid_state", "missing"), colour: COLOURS.bad },
        ], row => go({ page: "departments", open: row.department })),
        table("各部门报送", [{ name: "title", title: "部门" }, { name: "due", title: "应报", kind: "number" },
          { name: "on_time_share", title: "按时率", kind: "percent" }, { name: "late", title: word("punctuality", "late"), kind: "number" },
          { name: "missing", title: word("grid_state", "missing"), kind: "number" },
          { name: "returned", title: word("grid_state", "returned"), kind: "number" },
          { name: "received", title: "收到行数", kind: "number" }, { name: "held", title: "待更正行数", kind: "number" },
          { name: "accepted_share", title: "校验通过率", kind: "percent" },
          { name: "confirmed", title: "已审签", kind: "number" }], units)),
      section("每项目标依据的数据", "全市。已收到：到期报送中收到并校验通过的；有提示：计入的行中有提示而未说明的；有重复：另有单位也报的。",
        table("各项目标的数据质量", [
          { name: "target_id", title: "目标", text: row => `${row.target_id} ${titleOf(row.target_id)}`,
            open: row => go({ page: "progress", open: row.target_id }) },
          { name: "period_title", title: "期间" },
          { name: "figure_state", title: "数据性质", text: row => word("figure_state", row.figure_state) },
          { name: "due_submissions", title: "应报", kind: "number" },
          { name: "received_share", title: "已收到", kind: "percent" },
          { name: "confirmed_share", title: "已审签", kind: "percent" },
          { name: "warned_rows", title: "有提示的行", kind: "number" },
          { name: "disputed_rows", title: "有重复的行", kind: "number" },
          { name: "disputed_totals", title: "不一致的汇总数", kind: "number" }], rowsOf(year))),
      warned.length && section(said("title"), said("lead"), table(said("title"), [
        { name: "name", title: said("name") }, { name: "group", title: said("group") },
        { name: "unit", title: said("unit") },
        { name: "total", title: said("total"), kind: "number", text: row => row.total_said },
        { name: "unwarned", title: said("unwarned"), kind: "number", text: row => row.unwarned_said }], warned)),
      section("重复和问题", "全部年度。", table("各部门重复报送和问题", [
        { name: "department", title: "部门", text: row => word("department", row.department) },
        { name: "reported", title: "报送人次", kind: "number" }, { name: "counted", title: "计入人次", kind: "number" },
        { name: "duplicates", title: "重复未计", kind: "number" },
        { name: "reported_certificates", title: "报送证书", kind: "number" },
        { name: "counted_certificates", title: "计入证书", kind: "number" },
        { name: "critical_findings", title: "须更正", kind: "number" },
        { name: "warning_findings", title: "须核对", kind: "number" },
      ], records("department").filter(row => !department || row.department === department))),
      section("行数对得上", "校验通过的行数，减去暂缓入库的、后来又报的、列在机构目录中的企业和合并的，等于表中的行数。", table("行数核对", [
        { name: "dataset", title: "数据集", text: row => word("dataset", row.dataset) },
        { name: "accepted_rows", title: "校验通过", kind: "number" },
        { name: "held_back_rows", title: "减：暂缓入库", kind: "number" },
        { name: "superseded_rows", title: "减：后来又报", kind: "number" },
        { name: "enterprise_rows", title: "减：企业（不是机构）", kind: "number" },
        { name: "merged_rows", title: "减：合并", kind: "number" },
        { name: "fact_rows", title: "表中", kind: "number" }], records("reconciliation"))),
    ];
  }

  board.pages.push({ code: "confidence", title: "数据质量", lead: "各项指标所依据的报送份数、审签情况和存疑情况。",
    draw: confidence, filters: ["year", "department"] });
})();
