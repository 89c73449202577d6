// On a phone the list of screens is wider than the page: bring the current one into view whenever it is drawn anew.
if (!window.kpiShowsWhereWeAre) {
  window.kpiShowsWhereWeAre = true;
  let seen = null;
  const show = here => {
    const list = here.closest("ul");
    if (!list) return;
    const [item, frame] = [here.getBoundingClientRect(), list.getBoundingClientRect()];
    list.scrollLeft += item.left + item.width / 2 - (frame.left + frame.width / 2);
  };
  new MutationObserver(() => {
    const here = document.querySelector('.kpi-nav a[aria-current="page"]');
    if (!here || here === seen) return;
    seen = here;
    show(here);
    // The names are as wide as their font makes them, and it may still be on its way.
    document.fonts.ready.then(() => show(here));
  }).observe(document.body, { childList: true, subtree: true });
}
