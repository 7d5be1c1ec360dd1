(function () {
  "use strict";
  document.querySelectorAll("table[data-tools]").forEach(function (table) {
    var tools = document.getElementById(table.dataset.tools), body = table.tBodies[0], rows = Array.from(body.rows);
    if (!tools) return;
    var words = tools.querySelector("input"), choice = tools.querySelector("select");
    var shown = tools.querySelector("output"), texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    tools.hidden = false;
    function filter() {
      var sought = words.value.trim().toLowerCase(), kind = choice ? choice.value : "", count = 0;
      rows.forEach(function (row, place) {
        row.hidden = texts[place].indexOf(sought) < 0 || (kind !== "" && row.dataset.kind !== kind);
        if (!row.hidden) count += 1;
      });
      shown.textContent = "显示 " + count + " 行";
    }
    words.addEventListener("input", filter);
    if (choice) choice.addEventListener("change", filter);
    table.querySelectorAll("thead th").forEach(function (head, place) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down === 1 ? "ascending" : "descending");
        var text = function (row) {
          var cell = row.cells[place];
          return cell.dataset.sort === undefined ? cell.textContent.trim() : cell.dataset.sort;
        };
        rows.slice().sort(function (a, b) {
          return down * text(a).localeCompare(text(b), "zh-CN", { numeric: true });
        }).forEach(function (row) { body.appendChild(row); });
      });
    });
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (part) { part.open = true; });
  });
})();
