// On a wall display: show one screenful after the other, then the next screen; whoever touches it gets a minute's rest.
if (!window.kpiTurnsPages) {
  window.kpiTurnsPages = true;
  const REST_SECONDS = 60;
  let [shown, since, restUntil] = ["", 0, 0];
  const rest = () => { restUntil = performance.now() + 1000 * REST_SECONDS; };
  for (const kind of ["keydown", "pointerdown", "wheel"]) document.addEventListener(kind, rest, { passive: true });
  setInterval(() => {
    const wall = document.querySelector(".kpi-wall[data-next]");
    const main = document.querySelector("[data-testid=stMain]");
    const running = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
    if (!wall || !main || running) return;
    const now = performance.now();
    const view = `${location.href}|${Math.round(main.scrollTop)}`;
    if (view !== shown) [shown, since] = [view, now];
    if (now < restUntil || now - since < 1000 * Number(wall.dataset.seconds)) return;
    const left = main.scrollHeight - main.clientHeight - main.scrollTop;
    since = now;
    if (left > 60) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      main.scrollBy({ top: Math.min(left, main.clientHeight * 0.85), behavior: calm ? "auto" : "smooth" });
    } else {
      history.replaceState(null, "", new URL(wall.dataset.next, document.baseURI.split(/[?#]/)[0]));
      window.dispatchEvent(new PopStateEvent("popstate"));
      main.scrollTo(0, 0);
    }
  }, 500);
}
