/// What makes the page answer: sorting, filtering, and values under the pointer. Without it the page says the same.
enum Script {
    /// The SHA-256 of the script, in Base64: the page's policy lets this script run and no other.
    static let hash: HTML = "sha256-9zThC4tEs1gw+MEH7sqtlw3wEMZ1LicygaLSa6za4no="

    static let html: HTML = #"""
        "use strict";
        (() => {
          const tip = document.getElementById("tip");
          const show = (text, x, y) => {
            tip.textContent = text;
            tip.hidden = false;
            const edge = document.documentElement.clientWidth;
            const left = Math.min(x + 14, edge - tip.offsetWidth - 8);
            tip.style.left = Math.max(left, 8) + scrollX + "px";
            tip.style.top = y + 16 + scrollY + "px";
          };
          const hide = () => { tip.hidden = true; };

          document.addEventListener("pointermove", (event) => {
            const mark = event.target.closest ? event.target.closest("[data-tip]") : null;
            if (mark) show(mark.dataset.tip, event.clientX, event.clientY);
            else if (!event.target.closest || !event.target.closest("svg[data-values]")) hide();
          });

          const places = (path) => {
            const found = [];
            for (const part of path.getAttribute("d").matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)) found.push(Number(part[1]));
            return found;
          };
          for (const svg of document.querySelectorAll("svg[data-values]")) {
            let lines = null;
            let cursor = null;
            svg.addEventListener("pointermove", (event) => {
              lines = lines || [...svg.querySelectorAll("path[data-y]")].map((path) => ({
                name: path.dataset.name, at: places(path), x: path.dataset.x.split("|"), y: path.dataset.y.split("|"),
              }));
              if (lines.length === 0) return;
              const box = svg.getBoundingClientRect();
              const at = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
              let best = null;
              const words = lines.map((line) => {
                let near = 0;
                line.at.forEach((x, i) => { if (Math.abs(x - at) < Math.abs(line.at[near] - at)) near = i; });
                if (best === null || Math.abs(line.at[near] - at) < Math.abs(best.at - at))
                  best = { at: line.at[near], x: line.x[near] };
                return line.name + ": " + line.y[near];
              });
              if (!cursor) {
                cursor = document.createElementNS("http://www.w3.org/2000/svg", "path");
                cursor.setAttribute("class", "cursor");
                svg.append(cursor);
              }
              const grid = svg.querySelector(".grid");
              const ends = grid ? grid.getAttribute("d").match(/M[-\d.]+ ([-\d.]+)V([-\d.]+)/) : null;
              if (ends) cursor.setAttribute("d", "M" + best.at + " " + ends[1] + "V" + ends[2]);
              show([best.x].concat(words).join("\n"), event.clientX, event.clientY);
            });
            svg.addEventListener("pointerleave", () => {
              hide();
              if (cursor) cursor.remove();
              cursor = null;
            });
          }

          const table = document.getElementById("cell-table");
          if (table) {
            const body = table.tBodies[0];
            const rows = [...body.rows];
            const page = Number(table.dataset.page);
            const heads = [...table.tHead.rows[0].cells];
            const form = document.querySelector("form.controls");
            const more = document.querySelector("[data-more]");
            let shown = page;
            const ranks = { valid: 0, suspect: 1, invalid: 2, "no outcome": 3 };
            const key = (row, column) => {
              if (heads[column].dataset.key === "verdict") return ranks[row.dataset.verdict];
              const text = row.cells[column].textContent;
              const number = Number(text.replace(/[$,]/g, ""));
              return text === "–" ? null : text !== "" && !Number.isNaN(number) ? number : text;
            };
            const compare = (a, b) => typeof a === "number" && typeof b === "number"
              ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
            const draw = () => {
              const words = form.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
              const verdict = form.verdict.value;
              let matching = 0;
              for (const row of body.rows) {
                const text = (row.textContent + " " + (row.cells[1].title || "")).toLowerCase();
                const fits = (!verdict || row.dataset.verdict === verdict) && words.every((word) => text.includes(word));
                if (fits) matching += 1;
                row.hidden = !fits || matching > shown;
              }
              form.querySelector("output").textContent = matching.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " cells";
              if (more) more.hidden = matching <= shown;
            };
            const sort = (column, descending) => {
              const keyed = rows.map((row, index) => ({ row, index, key: key(row, column) }));
              keyed.sort((a, b) => {
                // What is unknown comes last, whichever way.
                if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.index - b.index;
                return (descending ? -1 : 1) * compare(a.key, b.key) || a.index - b.index;
              });
              body.append(...keyed.map((entry) => entry.row));
              heads.forEach((head, index) => {
                if (index === column) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
                else head.removeAttribute("aria-sort");
              });
              draw();
            };
            heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
              sort(column, head.getAttribute("aria-sort") === "ascending");
            }));
            const restart = () => { shown = page; draw(); };
            form.addEventListener("input", restart);
            form.addEventListener("submit", (event) => event.preventDefault());
            if (more) more.addEventListener("click", () => { shown += page; draw(); });
            form.hidden = false;
            // "#sort=p99" or "#sort=-p99" and "filter=word" in the address, so that a view can be passed on.
            const wanted = new URLSearchParams(location.hash.slice(1));
            if (wanted.has("filter")) form.filter.value = wanted.get("filter");
            const order = wanted.get("sort");
            const column = order ? heads.findIndex((head) => head.dataset.key === order.replace(/^-/, "")) : -1;
            if (column >= 0) sort(column, order.startsWith("-"));
            else draw();
          }

          addEventListener("beforeprint", () => {
            for (const details of document.querySelectorAll("details.plan")) details.open = true;
          });
        })();
        """#
}
