"use strict";

const POLL_MS = 2000;
const ANSWER_MS_MAX = 10000;
const COLUMN_S = 10; // of the charts
const COLUMNS = 60;
const COLUMNS_NOW = 6;
const HUES = 8; // the last one is for all further reasons
const ROWS_MAX = 100;
const RECORDS_MAX = 200;
const EVERYONE = "all tenants"; // no ids: those have no spaces
const NOBODY = "no tenant";

const at = (id) => document.getElementById(id);
const all = (selector) => document.querySelectorAll(selector);
const whole = (count) => new Intl.NumberFormat("en").format(count);
const rough = (count) => new Intl.NumberFormat("en", { maximumSignificantDigits: 2 }).format(count);
const sum = (counts) => counts.reduce((total, count) => total + count, 0);
const sumOf = (counts) => sum(Object.values(counts));
const largestFirst = (counts) => Object.entries(counts).sort((a, b) => b[1] - a[1]);

// All that is known while somebody is signed in; it goes as a whole.
let session = null;

// ---- Signing in and out

at("sign-in").onsubmit = (event) => {
  event.preventDefault();
  at("sign-in-said").textContent = "";
  session = {
    key: at("key").value.trim(),
    ended: new AbortController(),
    polls: 0,
    timer: 0,
    paused: false,
    tenant: EVERYONE,
    stats: null,
    statsAt: 0, // when they came, in seconds
    columns: new Map(), // number -> { seconds, counts: flow -> count }, see flowsOf
    hues: new Map(), // reason -> number of its colour
    lines: new Set(), // the records shown, as they came
    since: "", // time of the newest
  };
  // What cannot stand in a header cannot be the key, and is not sent.
  if (/^[\x21-\x7e]+$/.test(session.key)) poll();
  else signOut("That is not the admin key.");
};

at("sign-out").onclick = () => signOut("");

function signOut(why) {
  clearTimeout(session?.timer);
  session?.ended.abort();
  session = null;
  for (const holder of all(".data, tbody")) {
    holder.replaceChildren();
    holder.ariaLabel = null;
  }
  at("erase").close();
  at("erase-typed").value = "";
  show("sign-in");
  state("", "");
  at("sign-in-said").textContent = why;
  at("key").focus();
  at("key").select();
}

function show(id) {
  at("sign-in").hidden = id !== "sign-in";
  at("board").hidden = at("controls").hidden = id !== "board";
  at("key").value = id === "board" ? "" : at("key").value;
}

// ---- Asking Tollgate

