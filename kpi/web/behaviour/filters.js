// On a phone the filters are behind one line that says what is chosen, so that the answer comes first.
if (!window.kpiFoldsFilters) {
  window.kpiFoldsFilters = true;
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.kpi-chosen-filters");
    if (!button) return;
    const open = document.body.classList.toggle("kpi-filters-open");
    button.setAttribute("aria-expanded", String(open));
  });
}
