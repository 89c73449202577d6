// Follow the page's own links within the running application: no reload, and Back works.
if (!window.kpiFollowsLinks) {
  window.kpiFollowsLinks = true;
  // The layer of a drawing that watches the pointer lies over its words.
  const linkBelow = (event) => event.target.closest?.(".js-plotly-plot")
    && document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.closest("a"))?.closest("a");
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a") ?? linkBelow(event);
    const target = link?.getAttribute("href") ?? link?.getAttribute("xlink:href");
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!plain || !target?.startsWith("./")) return;
    event.preventDefault();
    const address = new URL(target, document.baseURI.split(/[?#]/)[0]);
    const newScreen = address.pathname !== location.pathname;
    if (address.href !== location.href) {
      history.pushState(null, "", address);
      window.dispatchEvent(new PopStateEvent("popstate"));
    }
    if (newScreen) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    else if (address.hash) document.querySelector(`.st-key-panel_${address.hash.slice(1)}`)?.scrollIntoView();
  }, true);
}
