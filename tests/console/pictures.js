// Let a page stand still for its picture: fixed times and ids, the same at each run. The value is
// a line for each visible text, in reading order: the element that it stands in, and the text.
(swaps) => {
  const NOW = Date.UTC(2026, 10, 22, 10, 42, 7);
  const HOUR = 3600e3, DAY = 24 * HOUR, APART = 97e3;
  const OPENED = performance.timeOrigin; // An hour or a day may have ended since.
  const live = document.getElementById("live");
  // The page's script goes on with the original, which nobody sees any more.
  if (live) live.replaceWith(live.cloneNode(true));
  const clock = (at) => new Date(at).toISOString().slice(11, 19);
  const day = (text) => {
    const ago = Math.floor(OPENED / DAY) - Math.floor(Date.parse(text) / DAY);
    return new Date(NOW - ago * DAY).toISOString().slice(0, 10);
  };
  const slots = [...document.querySelectorAll(".chart time")];
  for (const each of slots) {
    const ago = Math.floor(OPENED / HOUR) - Math.floor(Date.parse(each.dateTime) / HOUR);
    each.textContent = clock(Math.floor(NOW / HOUR) * HOUR - ago * HOUR).slice(0, 5);
  }
  // One step of the story after the other, a step being what happened at once.
  let at = NOW, before = Infinity;
  for (const each of [...document.querySelectorAll("time")]
    .filter((each) => !slots.includes(each) && each.checkVisibility())
    .sort((one, other) => Date.parse(other.dateTime) - Date.parse(one.dateTime))) {
    const own = Date.parse(each.dateTime);
    if (before - own > 150 && before !== Infinity) at -= APART;
    before = own;
    each.textContent = clock(at);
  }
  // What depends on how fast this machine is.
  for (const each of document.querySelectorAll("#day ~ p.quiet")) each.remove();
  for (const each of document.querySelectorAll(".said p")) {
    if (each.textContent.startsWith("The phone received it")) each.remove();
  }
  const walk = () => document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let words = walk(); words.nextNode();) {
    const node = words.currentNode;
    for (const [from, to] of swaps) node.data = node.data.replaceAll(from, to);
    node.data = node.data.replace(/\b\d+ ms\b/g, "18 ms").replace(/\b\d{4}-\d\d-\d\d\b/g, day)
      .replace(/^Hookline \d[\w.]*$/, "Hookline");
  }
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !node.closest("script, style, noscript");
  const lines = [];
  for (let words = walk(); words.nextNode();) {
    const { data, parentElement } = words.currentNode;
    const text = data.replace(/\s+/g, " ").trim();
    if (!text || !seen(parentElement)) continue;
    const moment = parentElement.tagName === "TIME" ? "(a time)" : text;
    lines.push(`${parentElement.tagName.toLowerCase()}: ${moment}`);
  }
  document.activeElement?.blur();
  return lines;
}
