// The stage: words, a grid of pictures, or one of them large; exactly one is visible at a time. `props.value` says what
// there is; which picture is large is the reader's choice, and stays theirs while more pictures come.
const [words, grid, one, caption] = ["words", "grid", "one", "caption"].map(name => element.querySelector(`.${name}`));
const [back, before, after, full] = ["back", "before", "after", "full"].map(name => one.querySelector(`.${name}`));
const frame = one.querySelector(".frame");
let run = null, opened = null, chosen = null;

function make(tag, className, properties = {}) {
  return Object.assign(document.createElement(tag), {className, ...properties});
}

// What stands in a place. The node stays as long as its key does, so that nothing flickers and the focus is not lost.
function key(place) {
  return place.image ? place.image.url : place.refused ? `refused ${place.refused}` : place.making ? "making" : "";
}

function content(place, source) {
  if (place.image) return make("img", "", {alt: place.caption, src: source || place.image.url});
  if (place.refused) return make("p", "refused", {textContent: place.refused});
  const box = make("div", "making");
  box.append(place.making ? make("img", "", {alt: "Preview of the picture", hidden: true}) : "", make("div", "veil"));
  return box;
}

function fill(holder, place, source) {
  if (holder.dataset.key !== key(place) || !holder.firstElementChild) {
    holder.dataset.key = key(place);
    holder.replaceChildren(content(place, source));
  }
  const preview = place.making && holder.querySelector(".making img");
  if (preview && place.preview) [preview.src, preview.hidden] = [place.preview, false];
}

function tile(position) {
  const node = grid.children[position] || grid.appendChild(make("button", "tile", {type: "button"}));
  const place = props.value.places[position];
  fill(node, place, place.small?.url);
  node.disabled = !place.image;
  node.title = place.image ? "Show it large" : "";
  node.ariaLabel = place.image || place.refused ? null : place.making ? "Being made" : "Still to come";
  node.setAttribute("aria-current", position === chosen);
}

function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

function draw() {
  const value = props.value, places = value.places;
  if (value.run !== run) [run, opened, chosen] = [value.run, null, null];
  if (opened !== null && !places[opened]?.image) opened = null;
  if (chosen === null || !places[chosen]?.image) chosen = places.findIndex(place => place.image);
  const alone = places.length === 1, at = alone ? 0 : opened;
  element.dataset.state = value.state;
  show(words, !places.length);
  show(element.querySelector(".pictures"), places.length > 0);
  show(grid, places.length > 0 && at === null);
  show(one, at !== null && places.length > 0);
  if (words.dataset.html !== (value.words || "")) words.innerHTML = words.dataset.html = value.words || "";
  grid.style.setProperty("--pictures", places.length);
  while (grid.children.length > (alone ? 0 : places.length)) grid.lastElementChild.remove();
  if (!alone) places.forEach((_, position) => tile(position));
  if (at !== null && places.length) fill(frame, places[at]);
  for (const button of [back, before, after]) show(button, !alone);
  show(full, document.fullscreenEnabled && !!places[at]?.image);
  element.querySelector(".bar span").style.width = `${100 * (value.share || 0)}%`;
  show(element.querySelector(".bar"), value.state === "working");
  caption.textContent = (at === null ? null : places[at]?.caption) ?? value.caption ?? "";
}

function open(position) {
  opened = chosen = position;
  draw();
  one.focus();
  trigger("select", {index: position, value: ""});
}

function close() {
  const tileOf = grid.children[opened];
  opened = null;
  draw();
  tileOf?.focus();
}

// The next picture in a direction; refused ones and those still to come are passed over.
function step(direction) {
  const places = props.value.places;
  for (let next = opened + direction; next >= 0 && next < places.length; next += direction)
    if (places[next].image) return open(next);
}

function fullScreen() {
  return document.fullscreenElement ? document.exitFullscreen() : one.requestFullscreen();
}

grid.addEventListener("click", event => {
  const node = event.target.closest(".tile");
  if (node && !node.disabled) open([...grid.children].indexOf(node));
});
back.addEventListener("click", close);
before.addEventListener("click", () => step(-1));
after.addEventListener("click", () => step(1));
full.addEventListener("click", fullScreen);
element.addEventListener("keydown", event => {
  if (opened === null) return;
  const act = {ArrowLeft: () => step(-1), ArrowRight: () => step(1), Escape: close}[event.key];
  if (!act || (event.key === "Escape" && document.fullscreenElement)) return;
  event.preventDefault();
  act();
});
watch("value", draw);
draw();
