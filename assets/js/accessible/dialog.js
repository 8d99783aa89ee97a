// "Use via API": a modal dialog of Gradio's own, for programmers.
({all, put, dialog}) => {
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") dialog()?.querySelector("[aria-label=Close]")?.click();
    if (event.key === "Enter") event.target.closest("li[role=radio]")?.click();
  });

  return () => {
    for (const modal of all("[role=dialog]")) {
      put(modal, "aria-label", "Use via API");
      all("img:not([alt])", modal).forEach(image => put(image, "alt", ""));
      for (const button of all("button:not([aria-label])", modal))
        if (!button.textContent.trim()) put(button, "aria-label", button.closest(".banner-wrap") ? "Close" : "Copy");
      for (const item of all("li.snippet", modal)) {
        put(item.parentElement, "role", "radiogroup");
        put(item.parentElement, "aria-label", "Language");
        put(item, "role", "radio");
        put(item, "aria-checked", String(item.classList.contains("current-lang")));
        put(item, "tabindex", "0");
      }
    }
  };
}
