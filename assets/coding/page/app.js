// The page: three steps, two languages, nothing kept. Cells are shown on this screen only.
const ACTIONS = ["keep", "remove", "tax_code", "surname", "given_name", "surname_name", "name_surname", "birth_band", "birth_year", "register"];
const MOST_ROWS_NAMED = 20;
const state = { lang: "it", file: null, grid: null, header: 0, actions: [], said: [], url: null };

const $ = (id) => document.getElementById(id);

function say(word, values = {}) {
  return WORDS[word][state.lang].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// What is said is kept as words, so that it can be said again in the other language.
function tell(place, kind, makeNodes) {
  state.said = state.said.filter((each) => each.place !== place);
  if (makeNodes) state.said.push({ place, kind, makeNodes });
  showSaid(place, kind, makeNodes);
}

function showSaid(place, kind, makeNodes) {
  $(place).className = kind ? `said ${kind}` : "said";
  $(place).replaceChildren(...(makeNodes ? makeNodes() : []));
}

function tellBad(place, error) {
  const word = error instanceof FileProblem ? `bad.${error.word}` : "bad.unexpected";
  tell(place, "bad", () => [say(word, error.values)]);
}

function translate() {
  document.documentElement.lang = state.lang;
  document.title = `Lunattiva – ${say("title")}`;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = say(each.dataset.word);
  for (const lang of ["it", "en"]) $(`lang-${lang}`).setAttribute("aria-pressed", String(state.lang === lang));
  if (state.grid) showColumns();
  for (const { place, kind, makeNodes } of state.said) showSaid(place, kind, makeNodes);
}

function element(name, options = {}, ...children) {
  const made = Object.assign(document.createElement(name), options);
  made.append(...children);
  return made;
}

async function takeFile(file, sheet = null) {
  clearResult();
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    state.grid = readFile(bytes, sheet);
    state.file = file;
    state.header = findHeader(state.grid.rows);
    proposeAll();
    const { rows } = state.grid;
    tell("file-said", "good", () => [say("file_read", { name: file.name, rows: rows.length, columns: rows[0].length })]);
  } catch (error) {
    state.grid = null;
    tellBad("file-said", error);
  }
  $("columns").hidden = !state.grid;
  if (state.grid) showColumns();
}

function readFile(bytes, sheet) {
  if (bytes.length === 0) throw new FileProblem("empty");
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 120));
  if (start.includes("mimetypeapplication/vnd.oasis")) throw new FileProblem("ods");
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readXlsx(bytes, sheet);
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) throw new FileProblem("xls");
  if (bytes[0] === 0x25 && bytes[1] === 0x50) throw new FileProblem("format");
  return readCsv(bytes);
}

function proposeAll() {
  const { rows } = state.grid;
  const below = rows.slice(state.header + 1);
  state.actions = rows[state.header].map((heading, place) => propose(textOf(heading), below.map((row) => row[place])));
}

function samples(place) {
  const found = new Set();
  for (let n = state.header + 1; n < state.grid.rows.length && found.size < 2; n++) {
    const text = textOf(state.grid.rows[n][place]).trim();
    if (text) found.add(text.length > 24 ? `${text.slice(0, 23)}…` : text);
  }
  return [...found].join(" · ");
}

function showColumns() {
  const { rows, sheets, sheet } = state.grid;
  $("sheet-field").hidden = sheets.length < 2;
  $("sheet").replaceChildren(...sheets.map((name) => element("option", { value: name, textContent: name, selected: name === sheet })));
  $("header").value = state.header + 1;
  $("choices").tBodies[0].replaceChildren(...rows[state.header].map((cell, place) => {
    const heading = textOf(cell).trim() || `${letters(place)} ${say("no_heading")}`;
    const select = element("select", { id: `action-${place}` },
      ...ACTIONS.map((each) => element("option", { value: each, textContent: say(`action.${each}`), selected: each === state.actions[place] })));
    select.setAttribute("aria-label", say("action_for", { heading }));
    select.addEventListener("change", () => { state.actions[place] = select.value; clearResult(); showFields(); });
    return element("tr", {}, element("th", { scope: "row", textContent: heading }),
      element("td", { className: "sample", textContent: samples(place) }), element("td", {}, select));
  }));
  showFields();
}

function showFields() {
  $("on-field").hidden = !state.actions.includes("birth_band");
  $("register-field").hidden = !state.actions.includes("register");
}

function clearResult() {
  if (state.url) URL.revokeObjectURL(state.url);
  state.url = null;
  tell("result", "", null);
}

function programmeName() {
  const said = $("programme").value.trim().toLowerCase();
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(said)) throw new FileProblem("programme");
  return said;
}

async function theKey() {
  const secret = await givenKey();
  const expected = $("expected").value.trim().toLowerCase();
  if (expected && expected !== keyId(secret)) throw new FileProblem("other_key", { id: keyId(secret) });
  return secret;
}

