"use strict";
// Small pieces for building the page; text is only ever set as text, never as markup.

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((each) => each !== null && each !== undefined && each !== ""));
  return node;
}

function clock(at) {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? String(at) : time.toLocaleTimeString();
}

// Redraw a list only when it changed, so that scrolling and selecting are not disturbed.
const drawn = new Map();
function redraw(id, data, draw, empty) {
  const text = JSON.stringify(data);
  if (drawn.get(id) === text) return false;
  drawn.set(id, text);
  const rows = data.map(draw);
  if (!rows.length && empty) rows.push(make("li", "empty", empty));
  document.getElementById(id).replaceChildren(...rows);
  return true;
}
