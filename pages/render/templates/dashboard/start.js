/* Draws the page that the address names, and again whenever the address changes. */
(function () {
  "use strict";
  const { content, records, word, codes, state, address, go, el, choice, forget, pages } = window.board;
  const YEARS = [...new Set(["training", "certificate"].flatMap(records).map(row => row.month.slice(0, 4)))].sort();
  const listed = list => codes(list).map(code => [code, word(list, code)]);
  const OPTIONS = { year: ["年份", () => YEARS.map(year => [year, `${year}年`])],
    department: ["部门", () => listed("department")],
    district: ["开班所在区", page => listed("district").filter(([code]) => code !== "none"
      && (page.district || code !== "SZ"))],
    action: ["专项行动", () => listed("action")] };
  let before = {};

  function draw() {
    const now = state(), page = pages.find(({ code }) => code === now.page) || pages[0];
    const filters = Object.keys(OPTIONS).filter(name => page.filters.includes(name));
    const title = name => name === "district" && page.district || OPTIONS[name][0];
    const kept = Object.fromEntries(Object.keys(OPTIONS).map(name => [name, now[name]]));
    document.title = `${page.title}：深圳市职业技能培训看板`;
    document.getElementById("tabs").replaceChildren(...pages.map(tab => el("a", {
      href: address({ page: tab.code, ...kept }), "aria-current": tab === page ? "page" : null }, tab.title)));
    document.getElementById("title").textContent = page.title;
    document.getElementById("lead").textContent = page.lead;
    document.getElementById("filters").replaceChildren(...filters.map(name => choice(title(name),
      [...(page.yearly ? [] : [["", "全部"]]), ...OPTIONS[name][1](page)],
      now[name] || (page.yearly && content.facts.as_of.slice(0, 4)), value => go({ [name]: value }))));
    document.getElementById("filters").hidden = !filters.length;
    const said = filters.filter(name => now[name])
      .map(name => `${title(name)}：${name === "year" ? now.year + "年" : word(name, now[name])}`);
    document.getElementById("said").textContent = said.length ? `筛选　${said.join("，")}` : "";
    forget();
    document.getElementById("page").replaceChildren(...page.draw().filter(Boolean));
    const opened = document.getElementById("opened");
    if (opened && now.open !== before.open) opened.scrollIntoView({ block: "start" });
    else if (now.page !== before.page) window.scrollTo(0, 0);
    before = now;
  }

  document.getElementById("as-of").textContent = `截至 ${content.facts.as_of_title}`;
  const demo = document.getElementById("demo");
  demo.textContent = content.facts.demo;
  demo.hidden = !content.facts.demo;
  const month = document.getElementById("month-state");
  month.textContent = content.facts.month;
  month.hidden = !content.facts.month;
  document.getElementById("source").textContent =
    `发布编号 ${content.facts.publication}。百分比不向上取整。${word("component", "opening")}和${word("component", "totals")}没有明细，只计入目标的完成数。`;
  window.addEventListener("hashchange", draw);
  document.querySelectorAll("form").forEach(form => form.addEventListener("submit", event => event.preventDefault()));
  draw();
})();