async function call(path, method = "GET") {
  const answer = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${session.key}` },
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.any([session.ended.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
  });
  if (answer.ok) return answer;
  const { title } = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(title), { status: answer.status });
}

async function poll() {
  const mine = session;
  const turn = ++mine.polls;
  const overtaken = () => mine !== session || turn !== mine.polls;
  clearTimeout(mine.timer);
  try {
    const stats = await (await call("stats")).json();
    if (overtaken()) return;
    if (!mine.stats) {
      show("board");
      at("main").focus({ preventScroll: true });
    }
    takeStats(stats);
    const lines = await (await call(recordsPath())).text();
    if (overtaken()) return;
    takeRecords(lines.split("\n"));
    at("as-of").textContent = `as of ${stats.now.slice(11, 19)} UTC`;
    state("live", "Live");
  } catch (error) {
    if (overtaken()) return;
    if (!mine.stats) return signOut(error.status === 401 ? "That is not the admin key." : inWords(error));
    if (error.status === 401) return signOut("Tollgate no longer takes this key: sign in with the present one.");
    state("trouble", `${inWords(error)} Trying on; what is shown is old.`);
  }
  if (mine.paused) state("", "Paused");
  else mine.timer = setTimeout(poll, POLL_MS);
}

function inWords({ name, status, message }) {
  if (name === "SyntaxError") return "The answer cannot be read: reload this page, it may be an old one.";
  if (!status) return "No answer: see whether Envoy runs and can be reached.";
  if (status === 404) return "No admin calls here: see whether the configuration has an admin key, and which path.";
  const title = message && ` (${message})`;
  if (status === 403) return `This address or connection is refused${title}: use HTTPS, or wait until a block ends.`;
  return `Tollgate answers ${status}${title}: see Envoy’s log.`;
}

at("pause").onclick = () => {
  session.paused = !session.paused;
  poll();
};

// Screen readers hear of changes only, not of every answer.
function state(name, text) {
  document.body.className = name;
  at("pause").ariaPressed = String(session?.paused ?? false);
  if (at("said").textContent !== text) at("said").textContent = text;
}

// ---- Counts over time

function takeStats(stats) {
  const now = Date.now() / 1000;
  const { hues, stats: before, statsAt } = session;
  Object.assign(session, { stats, statsAt: now });
  if (before) count(flowsOf(before), flowsOf(stats), now - statsAt, Math.floor(now / COLUMN_S));
  for (const [reason] of largestFirst(stats.total.denied_by_reason)) {
    if (!hues.has(reason)) hues.set(reason, Math.min(hues.size, HUES - 1));
  }
  draw();
}

const scopesOf = (stats) => ({ ...stats.tenants, [NOBODY]: stats.without_tenant });

// What passed and what was refused: "tenant\nreason" -> count. The reason to pass is "".
function flowsOf(stats) {
  return new Map(Object.entries(scopesOf(stats)).flatMap(([tenant, { allowed, denied_by_reason }]) =>
    Object.entries({ "": allowed, ...denied_by_reason }).map(([reason, count]) => [`${tenant}\n${reason}`, count])));
}

// Adds what was counted between two answers to the column in which the later one came.
function count(before, after, seconds, index) {
  const { columns } = session;
  const column = columns.get(index) ?? { seconds: 0, counts: new Map() };
  column.seconds += seconds;
  for (const [flow, count] of after) {
    const was = before.get(flow) ?? 0;
    const grown = count < was ? count : count - was; // lower: Envoy started anew
    if (grown) column.counts.set(flow, (column.counts.get(flow) ?? 0) + grown);
  }
  columns.set(index, column);
  for (const old of columns.keys()) if (old <= index - COLUMNS) columns.delete(old);
}

// The last ten minutes of the chosen tenant, oldest first, by reason.
function chosenColumns() {
  const newest = Math.floor(session.statsAt / COLUMN_S);
  return Array.from({ length: COLUMNS }, (_, place) => {
    const { seconds, counts } = session.columns.get(newest - COLUMNS + 1 + place) ?? { seconds: 0, counts: [] };
    const byReason = {};
    for (const [flow, count] of counts) {
      const [tenant, reason] = flow.split("\n");
      if (isChosen(tenant)) byReason[reason] = (byReason[reason] ?? 0) + count;
    }
    return { seconds, counts: byReason };
  });
}

// ---- Drawing

at("tenant").onchange = () => choose(at("tenant").value);

function choose(tenant) {
  session.tenant = at("tenant").value = tenant;
  forgetRecords();
  draw();
  poll();
}

const isChosen = (tenant) => [EVERYONE, tenant].includes(session.tenant);

function draw() {
  const { stats } = session;
  const choices = [EVERYONE, ...Object.keys(stats.tenants).sort(), NOBODY];
  if (!choices.includes(session.tenant)) session.tenant = EVERYONE;
  if ([...at("tenant").options].map(({ value }) => value).join() !== choices.join()) {
    at("tenant").replaceChildren(...choices.map((choice) => make("option", {}, choice)));
    at("tenant").value = session.tenant;
  }
  for (const of of all(".of")) of.textContent = session.tenant;
  const scope = scopesOf(stats)[session.tenant] ?? stats.total;
  const columns = chosenColumns();
  drawTotals(scope, columns.slice(-COLUMNS_NOW));
  drawPlot("allowed", columns, [["", "a"]]);
  drawPlot("refused", columns, [...session.hues]);
  drawReasons(scope, columns);
  drawCounts("violations", "Kind", scope.violations);
  drawCounts("redactions", "Entity", scope.redactions);
  drawCounts("shadowed", "Reason", scope.shadowed_by_reason);
  drawTenants(stats);
  drawKeys(stats);
  at("records-note").textContent = `Kept for ${stats.retention_hours} hours at most; here are the last ${RECORDS_MAX}.`;
}

function drawTotals(scope, now) {
  const seconds = sum(now.map((column) => column.seconds));
  const passed = sum(now.map(({ counts }) => counts[""] ?? 0));
  const refused = sum(now.map(({ counts }) => sumOf(counts))) - passed;
  const speed = (count) => (seconds ? `${rough(count / seconds)} per second now` : "");
  at("totals").replaceChildren(...[
    ["allowed", "Allowed", scope.allowed, speed(passed)],
    ["denied", "Refused", scope.denied, speed(refused)],
    ["aborted", "Left early", scope.aborted],
    ["shadowed", "Shadowed", sumOf(scope.shadowed_by_reason)],
    ["violations", "Violations", sumOf(scope.violations)],
    ["blocks", "Blocks", scope.blocks],
    ["redactions", "Redactions", sumOf(scope.redactions)],
  ].map(([id, title, count, below = ""]) => make("div", {}, make("dt", {}, title),
    make("dd", { id: `total-${id}`, className: "figure" }, whole(count)), make("dd", { className: "rate" }, below))));
}

// Columns of stacked parts; a part is a reason and its colour, the first at the bottom.
function drawPlot(id, columns, parts) {
  const speed = ({ seconds, counts }, reason) => (seconds ? (counts[reason] ?? 0) / seconds : 0);
  const heights = columns.map((column) => sum(parts.map(([reason]) => speed(column, reason))));
  const highest = Math.max(...heights);
  const power = 10 ** Math.floor(Math.log10(highest || 1));
  const top = power * [1, 2, 3, 4, 6, 8, 10].find((step) => step * power >= highest);
  const floors = columns.map(() => 0);
  const part = ([reason, hue]) => path(`hue-${hue}`, columns.map((column, place) => {
    const height = (speed(column, reason) / top) * 100;
    floors[place] += height;
    return height ? `M${place * 10 + 1} ${100 - floors[place]}h8v${height}h-8z` : "";
  }));
  const unwatched = columns.map(({ seconds }, place) => (seconds ? "" : `M${place * 10} 0h10v100h-10z`));
  const svg = at(id);
  svg.setAttribute("viewBox", `0 0 ${COLUMNS * 10} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.replaceChildren(path("unwatched", unwatched), ...parts.map(part));
  svg.ariaLabel = `${at(`${id}-title`).textContent}: ${rough(highest)} at most, ${rough(heights.at(-1))} now`;
  at(`${id}-top`).textContent = highest ? rough(top) : "";
  at(`${id}-half`).textContent = highest ? rough(top / 2) : "";
}

