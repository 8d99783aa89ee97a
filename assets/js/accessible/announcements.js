// Status lines are read out, but not every step: a quarter, a half, three quarters and the end.
({all, add, seen}) => {
  const speaker = add("div", {className: "visually-hidden", role: "status"}, box => document.querySelector("main").append(box));
  const heard = new Map(), waiting = new Map();
  let pause = null;
  function speak() {
    if (pause || !waiting.size) return;
    speaker.textContent = [...waiting.values()].join(" ");
    waiting.clear();
    pause = setTimeout(() => { pause = null; speak(); }, 1000);
  }
  return () => {
    // What alarms is read out by itself.
    const alarms = all("[role=alert]").filter(seen).map(each => each.textContent);
    const sources = new Map(all("[data-announce]").map(each => [each.closest("[id]").id, each.textContent.trim()]));
    for (const source of heard.keys()) if (!sources.has(source)) heard.delete(source);
    for (const [source, line] of sources) {
      const [, step, steps] = line.match(/(\d+) of (\d+)/) ?? [];
      const quarter = steps && Math.floor((4 * step) / steps);
      const news = steps ? `${quarter} of 4` : line, before = heard.get(source) ?? "";
      if (news === before) continue;
      heard.set(source, news);
      if (!line || quarter === 0 || quarter === 4 || alarms.some(each => each.includes(line))) continue;
      // Of an answer that grows, what is new.
      const more = before && line.startsWith(before) ? `${waiting.get(source) ?? ""}${line.slice(before.length)}` : line;
      waiting.set(source, more.trim());
    }
    speak();
  };
}
