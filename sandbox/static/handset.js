"use strict";
// The handset: asks the account's state every second and sends texts as an inbound control.

const { key, provider } = document.body.dataset;
const address = `/_control/accounts/${encodeURIComponent(key)}`;
const find = (id) => document.getElementById(id);
let open = null;
let state = null;

function conversations() {
  const byPhone = new Map();
  for (const each of state.messages) {
    const kept = byPhone.get(each.phone) || [];
    kept.push(each);
    byPhone.delete(each.phone);
    byPhone.set(each.phone, kept);
  }
  return [...byPhone.entries()].reverse();
}

function choose(phone) {
  open = phone;
  if (find("from")) find("from").value = phone;
  show();
}

// Nobody has begun to write a number of their own while the first answer was on its way.
function untouched() {
  const field = find("from");
  return !field || (field.value === field.defaultValue && document.activeElement !== field);
}

function tab([phone, texts, chosen]) {
  const last = texts[texts.length - 1];
  const mine = last.direction === "inbound" ? "You: " : "";
  const words = last.message || (last.media_url || last.pictures?.length ? "Picture" : "");
  const button = make(
    "button",
    chosen ? "chosen" : "",
    make("b", "", phone),
    make("span", "", mine + words),
  );
  button.type = "button";
  button.addEventListener("click", () => choose(phone));
  return button;
}

function picture(address) {
  const node = make("img", "picture");
  node.src = address;
  node.alt = "A picture";
  return node;
}

function bubble(each) {
  const mine = each.direction === "inbound";
  const media = each.media_url ? make("em", "", each.media_url) : null;
  const pictures = (each.pictures || []).map(picture);
  const note = mine ? clock(each.at) : `${clock(each.at)} · ${each.status}`;
  const tick = mine ? null : ticks(each.status.toLowerCase());
  return make(
    "li",
    mine ? "mine" : "theirs",
    media,
    ...pictures,
    each.message ? make("p", "", each.message) : null,
    make("small", "", tick, note),
  );
}

// The word stands beside them, so they are not read out.
function ticks(status) {
  const bad = /fail|reject|undeliv|expire/.test(status);
  const mark = bad ? "!" : /^(delivered|read)/.test(status) ? "✓✓" : /^(sent|accepted)/.test(status) ? "✓" : "…";
  const node = make("span", bad ? "ticks bad" : "ticks", mark);
  node.setAttribute("aria-hidden", "true");
  return node;
}

function post(control, body) {
  return fetch(`${address}/${control}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

function outcome(push) {
  const last = push.attempts[push.attempts.length - 1];
  if (!last) return ["wait", "waiting"];
  const label = last.code === null ? last.error : String(last.code);
  if (!push.done) return ["wait", `${label}, tried ${push.attempts.length}×`];
  const good = push.accepts === "200" ? last.code === 200 : last.code >= 200 && last.code < 300;
  return good ? ["good", label] : ["bad", `${label}, gave up`];
}

function pushRow(push) {
  const [mood, label] = outcome(push);
  const { body } = push;
  const text = body.phone ? `${body.phone}: ${body.message}` : (body.event ?? "a webhook");
  const about = body.message_id ? `${body.status} ${body.message_id}` : text;
  return make(
    "li",
    "",
    make("span", `mark ${mood}`, label),
    make("span", "what", about),
    make("small", "", push.url),
  );
}

function hookRow(hook) {
  const mark = make(
    "span",
    `mark ${hook.active ? "good" : "wait"}`,
    hook.active ? "active" : "off",
  );
  return make("li", "", mark, make("span", "what", hook.url));
}

function receivedRow(each) {
  const names = {
    contact: each.contact?.phone,
    group: each.group?.name,
    webhooks: (each.webhooks || []).map((hook) => hook.url).join(", ") || "none",
  };
  const about =
    each.kind === "send"
      ? `${each.phone}: ${each.text}`
      : names[each.kind] || each.device_fingerprint;
  return make(
    "li",
    "",
    make("span", "mark", each.kind),
    make("span", "what", about),
    make("small", "", `${clock(each.at)} · ${each.endpoint}`),
  );
}

function facts() {
  const place = provider === "cloud-messaging" ? "/cloud-messaging/api" : `/${provider}`;
  const rows = { "Base URL": location.origin + place, Key: key };
  if (state.groups)
    Object.assign(rows, {
      Balance: state.balance,
      Groups: state.groups.map((each) => `${each.name} (${each.uid})`).join(", "),
      Contacts: state.contacts_total,
    });
  rows["Faults waiting"] = state.faults.length;
  return Object.entries(rows).map(([name, value]) =>
    make("div", "", make("dt", "", name), make("dd", "", String(value))),
  );
}

function devices() {
  const list = find("device");
  if (!list) return;
  const slots = (each) => (each.selected_sim === "BOTH" ? ["SIM1", "SIM2"] : [each.selected_sim]);
  const options = state.devices.flatMap((each) =>
    slots(each).map((sim) => [each.device_fingerprint, sim, each.device_name]),
  );
  const text = JSON.stringify(options);
  if (list.dataset.shown === text) return;
  list.dataset.shown = text;
  list.replaceChildren(
    ...options.map(
      ([fingerprint, sim, name]) =>
        new Option(`${name}, ${sim.replace("SIM", "SIM ")}`, JSON.stringify([fingerprint, sim])),
    ),
  );
}

function show() {
  const all = conversations();
  if (open === null && all.length && untouched()) choose(all[0][0]);
  const texts = all.find(([phone]) => phone === open)?.[1] || [];
  redraw(
    "threads",
    all.map(([phone, each]) => [phone, each.slice(-1), phone === open]),
    tab,
  );
  find("who").textContent = open || "New conversation";
  find("who-note").textContent = texts.length
    ? `${texts.length} ${texts.length === 1 ? "text" : "texts"}`
    : "";
  if (redraw("talk", texts, bubble, "No texts yet."))
    find("talk").scrollTop = find("talk").scrollHeight;
  const callback = state.settings.callback_url;
  const hooks = state.webhooks ?? (callback ? [{ url: callback, active: true }] : []);
  find("hooks-title").textContent = state.webhooks ? "Webhooks" : "Callback";
  redraw("hooks", hooks, hookRow, "None is registered.");
  redraw("pushes", state.pushes.slice().reverse(), pushRow, "Nothing was sent yet.");
  redraw("received", state.received.slice().reverse(), receivedRow, "Nothing yet.");
  find("received-total").textContent = state.received_total;
  find("facts").replaceChildren(...facts());
  if (find("phones")) redraw("phones", state.devices, phoneRow);
  devices();
}

async function refresh() {
  try {
    const answer = await fetch(`${address}/state`);
    if (!answer.ok) throw new Error(String(answer.status));
    state = await answer.json();
    show();
    find("link").textContent = "live";
    find("link").className = "link live";
  } catch (problem) {
    find("link").textContent = "the sandbox does not answer";
    find("link").className = "link lost";
  }
}

async function send(event) {
  event.preventDefault();
  const text = { phone: find("from").value.trim(), message: find("text").value };
  if (find("device")?.value)
    [text.device_fingerprint, text.sim_slot] = JSON.parse(find("device").value);
  if (find("picture")?.checked) text.media = 1;
  const answer = await post("inbound", text);
  if (!answer.ok) return;
  find("text").value = "";
  if (find("picture")) find("picture").checked = false;
  open = text.phone;
  await refresh();
}

find("compose")?.addEventListener("submit", send);
find("add-phone")?.addEventListener("submit", addPhone);
find("text")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  find("compose").requestSubmit();
});
refresh();
setInterval(refresh, 1000);
