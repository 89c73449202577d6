// Go to the part of a screen that the address names: it arrives later than the address, and may be folded away.
if (!window.kpiFindsAnchors) {
  window.kpiFindsAnchors = true;
  let reached = null;
  const seek = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (location.href === reached) return;
    const place = name && document.getElementById(name);
    if (name && !place) return;
    reached = location.href;
    document.querySelectorAll(".kpi-arrived").forEach((old) => old.classList.remove("kpi-arrived"));
    if (!place) return;
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    place.classList.add("kpi-arrived");
    place.scrollIntoView({ block: "center" });
  };
  new MutationObserver(seek).observe(document.body, { childList: true, subtree: true });
  for (const change of ["popstate", "hashchange"]) window.addEventListener(change, () => { reached = null; seek(); });
}
