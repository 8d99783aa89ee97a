// What no rule of axe-core measures: room for fingers, contrast of what is not text, the order of headings, reflow.
(narrow) => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const seen = element => element.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})
    && !element.closest("[aria-hidden=true], [inert], .visually-hidden, .sr-only");
  const short = element => {
    const words = element.ariaLabel || element.innerText?.trim() || element.placeholder || element.type || "";
    const place = element.closest("[id]")?.id ?? "";
    return `${element.tagName.toLowerCase()} '${words.slice(0, 40)}' in #${place}`;
  };

  const TARGETS = "a[href], button, input, select, textarea, summary, [role=button], [role=option], [tabindex='0']";
  const LEAST = 40;
  function box(element) {
    const parts = [element, ...(element.labels ?? []), element.closest("label")].filter(each => each && seen(each));
    const rects = (element.matches("input[type=radio], input[type=checkbox]") ? parts : [element])
      .map(each => each.getBoundingClientRect());
    const left = Math.min(...rects.map(each => each.left)), top = Math.min(...rects.map(each => each.top));
    const right = Math.max(...rects.map(each => each.right)), bottom = Math.max(...rects.map(each => each.bottom));
    return {element, left, top, right, bottom, width: right - left, height: bottom - top};
  }
  function targets() {
    const boxes = all(TARGETS).filter(each => seen(each) && !each.disabled).map(box).filter(each => each.width && each.height);
    const small = each => each.width < LEAST - 0.5 || each.height < LEAST - 0.5;
    // A small one has room enough if a full one in its place would touch no other.
    const crowded = each => boxes.some(other => {
      const x = (each.left + each.right) / 2, y = (each.top + each.bottom) / 2, half = LEAST / 2 - 0.5;
      return other !== each && !other.element.contains(each.element) && !each.element.contains(other.element)
        && other.left < x + half && other.right > x - half && other.top < y + half && other.bottom > y - half;
    });
    return boxes.filter(each => small(each) && crowded(each))
      .map(each => `target ${Math.round(each.width)} x ${Math.round(each.height)}: ${short(each.element)}`);
  }

  const parse = colour => {
    const canvas = parse.canvas ??= new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = ([r, g, b, a], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a), 1];
  function ground(element) {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      const layer = parse(getComputedStyle(each).backgroundColor);
      layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
  }
  const light = colour => colour.slice(0, 3).map(each => each / 255)
    .map(each => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
    .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
  function ratio(colour, element) {
    const below = ground(element), mine = light(over(parse(colour), below)), other = light(below);
    return (Math.max(mine, other) + 0.05) / (Math.min(mine, other) + 0.05);
  }
  function contrast() {
    const held = [];
    const hold = (what, colour, element, least) => {
      let faint = 1;
      for (let each = element; each; each = each.parentElement) faint *= +getComputedStyle(each).opacity;
      const [r, g, b, a] = parse(colour);
      const found = ratio(`rgb(${r} ${g} ${b} / ${a * faint})`, element);
      if (found < least) held.push(`contrast of ${what} ${found.toFixed(2)}:1: ${short(element)}`);
    };
    for (const each of all("input, textarea").filter(seen))
      if (each.placeholder && !each.value) hold("the placeholder", getComputedStyle(each, "::placeholder").color, each, 4.5);
    for (const each of all("button:disabled, [aria-disabled=true]").filter(seen))
      if (each.innerText.trim()) hold("a disabled button", getComputedStyle(each).color, each, 4.5);
    for (const each of all("button svg, a svg, [role=button] svg").filter(seen))
      hold("an icon", getComputedStyle(each).color, each, 3);
    const now = document.activeElement, ring = getComputedStyle(now);
    if (now.matches(":focus-visible") && ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2)
      hold("the focus ring", ring.outlineColor, now.parentElement, 3);
    return held;
  }

  function headings() {
    const levels = all("h1, h2, h3, h4, h5, h6").filter(each => each.checkVisibility()).map(each => +each.tagName[1]);
    return levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1).map(level => `an h${level} after too high a heading`);
  }
  function unnamed() {
    // Beside words of its own a picture may be decoration, and says so.
    const decoration = each => each.getAttribute("alt") === "" && each.closest("a, button, li, [role=dialog]")?.innerText.trim();
    const empty = all("img").filter(each => seen(each) && !each.alt.trim() && !decoration(each)).map(short);
    const numbered = all("[aria-label], img").filter(seen).map(each => each.ariaLabel ?? each.alt)
      .filter(each => /^(Thumbnail \d+|detailed view|logo$|number input|range slider)/.test(each));
    return [...empty.map(each => `no alt: ${each}`), ...numbered.map(each => `says nothing: ${each}`)];
  }
  function wide() {
    const excess = document.documentElement.scrollWidth - window.innerWidth;
    return excess > 0 ? [`${excess} px too wide for ${window.innerWidth} px`] : [];
  }
  return [...(narrow ? targets() : []), ...contrast(), ...headings(), ...unnamed(), ...wide()];
}
