// Tables to coded tables, as assets/coding/{grid,columns,found,rewrite}.py do.
const FOUND = Object.fromEntries(Object.entries(SHARED.found).map(([kind, shape]) => [kind, regex(shape)]));
const TAX_ANYWHERE = regex(SHARED.found.tax_code, "g");
const BARE_PHONE = regex(SHARED.bare_phone);
const HEADINGS = SHARED.headings.map(([action, kind, shape]) => ({ action, kind, shape: regex(shape) }));
const NOT_PEOPLE = regex(SHARED.not_people);
const FIRST_ROWS = 30;

function findHeader(rows) {
  const filled = rows.slice(0, FIRST_ROWS).map((row) => row.filter((cell) => textOf(cell).trim() !== "").length);
  const least = Math.max(1, 0.6 * Math.max(0, ...filled));
  return Math.max(0, filled.findIndex((count) => count >= least));
}

function hasTaxCode(upper) {
  for (const match of upper.matchAll(TAX_ANYWHERE)) {
    const code = match[0].replace(/[^A-Z0-9]/g, "");
    const digits = code.replace(/[^0-9]/g, "").length;
    if (checkLetter(code.slice(0, 15)) === code[15]) {
      if (digits >= 3 || match[0].length === 16) return true;
    } else if (digits >= 4) return true;
  }
  return false;
}

function kindsIn(text) {
  if (text.length < 6) return [];
  const upper = plain(text).toUpperCase();
  return Object.keys(FOUND).filter((kind) => (kind === "tax_code" ? hasTaxCode(upper) : FOUND[kind].test(upper)));
}

function counted(texts) {
  const times = new Map();
  for (const text of texts) if (text !== "") times.set(text, (times.get(text) || 0) + 1);
  return times;
}

function kindsInColumn(texts) {
  const times = counted(texts);
  const found = {};
  let phones = 0;
  let phoneCells = 0;
  for (const [text, n] of times) {
    for (const kind of kindsIn(text)) found[kind] = (found[kind] || 0) + n;
    if (BARE_PHONE.test(text.trim())) { phones += 1; phoneCells += n; }
  }
  if (phones >= Math.max(3, 0.5 * times.size)) found.phone = Math.max(found.phone || 0, phoneCells);
  return found;
}

function foldHeading(text) {
  return oneSpace(plain(text).toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, " "));
}

function share(texts, test) { return texts.length ? texts.filter(test).length / texts.length : 0; }

function isLetteredTaxCode(text) {
  const code = taxCode(text);
  return !/^[0-9]+$/.test(code) && taxCodeKind(code) !== null;
}