async function givenKey() {
  if ($("how-file").checked) {
    const [file] = $("keyfile").files;
    if (!file) throw new FileProblem("no_keyfile");
    const secret = file.size < 1000 ? readKeyLine(await file.text()) : null;
    if (!secret) throw new FileProblem("keyfile");
    return secret;
  }
  const phrase = $("phrase").value;
  if (!isLongEnough(phrase)) throw new FileProblem("phrase");
  if (passphraseText(phrase) !== passphraseText($("phrase-again").value)) throw new FileProblem("phrase_again");
  return keyFromPassphrase(phrase, programmeName(), (part) => { $("progress").value = part / 2; });
}

function planOf() {
  const plan = { header: state.header, actions: state.actions, programme: programmeName(), on: null, register: "" };
  if (state.actions.includes("birth_band")) {
    plan.on = dayOf($("on").value);
    if (!plan.on) throw new FileProblem("on");
  }
  if (state.actions.includes("register")) {
    plan.register = registerNumber($("register").value).toLowerCase();
    if (!plan.register) throw new FileProblem("register");
  }
  return plan;
}

async function busy(place, work) {
  const buttons = ["go", "keycheck", "newkey"].map($);
  buttons.forEach((each) => { each.disabled = true; });
  $("progress").value = 0;
  $("progress-field").hidden = false;
  await pause();
  try {
    await work();
  } catch (error) {
    tellBad(place, error);
  }
  $("progress-field").hidden = true;
  buttons.forEach((each) => { each.disabled = false; });
}

function pause(part) {
  if (part !== undefined) $("progress").value = 0.5 + part / 2;
  return new Promise((done) => { setTimeout(done, 0); });
}

// Whether a name of file or sheet holds an identifier, or a name that stands in the file.
function identifies(text) {
  const { rows } = state.grid;
  const headings = rows[state.header].map(textOf);
  return kindsIn(text.replace(/_/g, " ")).length > 0 || tellsAName(text, headings, rows.slice(state.header + 1), state.actions);
}

function newName(id) {
  const dot = state.file.name.lastIndexOf(".");
  const stem = dot > 0 ? state.file.name.slice(0, dot) : state.file.name;
  const safe = identifies(stem) ? "file" : stem;
  const suffix = state.grid.dialect ? (dot > 0 ? state.file.name.slice(dot) : ".csv") : ".xlsx";
  return `${safe}-codici-${id}${suffix}`;
}

function rowsSaid(rows) {
  const more = rows.length - MOST_ROWS_NAMED;
  return rows.slice(0, MOST_ROWS_NAMED).join(", ") + (more > 0 ? ` ${say("and_more", { n: more })}` : "");
}

async function makeFile() {
  clearResult();
  if (!state.grid) throw new FileProblem("no_file");
  const plan = planOf();
  const secret = await theKey();
  const made = await rewrite(state.grid.rows, plan, secret, pause);
  if (made.left.length) {
    tell("result", "bad", () => [say("left"), element("ul", {}, ...made.left.map(([heading, kind, n]) =>
      element("li", { textContent: say("left_one", { heading, kind: say(`kind.${kind}`), n }) })))]);
    return;
  }
  const { dialect, sheet } = state.grid;
  const sheetName = !sheet || identifies(sheet) ? "Dati" : sheet;
  const bytes = dialect ? writeCsv(made.rows, dialect) : writeXlsx(made.rows, sheetName);
  await pause(1);
  offer(bytes, made, plan.programme, keyId(secret));
}

function offer(bytes, made, programme, id) {
  const name = newName(id);
  const { sheets, sheet } = state.grid;
  state.url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  tell("result", "good", () => {
    const lines = ["T", "W", "N", "R"].filter((each) => made.codes[each]).map((each) => say(`count.${each}`, { n: made.codes[each] }));
    const rows = [["without", made.withoutCode], ["unchecked", made.unchecked], ["days", made.unreadDays]];
    rows.filter(([, each]) => each.length).forEach(([what, each]) => lines.push(say(`rows.${what}`, { rows: rowsSaid(each) })));
    if (sheets.length > 1) lines.push(say("sheets_out", { sheet, n: sheets.length - 1 }));
    return [element("p", { textContent: say("done", { rows: made.rows.length - 1, programme, id }) }),
      element("ul", {}, ...lines.map((each) => element("li", { textContent: each }))),
      element("a", { id: "download", className: "download", href: state.url, download: name, textContent: say("download", { name }) })];
  });
  $("result").focus();
}

async function checkKey() {
  const id = keyId(await theKey());
  tell("key-said", "good", () => [say("key_is", { id })]);
}

async function makeKey() {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const id = keyId(secret);
  const url = URL.createObjectURL(new Blob([`${keyLine(secret)}\n`], { type: "application/octet-stream" }));
  element("a", { href: url, download: `lunattiva-${id}.key` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  tell("key-said", "good", () => [say("newkey_made", { id })]);
}
