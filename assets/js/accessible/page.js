// What the page needs beside Gradio for people who use a keyboard or a screen reader; decision record 0013 says why.
// Gradio renders its parts again at any time, so each of ours looks again after every change, and does nothing where it
// is done already.
(parts, tips) => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const put = (element, name, value) => element.getAttribute(name) === value || element.setAttribute(name, value);
  const seen = element => element.isConnected && element.checkVisibility({visibilityProperty: true});
  const panel = () => all("[role=tabpanel]").find(seen);
  const dialog = () => all("[role=dialog][aria-modal=true]").find(seen);
  const FIELDS = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  function add(tag, named, place) {
    const element = Object.assign(document.createElement(tag), named);
    place(element);
    return element;
  }
  function focus(element) {
    if (!element) return;
    if (!element.matches(FIELDS)) put(element, "tabindex", "-1");
    element.focus({preventScroll: element.role !== "dialog"});
  }

  const page = {all, put, seen, panel, dialog, FIELDS, add, focus};
  const looks = Object.values(parts).map(part => part(page, tips));
  let asked = false;
  function look() {
    asked = false;
    for (const each of looks) each();
  }
  new MutationObserver(changes => {
    // A lost focus and a radio without its group at once, so that no key goes astray; the rest before it is painted.
    if (document.activeElement === document.body || changes.some(change => change.attributeName === "name")) look();
    else if (!asked) asked = Boolean(requestAnimationFrame(look));
  }).observe(document.body, {
    childList: true, subtree: true, characterData: true,
    attributeFilter: ["alt", "aria-label", "aria-selected", "class", "disabled", "hidden", "name", "style"],
  });
  look();
}
