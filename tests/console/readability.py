"""What a page in a browser owes to everybody: contrast, names, headings, an order for the keyboard.

Each check names what is wrong. The colours are those that the browser drew, so they hold for every
style sheet, light and dark.
"""

from __future__ import annotations

from typing import Any

from tests.console.browser import Browser

SEEN = """
const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && !node.closest('[aria-hidden=true]')
  && !/inset\\(50%\\)/.test(getComputedStyle(node).clipPath);
const called = (node) => `${node.tagName.toLowerCase()}.${node.className} `
  + (node.textContent || node.value || node.name || '').trim().slice(0, 40);
"""
CONTRAST = """
const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const parts = (colour) => {
  paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
const ground = (node) => {
  const stack = [];
  for (let each = node; each; each = each.parentElement) {
    stack.push(parts(getComputedStyle(each).backgroundColor));
  }
  const root = matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  return stack.reverse().reduce((below, top) => over(top, below), root);
};
const light = (colour) => {
  const [r, g, b] = colour.slice(0, 3).map((each) => each / 255)
    .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (node) => {
  const below = ground(node);
  const [low, high] = [light(over(parts(getComputedStyle(node).color), below)), light(below)]
    .sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
};
const large = (style) => parseFloat(style.fontSize) >= 24
  || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
"""
FAINT = """
const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const found = new Set();
while (words.nextNode()) {
  const node = words.currentNode.parentElement;
  if (!words.currentNode.textContent.trim() || !seen(node)) continue;
  if (/^(SCRIPT|STYLE|NOSCRIPT|OPTION)$/.test(node.tagName)) continue;
  const least = large(getComputedStyle(node)) ? 3 : 4.5;
  if (ratio(node) < least) found.add(`${ratio(node).toFixed(2)} ${called(node)}`);
}
return [...found];
"""
NAMELESS = """
const name = (node) => (node.getAttribute('aria-label') || node.textContent || '').trim()
  || [...(node.labels || [])].map((each) => each.textContent.trim()).join('')
  || (node.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent || '').join('');
const fields = (node) => [...(node.labels || [])].length || node.getAttribute('aria-label');
const found = [];
for (const node of document.querySelectorAll('a[href], button, summary')) {
  if (seen(node) && !name(node)) found.push(`no name: ${called(node)}`);
}
for (const node of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
  if (seen(node) && !fields(node)) found.push(`no label: ${called(node)}`);
}
for (const node of document.querySelectorAll('img:not([alt])')) found.push(`no alt: ${node.src}`);
const ids = [...document.querySelectorAll('[id]')].map((each) => each.id);
for (const id of new Set(ids.filter((each, at) => ids.indexOf(each) !== at))) {
  found.push(`twice: #${id}`);
}
for (const node of document.querySelectorAll('[aria-describedby]')) {
  for (const id of node.getAttribute('aria-describedby').split(' ').filter(Boolean)) {
    if (!document.getElementById(id)) found.push(`no #${id}: ${called(node)}`);
  }
}
let before = 0;
for (const node of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
  const level = Number(node.tagName[1]);
  if (level > before + 1) found.push(`h${level} after h${before}: ${called(node)}`);
  before = level;
}
if (document.querySelectorAll('main').length !== 1) found.push('not one main');
if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
if (!document.documentElement.lang) found.push('no language');
if (document.querySelector('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])')) {
  found.push('a tabindex that breaks the order');
}
return found;
"""


def faint(browser: Browser) -> list[Any]:
    """Texts whose contrast is below WCAG AA: 4.5, or 3 for large ones."""
    return list(browser.run(f"(() => {{ {SEEN} {CONTRAST} {FAINT} }})()"))


def nameless(browser: Browser) -> list[Any]:
    """Controls without a name, headings that skip a level, ids that stand twice, and the like."""
    return list(browser.run(f"(() => {{ {SEEN} {NAMELESS} }})()"))
