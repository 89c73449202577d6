// The SQL editor in colours: a layer below the field writes its text again, word by word. The field itself stays plain:
// what is typed, selected, pasted or read aloud is the field's, and without this script the field shows its own text.
if (!window.kpiColoursQueries) {
  window.kpiColoursQueries = true;
  const KEYWORDS = new Set(("all and any anti as asc asof between by case cast create cross cube desc describe distinct else end escape except " +
    "exclude exists explain false filter first following for from full group grouping having ilike in inner intersect interval " +
    "is join last lateral left like limit materialized natural not null nulls offset on or order outer over partition pivot " +
    "positional preceding qualify range recursive replace right rollup row rows sample select semi sets show similar summarize " +
    "table then true unbounded union unnest unpivot using values view when where window with").split(" "));
  const TOKEN = /(--[^\n]*|\/\*[^]*?(?:\*\/|$))|('(?:[^']|'')*'?)|("(?:[^"]|"")*"?)|(\$[A-Za-z_]\w*)|(\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)|([A-Za-z_]\w*)/gi;
  const inserts = () => document.querySelectorAll("button[data-insert]");
  const kind = (match, text, names) => {
    if (match[1]) return "comment";
    if (match[2] || match[5]) return "value";
    if (match[4]) return "parameter";
    const word = (match[3] ?? match[6]).replaceAll('"', "").toLowerCase();
    if (match[6] && KEYWORDS.has(word)) return "keyword";
    if (names.has(word)) return "name";
    return /^\s*\(/.test(text.slice(match.index + match[0].length)) ? "function" : null;
  };
  const paint = (layer, text) => {
    const names = new Set([...inserts()].map((one) => one.dataset.insert.toLowerCase()));
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(TOKEN)) {
      const name = kind(match, text, names);
      if (!name) continue;
      const part = document.createElement("span");
      part.className = `kpi-sql-${name}`;
      part.textContent = match[0];
      parts.push(text.slice(end, match.index), part);
      end = match.index + match[0].length;
    }
    // A line that is begun has its height in the field; in the layer it takes a sign to have one.
    layer.replaceChildren(...parts, `${text.slice(end)}\u200b`);
  };
  const follow = (area) => {
    const layer = area.kpiLayer;
    layer.style.width = `${area.clientWidth}px`;
    layer.style.height = `${area.clientHeight}px`;
    layer.scrollTop = area.scrollTop;
    layer.scrollLeft = area.scrollLeft;
  };
  const refresh = (area) => { paint(area.kpiLayer, area.value); follow(area); };
  const attach = (area) => {
    const layer = document.createElement("pre");
    layer.className = "kpi-editor-colours";
    layer.setAttribute("aria-hidden", "true");
    area.parentElement.append(layer);
    area.kpiLayer = layer;
    area.dataset.coloured = "yes";
    area.addEventListener("input", () => refresh(area));
    area.addEventListener("scroll", () => follow(area), { passive: true });
    new ResizeObserver(() => follow(area)).observe(area);
    refresh(area);
  };
  const look = () => {
    const area = document.querySelector(".st-key-editor textarea");
    if (!area) return;
    const offered = inserts().length;
    if (!area.kpiLayer?.isConnected) attach(area);
    // The list of names may arrive after the field, and the page may put a text into it.
    else if (area.kpiLayer.textContent !== `${area.value}\u200b` || area.kpiOffered !== offered) refresh(area);
    area.kpiOffered = offered;
  };
  let waiting = false;
  new MutationObserver((changes) => {
    if (waiting || changes.every((change) => change.target.closest?.(".kpi-editor-colours"))) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; look(); });
  }).observe(document.body, { childList: true, subtree: true });
  look();
}
