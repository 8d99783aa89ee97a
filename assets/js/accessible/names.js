// Names and roles of what Gradio renders: groups, pictures, folds, tooltips.
({all, put, add}, tips) => {
  const PLAIN = [
    [/^number input for (.*)/, "$1, number"],
    [/^range slider for (.*)/, "$1, slider"],
    [/^Reset to default value$/, "Back to the usual value"],
    [/^Capture from camera$/, "Take a picture"],
    [/^Remove Image$/, "Remove the picture"],
    [/^Gradio footer navigation$/, "About this page"],
    [/^More tabs$/, "More parts of the page"],
  ];
  function name(element) {
    const label = element.getAttribute("aria-label"), words = element.textContent.trim();
    // It hides the words that are there to be read.
    const plain = /^(Click to upload|Drop an image)/.test(label) && words
      || PLAIN.reduce((said, [pattern, better]) => said.replace(pattern, better), label);
    if (element.title === label) put(element, "title", plain);
    put(element, "aria-label", plain);
  }
  function nameThumbnail(button) {
    const image = button.querySelector("img");
    const words = image?.title || image?.alt || button.querySelector(".caption-label")?.textContent.trim();
    if (words) put(button, "aria-label", words);
    if (words && image && !image.alt) put(image, "alt", words);
  }
  function group(fieldset) {
    const radios = all("input[type=radio]", fieldset);
    if (!radios.length) return;
    put(fieldset, "role", "radiogroup");
    put(fieldset, "aria-label", fieldset.querySelector("[data-testid=block-info]")?.textContent.trim() ?? "");
    // Gradio gives each its own, so that arrow keys would not move between them.
    for (const radio of radios) put(radio, "name", fieldset.id);
  }
  // Long words stand in tooltips, and are read out with the field they are about.
  const words = add("div", {hidden: true}, box => document.body.append(box));
  for (const [id, tip] of Object.entries(tips))
    add("p", {id: `tip-${id}`, textContent: tip}, each => words.append(each));
  function describe(id) {
    const part = document.getElementById(id);
    if (!part) return;
    put(part, "title", tips[id]);
    for (const field of part.matches("fieldset") ? [part] : all("input, textarea", part)) {
      const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(each => each !== `tip-${id}`);
      put(field, "aria-describedby", [...others, `tip-${id}`].join(" ").trim());
    }
  }
  return () => {
    all("[aria-label]").forEach(name);
    all("button.thumbnail-item, button.media-button").forEach(nameThumbnail);
    for (const audio of all("audio:not([aria-label])"))
      put(audio, "aria-label", audio.closest(".block")?.querySelector("[data-testid=block-label]")?.textContent.trim() || "Sound");
    // One stop for a link and the button inside it.
    all("a[href] button").forEach(button => put(button, "tabindex", "-1"));
    // What scrolls sideways has to be reached before the arrow keys can scroll it.
    for (const each of all(".scroll, pre, [role=dialog] p"))
      each.scrollWidth > each.clientWidth ? put(each, "tabindex", "0") : each.removeAttribute("tabindex");
    all("footer img").forEach(image => put(image, "alt", ""));
    all("fieldset").forEach(group);
    Object.keys(tips).forEach(describe);
    for (const fold of all("button.label-wrap")) {
      put(fold, "aria-expanded", String(fold.classList.contains("open")));
      all(".icon", fold).forEach(icon => put(icon, "aria-hidden", "true"));
    }
  };
}
