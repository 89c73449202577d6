// A click on a bar, tile or point whose `customdata` is an address of the page leads there, as a link would; a filled
// shape is no point and has its address in `meta`.
if (!window.kpiDrills) {
  window.kpiDrills = true;
  const addressOf = (event) => {
    const mark = event.points?.[0];
    const data = mark?.customdata ?? mark?.fullData?.meta;
    const address = Array.isArray(data) ? data[0] : data;
    return typeof address === "string" && address.startsWith("./") ? address : null;
  };
  const drill = (event) => {
    const address = addressOf(event);
    if (!address) return;
    const link = document.createElement("a");
    link.setAttribute("href", address);
    document.body.append(link);
    link.click();
    link.remove();
  };
  document.addEventListener("pointerover", (event) => {
    const plot = event.target.closest?.(".js-plotly-plot");
    if (!plot?.on || plot.kpiDrills === plot._ev) return;
    // Plotly forgets its listeners when it draws a figure anew: its emitter is another one then.
    plot.kpiDrills = plot._ev;
    plot.on("plotly_click", drill);
    plot.on("plotly_hover", (seen) => plot.classList.toggle("kpi-drills", addressOf(seen) !== null));
    plot.on("plotly_unhover", () => plot.classList.remove("kpi-drills"));
  }, true);
}
