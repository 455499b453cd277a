"use strict";
// The account's phones: which SIMs each has, and one more. Read before handset.js, which draws them.

const SIMS = { BOTH: "SIM 1 and SIM 2", SIM1: "SIM 1 alone", SIM2: "SIM 2 alone" };

function phoneRow(device) {
  const choice = document.createElement("select");
  for (const [value, words] of Object.entries(SIMS)) choice.add(new Option(words, value));
  choice.value = device.selected_sim;
  choice.addEventListener("change", () =>
    keepPhone({ device_fingerprint: device.device_fingerprint, selected_sim: choice.value }),
  );
  return make("label", "", `${device.device_name} (${device.status})`, choice);
}

async function keepPhone(device) {
  await post("devices", device);
  await refresh();
}

async function addPhone(event) {
  event.preventDefault();
  const name = find("phone-name").value.trim();
  const word = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "phone";
  const taken = new Set(state.devices.map((each) => each.device_fingerprint));
  let fingerprint = word;
  for (let number = 2; taken.has(fingerprint); number += 1) fingerprint = `${word}-${number}`;
  find("phone-name").value = "";
  await keepPhone({ device_fingerprint: fingerprint, device_name: name });
}