function looksLikeAName(text) {
  const words = text.split(" ").filter(Boolean);
  if (words.length < 2 || words.length > 4) return false;
  return words.map((word) => word.replace(/['\u2019]/g, "")).every((word) => /^\p{L}+$/u.test(word) && word[0] !== word[0].toLowerCase());
}

function isFreeText(texts) {
  const rules = SHARED.free_text;
  return texts.some((text) => Array.from(text).length >= rules.least_characters || text.split(" ").length >= rules.least_words);
}

function announcedBy(heading) {
  const folded = foldHeading(heading);
  return folded.split(" ").length > 6 ? undefined : HEADINGS.find(({ shape }) => shape.test(folded));
}

// The kind of identifier that a heading announces; texts and roles are none for sure.
function headingKind(heading) {
  const announced = announcedBy(heading);
  return announced && announced.kind !== "text" && announced.kind !== "person" ? announced.kind : null;
}

function propose(heading, cells) {
  const texts = cells.map((cell) => textOf(cell).trim()).filter(Boolean);
  const distinct = [...new Set(texts)];
  if (share(distinct, isLetteredTaxCode) >= 0.5) return "tax_code";
  const announced = announcedBy(heading);
  if (announced) return announced.action;
  return Object.keys(kindsInColumn(texts)).length || isFreeText(distinct) || areNames(heading, distinct) ? "remove" : "keep";
}

function areNames(heading, distinct) {
  return !NOT_PEOPLE.test(foldHeading(heading)) && distinct.length >= 3 && share(distinct, looksLikeAName) >= 0.5;
}

const NAMED = ["surname", "given_name", "surname_name", "name_surname"];

// Whether a file's or sheet's name holds a word of a column of people's names.
function tellsAName(text, headings, rows, actions) {
  const words = new Set(nameOf(text.replace(/_/g, " ")).split(" ").filter((each) => each.length >= 3));
  return actions.some((action, place) => {
    if (![...NAMED, "remove"].includes(action)) return false;
    const texts = [...new Set(rows.map((row) => textOf(row[place])))].sort();
    const heading = headings[place];
    const isNamed = NAMED.includes(action) || headingKind(heading) === "name" || areNames(heading, texts.filter(Boolean).map((each) => each.trim()));
    return isNamed && texts.some((each) => nameOf(each).split(" ").some((word) => words.has(word)));
  });
}

function places(plan, action) {
  return plan.actions.flatMap((each, n) => (each === action ? [n] : []));
}

// plan: {header, actions, programme, on: {year, month, day} or null, register}
function makeCoder(secret, plan) {
  const keyed = keyedHmac(secret);
  const known = new Map();
  const coder = (kind, ...parts) => {
    const at = kind + "\u0000" + parts.join("\u0000");
    let found = known.get(at);
    if (found === undefined) known.set(at, (found = codeOf(keyed, plan.programme, kind, ...parts)));
    return found;
  };
  const surname = places(plan, "surname");
  const given = places(plan, "given_name");
  const whole = [...places(plan, "surname_name"), ...places(plan, "name_surname")];
  const born = [...places(plan, "birth_band"), ...places(plan, "birth_year")];
  const names = surname.length && given.length ? [surname[0], given[0]] : whole.slice(0, 1);
  const weaker = names.length && born.length ? { names, born: born[0] } : null;
  const taxes = places(plan, "tax_code");
  const person = taxes.length ? taxes[0] : weaker ? names[0] : -1;
  const gone = ["remove", "given_name", "surname", "surname_name", "name_surname"];
  const kept = plan.actions.flatMap((each, n) => (n === person || !gone.includes(each) ? [n] : []));
  return { coder, weaker, person, kept, plan };
}

function weakerCode(row, how) {
  if (!how.weaker) return "";
  const { names, born } = how.weaker;
  const day = dayOf(row[born]);
  const texts = names.map((place) => textOf(row[place]));
  const words = names.length === 2 ? texts.map(nameOf) : nameWords(texts[0], how.plan.actions[names[0]] === "surname_name");
  if (!day || !words.length || !words.every(Boolean)) return "";
  return how.coder(words.length === 2 ? "name_birth_date" : "full_name_birth_date", ...words, isoOf(day));
}

// number: 0 for a second person of the row (a child's tax code), who has no weaker code.
function personCode(row, place, number, how, made) {
  const said = how.plan.actions[place] === "tax_code" ? taxCode(textOf(row[place])) : "";
  const kind = taxCodeKind(said);
  const fallback = () => (number ? weakerCode(row, how) : "");
  const found = kind ? how.coder(kind, said) : fallback();
  if (kind === "tax_code_unchecked" && number) made.unchecked.push(number);
  if (!found) {
    if (number) made.withoutCode.push(number);
    return null;
  }
  made.codes[found[0]] = (made.codes[found[0]] || 0) + 1;
  return found;
}

function otherCell(cell, action, number, how, made) {
  const { plan } = how;
  if (action === "keep" || textOf(cell).trim() === "") return cell;
  if (action === "register") {
    made.codes.R = (made.codes.R || 0) + 1;
    return how.coder("register", plan.register, registerNumber(textOf(cell)));
  }
  let found = null;
  if (action === "birth_year") {
    const day = dayOf(cell);
    found = day ? day.year : null;
  } else if (plan.on) {
    const age = ageOn(cell, plan.on);
    if (age !== null) [found] = BANDS.find(([, low, high]) => low <= age && age <= high);
  }
  if (found === null) made.unreadDays.push(number);
  return found;
}

function codedRow(row, number, how, made) {
  if (row.every((cell) => textOf(cell).trim() === "")) return how.kept.map(() => null);
  return how.kept.map((place) => {
    const action = how.plan.actions[place];
    if (place !== how.person && action !== "tax_code") return otherCell(row[place], action, number, how, made);
    return personCode(row, place, place === how.person ? number : 0, how, made);
  });
}

function codedHeadings(row, how) {
  const words = { tax_code: "Codice persona", surname: "Codice persona", surname_name: "Codice persona", name_surname: "Codice persona", birth_band: "Fascia di età",
    birth_year: "Anno di nascita", register: `Codice ${how.plan.register}`.trim() };
  const times = {};
  return how.kept.map((place) => {
    const word = words[how.plan.actions[place]];
    if (word === undefined) return textOf(row[place]);
    times[word] = (times[word] || 0) + 1;
    return times[word] === 1 ? word : `${word} ${times[word]}`;
  });
}

// Returns [[place or heading, kind, cells], ...] of what must not leave. A heading that is an
// identifier, of whatever column, is a person's row: the file has no headings there.
function leftIn(rows, how, headings) {
  const found = headings.flatMap((cell, n) => kindsIn(textOf(cell)).map((kind) => [`#${n + 1}`, kind, 1]));
  how.kept.forEach((place, at) => {
    const heading = textOf(rows[0][at]);
    const shown = kindsIn(heading).length ? `#${place + 1}` : heading || `#${place + 1}`;
    if (how.plan.actions[place] !== "keep") return;
    const texts = [];
    for (let n = 1; n < rows.length; n++) texts.push(textOf(rows[n][at]));
    const kinds = kindsInColumn(texts);
    const announced = headingKind(heading);
    if (announced) kinds[announced] = texts.filter((text) => text.trim() !== "").length;
    Object.entries(kinds).forEach(([kind, n]) => { if (n) found.push([shown, kind, n]); });
  });
  return found;
}

// pause: awaited every few thousand rows, so that the page stays alive.
async function rewrite(rows, plan, secret, pause) {
  const how = makeCoder(secret, plan);
  const made = { rows: [codedHeadings(rows[plan.header], how)], codes: {}, withoutCode: [], unchecked: [], unreadDays: [], left: [] };
  for (let n = plan.header + 1; n < rows.length; n++) {
    made.rows.push(codedRow(rows[n], n + 1, how, made));
    if (n % 4000 === 0) await pause(n / rows.length);
  }
  made.left = leftIn(made.rows, how, rows[plan.header]);
  return made;
}