function path(name, pieces) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "path");
  element.setAttribute("class", name);
  element.setAttribute("d", pieces.join(""));
  return element;
}

function drawReasons(scope, columns) {
  fill("reasons", ["Reason", "10 min", "in all"], largestFirst(scope.denied_by_reason).map(([reason, count]) => [
    reason,
    () => make("span", {}, make("span", { className: `hue-${session.hues.get(reason)}`, ariaHidden: "true" }, "■ "), reason),
    whole(sum(columns.map(({ counts }) => counts[reason] ?? 0))),
    whole(count),
  ]));
}

function drawCounts(id, title, counts) {
  fill(id, [title, "in all"], largestFirst(counts).map(([name, count]) => [name, name, whole(count)]));
}

function drawTenants({ tenants, without_tenant }) {
  const listed = Object.entries(tenants);
  const busiest = listed.sort(([, a], [, b]) => b.denied + b.allowed - a.denied - a.allowed).slice(0, ROWS_MAX);
  busiest.sort(([a], [b]) => (a < b ? -1 : 1)).push([NOBODY, without_tenant]);
  at("tenants-note").textContent = listed.length > ROWS_MAX ? `the busiest ${ROWS_MAX} of ${whole(listed.length)}` : "";
  const link = (text, ariaLabel, onclick) => make("button", { type: "button", className: "link", ariaLabel, onclick }, text);
  const heads = ["Tenant", "Allowed", "Refused", "Left early", "Shadowed", "Violations", "Blocks", "Redactions", "Erasure"];
  fill("tenants", heads, busiest.map(([id, scope]) => [
    id,
    () => link(id, `Show ${id}`, () => choose(id)),
    ...[scope.allowed, scope.denied, scope.aborted, sumOf(scope.shadowed_by_reason), sumOf(scope.violations), scope.blocks,
      sumOf(scope.redactions)].map(whole),
    () => (id === NOBODY ? "" : link("Erase…", `Erase the data of ${id}`, () => askErasure(id))),
  ]));
}

