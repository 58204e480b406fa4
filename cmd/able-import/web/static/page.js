// Improves pages that work without it: dates and amounts as this browser's language writes them, uploads with a bar, runs
// that move. It calculates with no amount: amounts come, go and are formatted as digits.

const language = navigator.language;

// Only engines that format digits as they stand may touch an amount; others would make a float of it.
const exact = new Intl.NumberFormat("en", { maximumFractionDigits: 2, useGrouping: false }).format("12345678901234567.89") === "12345678901234567.89";

const formats = new Map();

function amount(digits) {
  const decimals = (digits.split(".")[1] ?? "").length;
  if (!formats.has(decimals)) {
    formats.set(decimals, new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  }
  return formats.get(decimals).format(digits);
}

function formatAmounts(root) {
  if (!exact) return;
  for (const data of root.querySelectorAll("data.money")) {
    if (/^-?\d+(\.\d+)?$/.test(data.value)) data.textContent = amount(data.value);
  }
}

function formatTimes(root) {
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll("time")) {
    const whole = time.dateTime.length === 10 || time.textContent.length === 10;
    const when = new Date(whole ? time.dateTime.slice(0, 10) : time.dateTime); // a day stays the day that it is in its place
    if (Number.isNaN(when.valueOf()) || "month" in time.dataset) continue;
    time.textContent = (whole ? day : moment).format(when);
    time.title = time.dateTime;
  }
}

function formatMonths(root) {
  const month = new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" });
  for (const named of root.querySelectorAll("[data-month]")) {
    named.textContent = month.format(new Date((named.value ?? named.dateTime) + "-01"));
  }
}

function size(bytes) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(bytes / 1e6) + " MB";
}

// Goes to a page, and reloads it if it is this one: the browser would only scroll to a place within it.
function goTo(address) {
  const there = new URL(address, location.href);
  if (there.pathname + there.search !== location.pathname + location.search) {
    location.assign(there);
    return;
  }
  location.hash = there.hash;
  location.reload();
}

// Tells whether the page was opened just now, and not returned to.
function arrived() {
  return performance.getEntriesByType("navigation")[0]?.type === "navigate";
}

// Goes on when the program is done, without a reload that would be read out again and again.
async function goOn(refresh) {
  const [seconds, address] = refresh.split(";url=");
  for (let busy = seconds !== "0"; busy;) {
    await new Promise((done) => { setTimeout(done, 1000 * seconds); });
    const answer = await fetch(address).catch(() => undefined);
    busy = answer === undefined || (await answer.text()).includes('class="waiting"');
  }
  location.replace(address);
}

// Uploads: the same form, sent with a bar. Files can be dropped anywhere on it.
function betterDrop(form) {
  const input = form.querySelector("input[type=file]");
  const bar = form.querySelector("progress");
  const said = form.querySelector(".said");
  let depth = 0;
  let sending = false;
  form.classList.add("direct"); // its button is not needed
  input.addEventListener("change", () => { if (input.files.length > 0) form.requestSubmit(); });
  const chosenEarly = input.files.length > 0 && arrived();
  const over = (change) => {
    depth += change;
    form.classList.toggle("over", depth > 0);
  };
  form.addEventListener("dragenter", (event) => { event.preventDefault(); over(1); });
  form.addEventListener("dragleave", () => over(-1));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    input.files = event.dataTransfer.files;
    if (input.files.length > 0) form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (sent) => {
      bar.hidden = false;
      bar.value = sent.total > 0 ? 100 * sent.loaded / sent.total : 0;
      said.textContent = sent.loaded < sent.total ? `${size(sent.loaded)} of ${size(sent.total)}` : "Reading the file";
    });
    request.addEventListener("load", () => {
      if (request.status === 200 && request.getResponseHeader("Content-Type").startsWith("application/json")) {
        goTo(JSON.parse(request.responseText).to);
        return;
      }
      if (request.responseURL !== form.action && request.status === 200) {
        goTo(request.responseURL);
        return;
      }
      bar.hidden = true;
      sending = false;
      input.value = "";
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      said.textContent = answer.querySelector("[role=alert]")?.textContent ?? "The upload was refused.";
    });
    request.addEventListener("error", () => {
      bar.hidden = true;
      sending = false;
      said.textContent = "The program does not answer. Is it still running?";
    });
    request.send(new FormData(form));
  });
  if (chosenEarly) form.requestSubmit(); // before this script was here
}

