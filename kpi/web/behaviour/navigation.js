// On a phone the list of screens is wider than the page: bring the current one into view, once per list that is drawn.
if (!window.kpiShowsWhereWeAre) {
  window.kpiShowsWhereWeAre = true;
  let seen = null;
  new MutationObserver(() => {
    const here = document.querySelector('.kpi-nav a[aria-current="page"]');
    if (!here || here === seen) return;
    seen = here;
    const list = here.closest("ul");
    const [item, frame] = [here.getBoundingClientRect(), list.getBoundingClientRect()];
    list.scrollLeft += item.left + item.width / 2 - (frame.left + frame.width / 2);
  }).observe(document.body, { childList: true, subtree: true });
}