// First what clients are told to replace, the nearest end first; then what is over, not yet good, and good.
function drawKeys({ tenants }) {
  const states = [["warn", "to be replaced"], ["bad", "expired"], ["", "not yet good"], ["good", "good"]];
  const rank = ({ state, replace }) => (state === "live" && replace ? 0 : ["", "expired", "not-yet", "live"].indexOf(state));
  const left = (key) => key.days_left ?? Number.MAX_VALUE;
  const keys = Object.entries(tenants).flatMap(([tenant, scope]) => scope.keys.map((key) => ({ ...key, tenant })))
    .filter(({ tenant }) => isChosen(tenant))
    .sort((a, b) => rank(a) - rank(b) || left(a) - left(b) || b.age_days - a.age_days);
  at("keys-note").textContent = keys.length > ROWS_MAX ? `the most urgent ${ROWS_MAX} of ${whole(keys.length)}` : "the most urgent first";
  const heads = ["Key", "Tenant", "State", "Ends (UTC)", "Days left", "Age in days"];
  fill("keys", heads, keys.slice(0, ROWS_MAX).map((key) => {
    const [mood, text] = states[rank(key)];
    return [`${key.tenant} ${key.id} ${text}`, key.id, key.tenant, () => make("span", { className: mood }, text),
      key.not_after?.slice(0, 16).replace("T", " ") ?? "–", key.days_left ?? "–", key.age_days ?? "–"];
  }));
}

// Makes a table show these rows, each a key and its cells: text, or what makes an element when the row is new. Rows that
// are there already stay, so that a button in them keeps its focus.
function fill(id, heads, rows) {
  const body = bodyOf(id, heads);
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  (rows.length ? rows : [["", "none", ...heads.slice(1).fill("")]]).forEach(([key, ...cells], place) => {
    const row = known.get(key) ?? make("tr", {}, ...cells.map((cell, column) =>
      make(column ? "td" : "th", column ? {} : { scope: "row" }, typeof cell === "function" ? cell() : "")));
    row.dataset.key = key;
    known.delete(key);
    cells.forEach((cell, column) => {
      if (typeof cell !== "function") row.cells[column].textContent = cell;
    });
    if (body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
  });
  for (const row of known.values()) row.remove();
}

function bodyOf(id, heads) {
  const table = at(id);
  if (!table.tHead) {
    table.createTHead().append(make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head))));
    table.createTBody();
  }
  return table.tBodies[0];
}

// All elements are made here. Text from outside is a child or a property, so it is never read as markup.
function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// ---- Audit records

at("refused-only").onchange = (event) => at("records").classList.toggle("refused-only", event.target.checked);