// Choices that were made and not sent go along when somebody leaves by a link or adds a file; whoever reloads or closes the
// page is asked by the browser.
function keepChoices(form) {
  let changed = false;
  const keep = async () => {
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body }).catch(() => {});
  };
  form.addEventListener("input", () => { changed = true; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!changed || !link || link.getAttribute("href").startsWith("#") || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await keep();
    location.assign(link.href);
    if (link.hasAttribute("download")) setTimeout(() => location.reload(), 500); // the page stays, and shows what was kept
  });
  addEventListener("submit", async (event) => {
    const other = event.target;
    if (!changed || other === form || "replaces" in other.dataset) {
      changed = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    await keep();
    other.requestSubmit(event.submitter);
  }, { capture: true });
}

function duration(seconds) {
  if (seconds < 0) return "–";
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

// Gives a figure the width that its last one will have, so that nothing moves while it grows: spaces as wide as a digit,
// and as a comma.
function wide(figure, last) {
  const room = last.slice(0, Math.max(0, last.length - figure.length));
  return room.replace(/[^\d]/g, "\u2008").replace(/\d/g, "\u2007") + figure;
}

// A run that is under way: figures move in place, and nothing else on the page does.
function follow(section) {
  const count = new Intl.NumberFormat(language);
  const at = (id) => section.querySelector("#" + id);
  const beside = (data, figure) => wide(figure, data.closest("tr").lastElementChild.textContent.trim());
  for (const data of section.querySelectorAll("[data-live]")) data.textContent = beside(data, data.textContent);
  const events = new EventSource(section.dataset.run);
  let silence;
  events.onmessage = (message) => {
    clearTimeout(silence);
    silence = undefined;
    const run = JSON.parse(message.data);
    if (run.over) {
      events.close();
      location.reload();
      return;
    }
    at("bar").max = run.total;
    at("bar").value = run.done;
    at("done").textContent = count.format(run.done);
    at("failed").textContent = count.format(run.failed);
    at("rate").textContent = run.rate ? count.format(run.rate) : "–";
    at("left").textContent = duration(run.held || run.first?.length ? -1 : run.left);
    for (const data of section.querySelectorAll("[data-live]")) {
      const digits = run.money[data.dataset.live];
      if (digits === undefined || data.value === digits) continue;
      data.value = digits;
      data.textContent = beside(data, exact ? amount(digits) : digits);
    }
    say(run, at, section);
  };
  events.onerror = () => {
    silence ??= setTimeout(() => { at("why").textContent = "The program does not answer. Is it still running?"; }, 3000);
  };
}

function say(run, at) {
  const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  let why = "";
  if (run.held) {
    why = "Paused by you. Nothing new goes out.";
  } else if (run.paused) {
    const seconds = Math.max(0, Math.round((new Date(run.until) - Date.now()) / 1000));
    why = `Waiting: ${run.paused}.` + (seconds > 0 ? ` Up to ${duration(10 * Math.ceil(seconds / 10))} more.` : "");
  }
  set(at("why"), why);
  set(at("sending"), run.first?.length ? `The first ${run.first.length} are delivered` : run.held ? "Paused" : "Sending");
  set(at("pause"), run.held ? "Go on" : "Pause");
  at("pause").value = run.held ? "no" : "yes";
  const asked = Boolean(run.first?.length);
  if (at("first").hidden === asked) {
    at("answers").replaceChildren(...(run.first ?? []).map((answer) => {
      const item = document.createElement("li");
      item.textContent = answer;
      return item;
    }));
    at("first").hidden = !asked;
    if (asked) at("first").querySelector("button").focus();
  }
}

// Offers the zone of this computer; nobody but a person decides that it is the file's.
function offerZone(place) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const input = document.getElementById(place.dataset.zoneFor);
  if (!zone || !input) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `It is ${zone}, as on this computer`;
  button.addEventListener("click", () => { input.value = zone; input.focus(); });
  place.replaceChildren(button);
  place.hidden = false;
}

