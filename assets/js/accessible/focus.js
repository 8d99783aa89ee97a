// The focus is never lost: where its element vanishes it goes to the neighbour, and a dialog gives back what it took.
({all, seen, panel, dialog, focus, FIELDS}) => {
  const usable = element => seen(element) && !element.disabled;
  const title = element => element.ariaLabel || element.textContent.trim();
  let last = null, called = "", trail = [], opener = null;
  document.addEventListener("focusin", event => {
    const modal = dialog();
    if (modal && !modal.contains(event.target)) return enter(modal);
    last = event.target;
    called = title(last);
    trail = [];
    for (let each = last.parentElement; each && each !== document.body; each = each.parentElement) trail.push(each);
  });
  // Who clicks beside everything wants no focus.
  document.addEventListener("pointerdown", () => setTimeout(() => {
    if (document.activeElement === document.body) last = null;
  }));
  function enter(modal) {
    if (last && !modal.contains(last)) opener = last;
    focus(all(FIELDS, modal).find(usable) ?? modal);
  }
  function successor() {
    const left = trail.find(each => each.role === "dialog" || each.role === "tabpanel");
    if (left && !seen(left)) return left.role === "dialog" && opener && usable(opener) ? opener : panel();
    for (const before of trail) {
      const place = before.isConnected ? before : before.id && document.getElementById(before.id);
      const there = place ? all(FIELDS, place).filter(each => usable(each) && each.role !== "tab") : [];
      if (!there.length) continue;
      const twin = there.find(each => (last.id ? each.id === last.id : each.tagName === last.tagName && title(each) === called));
      const after = there.find(each => last.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
      return twin || (last.isConnected && after) || there[0];
    }
    return panel();
  }
  return () => {
    const modal = dialog(), now = document.activeElement;
    if (modal && !modal.contains(now)) return enter(modal);
    if (last && (now === document.body || now === last) && !usable(last)) focus(successor());
  };
}
