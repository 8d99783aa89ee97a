// The header is a landmark of its own, a link leads past it, and the tabs are one stop whose arrows choose.
({all, put, add, seen, panel, focus}) => {
  const main = document.querySelector("main"), header = document.getElementById("header");
  // In this class: rules in media queries are written for what is inside one.
  const banner = add("div", {className: "contain", role: "banner"}, box => main.before(box));
  banner.append(header);
  const skip = add("a", {className: "skip", href: "#tabs"}, link => main.closest(".gradio-container").prepend(link));
  const picture = () => all("#show-result").find(seen);
  skip.addEventListener("click", event => {
    event.preventDefault();
    focus(picture() ?? panel());
  });

  document.addEventListener("keydown", event => {
    if (event.key === "Escape") event.target.closest("details[open]")?.removeAttribute("open");
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity}[event.key];
    const tabs = event.target.role === "tab" ? all("[role=tab]:not(:disabled)").filter(seen) : [];
    if (!step || !tabs.length) return;
    event.preventDefault();
    const at = tabs.indexOf(event.target);
    const next = isFinite(step) ? tabs.at((at + step) % tabs.length) : tabs.at(step > 0 ? -1 : 0);
    next.click();
    next.focus();
  });

  return () => {
    for (const tab of all("[role=tab]")) put(tab, "tabindex", tab.ariaSelected === "true" ? "0" : "-1");
    for (const each of all("[role=tabpanel]")) {
      put(each, "aria-labelledby", `${each.id}-button`);
      put(each, "tabindex", "-1");
    }
    for (const list of all("[role=tablist]")) put(list, "aria-label", "Parts of the page");
    const where = picture() ? "Skip to the picture" : "Skip to the content";
    if (skip.textContent !== where) skip.textContent = where;
  };
}