// Back finds a form as it was left: browsers do not keep forms of pages that are not to be stored. Secrets are not kept.
function rememberForm(form) {
  const key = location.pathname + " " + form.getAttribute("action");
  const controls = [...form.elements].filter((control) => control.name && !["password", "hidden"].includes(control.type));
  const kept = sessionStorage.getItem(key);
  if (kept && !arrived()) { // back, or looked at again
    JSON.parse(kept).forEach(({ value, checked }, i) => {
      if (controls[i]?.type === "radio" || controls[i]?.type === "checkbox") controls[i].checked = checked;
      else if (controls[i]) controls[i].value = value;
    });
  }
  form.addEventListener("input", () => {
    sessionStorage.setItem(key, JSON.stringify(controls.map(({ value, checked }) => ({ value, checked }))));
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}

// Says how this browser writes amounts, so that what it shows can be written into a form.
function tellDecimal(input) {
  input.value = new Intl.NumberFormat(language).formatToParts(1.5).find((part) => part.type === "decimal").value;
}

// Shows the questions about the column that tells events apart.
function chooseEvents(select) {
  const show = () => {
    for (const group of document.querySelectorAll("[data-events-of]")) group.hidden = group.dataset.eventsOf !== select.value;
  };
  select.addEventListener("input", show);
  show();
}

// Words are said for the values of one column.
function wordsOf(details) {
  const select = document.getElementById(details.dataset.wordsOf);
  const column = select.value;
  select.addEventListener("input", () => { details.hidden = select.value !== column; });
}

// Shows the first values of the column that is chosen.
function showSamples(select) {
  const place = document.getElementById(select.dataset.samples);
  select.addEventListener("input", () => {
    const values = select.selectedOptions[0].dataset.values;
    place.replaceChildren(...(values ? values.split(" · ") : []).flatMap((value, i, all) => {
      const term = document.createElement("span");
      term.className = "term";
      term.textContent = value + (i < all.length - 1 ? "\u00a0·" : "");
      return i > 0 ? [" ", term] : [term];
    }));
  });
}

if (document.body.dataset.refresh) goOn(document.body.dataset.refresh);
formatAmounts(document);
formatTimes(document);
formatMonths(document);
document.querySelectorAll("form[data-drop]").forEach(betterDrop);
document.querySelectorAll("[data-run]").forEach(follow);
document.querySelectorAll("form[data-keep]").forEach(keepChoices);
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // a page of the past
document.querySelectorAll("[data-zone-for]").forEach(offerZone);
document.querySelectorAll("[data-decimal]").forEach(tellDecimal);
document.querySelectorAll("form[data-remember]").forEach(rememberForm);
document.querySelectorAll("select[data-samples]").forEach(showSamples);
document.querySelectorAll("select[data-events]").forEach(chooseEvents);
document.querySelectorAll("[data-words-of]").forEach(wordsOf);
for (const row of document.querySelectorAll("tr[data-row]")) {
  row.addEventListener("click", (event) => { if (!event.target.closest("button")) row.querySelector("button")?.click(); });
}
for (const event of ["dragover", "drop"]) {
  addEventListener(event, (happened) => happened.preventDefault()); // a file dropped elsewhere must not replace the page
}
// People who use a keyboard or a screen reader go on where the new page begins.
addEventListener("keydown", () => sessionStorage.setItem("keyboard", "yes"));
addEventListener("pointerdown", () => sessionStorage.removeItem("keyboard"));
const named = location.hash && document.getElementById(location.hash.slice(1));
if (named) {
  named.focus({ preventScroll: true });
} else if (sessionStorage.getItem("keyboard") && document.activeElement === document.body) {
  const heading = document.querySelector("main h1");
  if (heading) heading.tabIndex = -1;
  heading?.focus({ preventScroll: true });
}
