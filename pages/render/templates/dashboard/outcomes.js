/* What training leads to: skills beside the demand for them, certificates, and quality. */
(function () {
  "use strict";
  const board = window.board;
  const { records, number, percent, month, word, codes, totals, sum, state, go, el, section, opened, table, bars,
    columns, choice, chosen, COLOURS, LEVELS, INK, THIS_YEAR } = board;
  const CLUSTERS = "“20+8”产业集群";
  const MOST = { occupation: 15, cluster: 40 };

  const FORECAST = { reported: "", lead_silent: "牵头部门未报", not_due: "未到期" };

  const DEMAND = [{ name: "state", title: "牵头部门预测", text: row => FORECAST[row.state] ?? "" },
    { name: "training_need_count", title: "培训需求人次", kind: "number" },
    { name: "trained", title: "计入培训人次", kind: "number" },
    { name: "trained_with_need", title: "其中已报需求的职业", kind: "number" },
    { name: "training_need_share", title: "培训需求满足率", kind: "percent" },
    { name: "demand_count", title: "需求人数", kind: "number" }, { name: "gap_count", title: "缺口人数", kind: "number" },
    { name: "is_urgent", title: "急需紧缺", text: row => row.is_urgent ? "是" : "" },
    { name: "enrolled", title: "开班参训人次", kind: "number" },
    { name: "trained_persons", title: "人（去重）", kind: "number" },
    { name: "certificates", title: "计入证书", kind: "number" },
    { name: "followed", title: "已跟踪就业", kind: "number" },
    { name: "employed", title: "其中就业", kind: "number" }];

  function skills() {
    const { year = THIS_YEAR, kind, open: code } = state(), breakdown = kind === "cluster" ? "cluster" : "occupation";
    const title = breakdown === "cluster" ? CLUSTERS : "职业", open = row => go({ open: row.code });
    const none = breakdown === "cluster" ? "不属于集群" : "职业未报";
    const all = records("demand").filter(row => row.breakdown === breakdown)
      .map(row => ({ ...row, title: row.code === "none" ? none : row.name }));
    const rows = all.filter(row => String(row.year) === year)
      .sort((a, b) => (b.training_need_count || 0) - (a.training_need_count || 0) || b.trained - a.trained);
    const drawn = rows.filter(row => row.code !== "none").slice(0, MOST[breakdown]);
    const history = all.filter(row => row.code === code);
    const isForecast = drawn.some(row => row.training_need_count);
    const order = isForecast ? "按培训需求从大到小" : "没有分到这一级的需求预测，按培训人次从大到小";
    const series = [{ name: "training_need_count", title: "培训需求人次", colour: COLOURS.other, apart: true },
      { name: "trained", title: "计入培训人次", colour: COLOURS.main, apart: isForecast }];
    return [
      el("form", { class: "tools", "aria-label": "选分组" }, choice("分组", [["occupation", "职业"], ["cluster", CLUSTERS]],
        breakdown, value => go({ kind: value, open: "" }))),
      section(`${year}年需求与供给：${title}`, `需求只取牵头部门所报，满足率只比已报需求的职业；${order}，先列 ${drawn.length} 个。`,
        bars(`${year}年各${title}的需求和培训`, drawn, series.slice(isForecast ? 0 : 1), open)),
      history.length ? opened(`${history[0].title}：各年`, table(`${history[0].title} 各年`,
        [{ name: "year", title: "年", text: row => String(row.year) }, ...DEMAND], history)) : null,
      section("明细表", null, table(`${year}年${title}需求与供给`, [{ name: "title", title, open }, ...DEMAND], rows)),
    ];
  }

  /* Certificates of skill count to target T02. */
  const isSkill = row => ["01", "02"].includes(row.type);

  function certificates() {
    const filters = chosen(["year", "department", "district"]), { open: type } = state();
    const cube = records("certificate"), open = row => go({ open: row.type });
    const cells = totals(cube, filters, ["type", "level"], ["counted"]);
    const levels = [...LEVELS.keys()].filter(code => cells.some(row => row.level === code));
    const rows = codes("type").map(code => {
      const ofType = cells.filter(row => row.type === code);
      return { type: code, title: word("type", code), counted: sum(ofType, "counted"),
        ...Object.fromEntries(ofType.map(row => [row.level, row.counted])) };
    }).filter(row => row.counted).sort((a, b) => b.counted - a.counted);
    const all = { title: "合计", counted: sum(rows, "counted"), total: true,
      ...Object.fromEntries(levels.map(level => [level, sum(rows, level)])) };
    const byMonth = totals(cube, filters, ["month", "type"], ["counted"]);
    const months = [...new Set(byMonth.map(row => row.month))].sort();
    const of = test => months.map(at => sum(byMonth.filter(row => row.month === at && test(row)), "counted"));
    return [
      section("按类别和等级", "按发证日期计；同一证书编号全市只计一次。",
        bars("各类证书按等级的本数", rows, levels.map(level => ({ name: level, title: word("level", level),
          colour: LEVELS.get(level) })), open),
        table("证书类别和等级", [{ name: "title", title: "证书类别", open },
          { name: "counted", title: "计入本数", kind: "number" },
          ...levels.map(level => ({ name: level, title: word("level", level), kind: "number" }))],
        rows.length ? [...rows, all] : [])),
      type ? openedType(cube, { ...filters, type }) : null,
      section("逐月发证", "技能类：技能类职业资格证书和职业技能等级证书，计入目标 T02。",
        columns("每月发证本数", months, [
          { title: "技能类", colour: COLOURS.main, data: of(isSkill) },
          { title: "其他", colour: COLOURS.light, data: of(row => !isSkill(row)) }])),
    ];
  }

  function openedType(cube, filters) {
    const name = word("type", filters.type);
    return opened(`${name}：构成`, el("div", { class: "tables" },
      [["department", "部门"], ["district", "报送区"], ["level", "等级"], ["month", "月份"]].map(([by, title]) =>
        table(`${name}，按${title}`, [
          { name: by, title, text: row => by === "month" ? month(row.month) : word(by, row[by]) },
          { name: "counted", title: "计入本数", kind: "number" },
        ], totals(cube, filters, [by], ["counted"])
          .sort((a, b) => by === "month" ? a.month.localeCompare(b.month) : b.counted - a.counted)))));
  }

  const KINDS = { institution: "机构", department: "部门", occupation: "职业" };
  /* Of a kind of training only those whose rates make its index, and those that say more. */
  const RATES = [{ name: "quality_index", title: "质效指数", kind: "number" },
    { name: "evaluation", title: "评价状态", text: row => word("evaluation", row.evaluation) },
    { name: "is_low", title: "质效偏低", text: row => row.is_low ? "是，需整改、调整或说明" : "" },
    { name: "persons", title: "结业人数", kind: "number" }, { name: "participations", title: "应结业人次", kind: "number" },
    { name: "completion_rate", title: "结业率", kind: "percent" }, { name: "pass_rate", title: "合格率", kind: "percent" },
    { name: "certificate_rate", title: "取证率", kind: "percent" },
    { name: "employment_rate", title: "6个月就业率", kind: "percent" },
    { name: "practice_rate", title: "6个月创业实践率", kind: "percent" },
    { name: "stability_rate", title: "12个月企业稳定率", kind: "percent" },
    { name: "level_raised_rate", title: "晋级率", kind: "percent" },
    { name: "certified", title: "取证人次", kind: "number" },
    { name: "yuan", title: "每取证人次补贴（元）", kind: "number" }];

  function quality() {
    const { kind: wanted, training: chosenKind, open: key } = state(), kind = KINDS[wanted] ? wanted : "institution";
    const all = records("quality").filter(row => row.kind === kind).map(row => ({ ...row, title: row.name,
      yuan: row.paid_fen_per_certified === null ? null : row.paid_fen_per_certified / 100 }));
    const trainings = codes("training").filter(code => all.some(row => row.training === code));
    const training = trainings.includes(chosenKind) ? chosenKind : trainings[0];
    const rows = all.filter(row => row.training === training), name = training ? word("training", training) : "培训";
    const rated = rows.filter(row => row.quality_index !== null), drawn = rated.slice(0, 20);
    const low = rated.filter(row => row.is_low).length, open = row => go({ open: row.key });
    const subject = key && rows.find(row => row.key === key);
    const line = drawn.length ? drawn[0].median_index : null, hasLine = line !== null && line !== undefined;
    const mark = hasLine ? { silent: true, symbol: "none", data: [{ xAxis: line }],
      label: { position: "start", formatter: `同类中位数 ${number(line)}`, color: INK },
      lineStyle: { color: COLOURS.bad, type: "dashed", width: 2 } } : undefined;
    const span = rows.length ? `${month(rows[0].first_month)}至${month(rows[0].last_month)}结业的人次；` : "";
    const index = kind === "institution" ? `${number(rated.length)} 个机构已评价，${number(low)} 个质效偏低。` : "";
    return [
      el("form", { class: "tools", "aria-label": "选对象" }, choice("对象", Object.entries(KINDS), kind,
        value => go({ kind: value, open: "" })), trainings.length ? choice("培训类别", trainings.map(code => [code,
        word("training", code)]), training, value => go({ training: value, open: "" })) : null),
      section(`${name}：${KINDS[kind]}的质效指数`, `${span}只在同类培训之间比较，不足 5 人的不算比例。${index}`
        + `先列指数最低的 ${drawn.length} 个。`,
      bars(`${name}：指数最低的${KINDS[kind]}`, drawn, [{ name: "quality_index", title: "质效指数", colour: COLOURS.light,
        markLine: mark }], open, { xAxis: { min: 0, max: 1, minInterval: 0.2 } })),
      subject ? opened(subject.name, el("dl", { class: "facts" }, RATES.flatMap(column => [el("dt", {}, column.title),
        el("dd", {}, column.text ? column.text(subject) || "否"
          : (column.kind === "percent" ? percent : number)(subject[column.name]))]))) : null,
      section("明细表", null, table(`${name}：${KINDS[kind]}质效`, [{ name: "name", title: KINDS[kind], open }, ...RATES], rows)),
      section("就业率和创业三率", "全市，按结业年度。率是达到人数占已知人数；下限把去向不明的一律按没有达到计。",
        table("全市就业率和创业三率", OUTCOMES, records("outcome").filter(row => row.kind === "city"))),
      section("各部门就业率和创业三率", null, table("各部门就业率和创业三率", [{ name: "key", title: "部门",
        text: row => word("department", row.key) }, ...OUTCOMES], records("outcome").filter(row => row.kind !== "city"))),
    ];
  }

  const OUTCOMES = [{ name: "year", title: "结业年度", text: row => String(row.year) },
    { name: "rate", title: "率", text: row => word("rate", row.rate) },
    { name: "check_month", title: "结业后月数", kind: "number" },
    { name: "evaluation", title: "状态", text: row => word("outcome_state", row.evaluation) },
    { name: "due_count", title: "应跟踪", kind: "number" }, { name: "known_count", title: "已知", kind: "number" },
    { name: "reached_count", title: "达到", kind: "number" }, { name: "known_share", title: "跟踪率", kind: "percent" },
    { name: "rate_share", title: "率", kind: "percent" }, { name: "lowest_share", title: "下限", kind: "percent" }];

  board.pages.push(
    { code: "skills", title: "职业与集群", lead: "方案第十六条：紧缺需求对照培训和证书。", draw: skills, filters: ["year"],
      yearly: true },
    { code: "certificates", title: "证书", lead: "各类证书的本数、等级和逐月发证。点一类看它的构成。", draw: certificates,
      filters: ["year", "department", "district"], district: "报送区" },
    { code: "quality", title: "培训质效", lead: "方案第二十二条：同类培训之间的质效指数，就业率和创业三率。", draw: quality,
      filters: [] });
})();