function recordsPath() {
  const { tenant, since } = session;
  const asked = new URLSearchParams({ limit: RECORDS_MAX });
  if (since) asked.set("since", since);
  if (![EVERYONE, NOBODY].includes(tenant)) asked.set("tenant", tenant);
  return `audit?${asked}`;
}

function takeRecords(given) {
  const { lines, tenant } = session;
  const body = bodyOf("records", ["Time (UTC)", "Verdict", "Tenant, key", "Request", "Client"]);
  for (const line of given) {
    if (!line || lines.has(line)) continue;
    const record = JSON.parse(line);
    if (record.ts > session.since) session.since = record.ts;
    if (tenant === NOBODY && (record.tenant || record.event)) continue;
    lines.add(line);
    body.prepend(rowOf(record));
    if (lines.size <= RECORDS_MAX) continue;
    lines.delete(lines.values().next().value);
    body.lastChild.remove();
  }
}

function forgetRecords() {
  session.lines.clear();
  session.since = "";
  at("records").tBodies[0]?.replaceChildren();
}

function rowOf(record) {
  const time = make("time", { dateTime: record.ts, title: record.ts }, record.ts.slice(11, 19));
  const row = (className, mood, verdict, ...cells) => make("tr", { className },
    ...[time, make("span", { className: mood }, verdict), ...cells].map((cell) => make("td", {}, cell)));
  if (record.event) return row("", "warn", record.event, "–", `The data of ${record.erased_tenant} was erased.`, "–");
  const { decision, reason, status, tenant, key_id, shadowed } = record;
  const passed = decision === "allowed" && !shadowed.length;
  const mood = passed ? "good" : decision === "denied" ? "bad" : "warn";
  const verdict = { allowed: "allowed", denied: reason, aborted: "left early" }[decision];
  const owner = make("span", {}, tenant ?? "–", " ", make("span", { className: "note" }, key_id ?? ""));
  const request = make("details", {}, make("summary", {}, `${record.method} ${record.path}`), detailsOf(record));
  return row(passed ? "passed" : "", mood, `${status ?? ""} ${verdict}`, owner, request, record.client ?? "–");
}

// The whole record, under the names it has in the access log.
function detailsOf(record) {
  const listed = (value) => (Array.isArray(value) ? value : Object.entries(value).map(([name, count]) => `${count} ${name}`));
  const text = (value) => (typeof value === "object" ? listed(value ?? []).join(", ") : value);
  const told = Object.entries(record).map(([name, value]) => [name, text(value)]).filter(([, value]) => value !== "");
  return make("dl", {}, ...told.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

// ---- Erasure

function askErasure(tenant) {
  at("erase-tenant").textContent = tenant;
  at("erase-typed").value = at("erase-said").textContent = "";
  at("erase-now").disabled = true;
  at("erase").showModal();
  at("erase-typed").focus();
}

at("erase-typed").oninput = () => {
  at("erase-now").disabled = at("erase-typed").value !== at("erase-tenant").textContent;
};

at("erase-close").onclick = () => at("erase").close();

at("erase-form").onsubmit = async (event) => {
  event.preventDefault();
  const mine = session;
  const tenant = at("erase-typed").value;
  at("erase-now").disabled = true;
  at("erase-close").focus();
  let outcome = "";
  try {
    const { erased } = await (await call(`tenants/${encodeURIComponent(tenant)}/data`, "DELETE")).json();
    for (const { counts } of mine.columns.values()) {
      for (const flow of counts.keys()) if (flow.startsWith(`${tenant}\n`)) counts.delete(flow);
    }
    const parts = Object.entries(erased).map(([name, count]) => `${name.replaceAll("_", " ")} ${whole(count)}`);
    outcome = `Erased: ${parts.join(", ")}.`;
  } catch (error) {
    outcome = `It is not known to be erased. ${error.status === 404 ? "There is no such tenant." : inWords(error)}`;
  }
  if (mine !== session) return;
  at("erase-said").textContent = outcome;
  forgetRecords();
  poll();
};

signOut("");
