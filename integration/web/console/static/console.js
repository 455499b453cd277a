"use strict";
// What a page does in the browser: local times, copy buttons, a picker for times, fresh lists.

// Rows of a page.
const FULL = 50;

const sameDay = (a, b) => a.toDateString() === b.toDateString();

function localTimes(root) {
  for (const node of root.querySelectorAll("time[datetime]")) {
    const at = new Date(node.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const now = new Date();
    const day = at.getFullYear() === now.getFullYear()
      ? { month: "short", day: "numeric" } : { dateStyle: "medium" };
    const time = at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    node.textContent = sameDay(at, now) ? time : `${at.toLocaleDateString(undefined, day)}, ${time}`;
  }
}

// On a narrow screen the page links are a strip that may have to be scrolled.
function showWhere() {
  const strip = document.querySelector(".side nav");
  const here = strip?.querySelector("[aria-current]");
  if (here) strip.scrollLeft = here.offsetLeft - strip.clientWidth / 2 + here.offsetWidth / 2;
}

function copyButtons(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

async function copy(button) {
  const label = button.textContent;
  try {
    await copied(button.dataset.copy);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling);
    button.textContent = "Press Ctrl-C";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // Without https or localhost a page has no clipboard; the old way still works there.
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("no clipboard");
}

// A time goes to the service with its offset; people choose it in their own zone.
function momentPickers(root) {
  for (const field of root.querySelectorAll("[data-moment]")) {
    const picker = document.createElement("input");
    picker.type = "datetime-local";
    picker.id = field.id;
    const about = field.getAttribute("aria-describedby");
    if (about) picker.setAttribute("aria-describedby", about);
    field.removeAttribute("id");
    field.hidden = true;
    const at = new Date(field.value);
    if (field.value && !Number.isNaN(at.getTime())) {
      picker.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
    }
    picker.addEventListener("change", () => {
      field.value = picker.value ? new Date(picker.value).toISOString() : "";
    });
    field.before(picker);
  }
}

function adorn(root) {
  localTimes(root);
  copyButtons(root);
}

// What the user has opened or closed; what the page itself opens has data-open.
const UNFOLDED = "details[open]:not([data-open]), details[data-open]:not([open])";

// The page replaces a list with a fresh one, except while the user is in it.
function inUse(live) {
  const chosen = getSelection();
  return document.hidden || live.contains(document.activeElement) || live.querySelector(UNFOLDED)
    || (!chosen.isCollapsed && live.contains(chosen.anchorNode));
}

// Above the list stands how fresh it is: a list that stands still must not look like a quiet one.
function standing(live) {
  const line = document.createElement("p");
  line.className = "standing";
  line.setAttribute("role", "status");
  live.before(line);
  let since = new Date();
  return (still) => {
    if (!still) since = new Date();
    const clock = since.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
    const text = still ? `${still} Below is what was known at ${clock}.` : "";
    line.classList.toggle("bad", Boolean(still));
    if (line.textContent !== text) line.textContent = text;
  };
}

async function keepFresh() {
  const live = document.getElementById("live");
  if (!live) return;
  let text = live.innerHTML;
  const tell = standing(live);
  adorn(live);
  for (let seconds = Number(live.dataset.live); seconds; seconds = Number(live.dataset.live)) {
    await new Promise((done) => { setTimeout(done, seconds * 1000); });
    if (inUse(live)) {
      tell("This list stands still while you are in it.");
      continue;
    }
    try {
      text = await fetched(live, text);
      tell("");
    } catch {
      tell("Hookline does not answer; this page asks again.");
    }
  }
}

async function fetched(live, before) {
  // Its own address where a form showed the page: that address shows nothing by itself.
  const answer = await fetch(live.dataset.page ?? location.href);
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  if (answer.redirected) location.reload();
  if (!answer.ok || !found) throw new Error(String(answer.status));
  if (found.innerHTML === before || inUse(live)) return before;
  const text = found.innerHTML;
  live.dataset.live = found.dataset.live ?? "";
  live.replaceChildren(...found.childNodes);
  adorn(live);
  return text;
}

// A list that must not move under its reader says how many came, and a click shows them.
async function announce() {
  const link = document.querySelector("[data-news]");
  for (let on = Boolean(link); on;) {
    await new Promise((done) => { setTimeout(done, 5000); });
    if (document.hidden) continue;
    try {
      const answer = await fetch(link.dataset.news);
      on = answer.ok && !answer.redirected;
      if (!on) continue;
      const found = await answer.json();
      link.dataset.news = found.next;
      tell(link, found);
    } catch {
      // The service is away for the moment; the next turn asks again.
    }
  }
}

// A page of a search looks at a part of the list. Here the next pages follow until one is full.
async function lookFurther() {
  let end = document.querySelector("[data-further]");
  while (end && document.querySelectorAll(".feed > li").length < FULL) {
    const link = end.querySelector("a");
    const label = link.textContent;
    link.textContent = "Looking further back\u2026";
    const answer = await fetch(end.dataset.further).catch(() => null);
    link.textContent = label;
    if (!answer?.ok || answer.redirected) return;
    end = joined(end, new DOMParser().parseFromString(await answer.text(), "text/html"));
  }
}

function joined(end, page) {
  const [list, rows, last] = [document.querySelector(".feed"), page.querySelector(".feed"), page.getElementById("end")];
  if (rows) adorn(rows);
  if (rows && list) list.append(...rows.children);
  else if (rows) end.before(rows);
  adorn(last);
  if (document.querySelector(".feed") && last.querySelector(".empty")) last.replaceChildren();
  end.replaceWith(last);
  return last.dataset.further ? last : null;
}

function tell(link, found) {
  if (!found.count) return;
  link.textContent = `${found.count}${found.more ? "+" : ""} new`;
  link.classList.add("fresh");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
// A second press of the same button would be a second wish.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  setTimeout(() => {
    for (const button of event.target.querySelectorAll("button")) button.disabled = true;
  });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form button[disabled]")) button.disabled = false;
});

momentPickers(document);
showWhere();
keepFresh();
announce();
lookFurther();
adorn(document);
