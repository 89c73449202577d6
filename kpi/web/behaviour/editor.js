// The SQL editor: names are inserted with a press, and offered while one is typed (Ctrl+Space takes the first).
if (!window.kpiHelpsToWrite) {
  window.kpiHelpsToWrite = true;
  const OFFERED = 8;
  const editor = () => document.querySelector(".st-key-editor textarea");
  const names = () => [...new Set([...document.querySelectorAll("button[data-insert]")].map((one) => one.dataset.insert))];
  const put = (area, text, from, to) => {
    const value = area.value.slice(0, from) + text + area.value.slice(to);
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, value);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    area.setSelectionRange(from + text.length, from + text.length);
  };
  const begun = (area) => /[A-Za-z_]\w*$/.exec(area.value.slice(0, area.selectionStart))?.[0] ?? "";
  const offer = (area) => {
    const list = document.querySelector(".kpi-offered");
    if (!list) return;
    const word = begun(area).toLowerCase();
    const fitting = word.length < 2 ? [] : names().filter((name) => name.toLowerCase().includes(word) && name !== word);
    fitting.sort((a, b) => a.toLowerCase().indexOf(word) - b.toLowerCase().indexOf(word) || a.length - b.length);
    list.replaceChildren(...fitting.slice(0, OFFERED).map((name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.dataset.complete = name;
      return button;
    }));
  };
  document.addEventListener("input", (event) => { if (event.target === editor()) offer(event.target); });
  document.addEventListener("keydown", (event) => {
    if (event.target !== editor() || !event.ctrlKey || event.code !== "Space") return;
    const first = document.querySelector(".kpi-offered button");
    if (first) { event.preventDefault(); first.click(); }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-insert], button[data-complete]");
    const area = editor();
    if (!button || !area) return;
    const end = area.selectionStart ?? area.value.length;
    const start = button.dataset.complete ? end - begun(area).length : end;
    put(area, button.dataset.complete ?? button.dataset.insert, start, area.selectionEnd ?? end);
    offer(area);
  });
}
