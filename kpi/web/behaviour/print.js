// Before printing: a drawing learns its size, so that it shrinks to the paper as a whole, and folded explanations open.
if (!window.kpiPrints) {
  window.kpiPrints = true;
  const FOLDED = "details.kpi-method:not([open]), details.kpi-why:not([open])";
  let opened = [];
  window.addEventListener("beforeprint", () => {
    for (const svg of document.querySelectorAll(".js-plotly-plot .main-svg")) {
      const [width, height] = [svg.getAttribute("width"), svg.getAttribute("height")];
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      const box = svg.closest(".svg-container");
      box?.style.setProperty("--drawn-width", width);
      box?.style.setProperty("--drawn-height", height);
    }
    opened = [...document.querySelectorAll(FOLDED)];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const svg of document.querySelectorAll(".js-plotly-plot .main-svg[viewBox]")) svg.removeAttribute("viewBox");
    for (const details of opened) details.open = false;
  });
}
