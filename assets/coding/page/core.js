// Identifiers to codes, as assets/coding/{normalise,keys,codes}.py do; one file of vectors holds both.
const utf8 = new TextEncoder();

function regex(text, flags = "") { return new RegExp(text, flags); }

function plain(text) { return text.normalize("NFKC").replace(/\p{Cf}/gu, ""); }

function pad2(n) { return String(n).padStart(2, "0"); }

// A cell is text, a number, a boolean, null, or {serial, kind, iso} for what a workbook types as time.
function textOf(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "boolean") return cell ? "TRUE" : "FALSE";
  if (typeof cell === "object") return cell.iso;
  return String(cell);
}

function stripped(text) { return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""); }

function taxCode(text) {
  const bare = plain(text).toUpperCase().replace(regex(SHARED.tax_code.drop, "g"), "");
  return Array.from(bare).length === 16 && taxCodeKind(bare) === null ? mended(bare) : bare;
}

// O for 0 and I for 1, or the reverse, in places where no code has them; only where the check then is right.
function mended(bare) {
  const letterOf = SHARED.tax_code.taken_for;
  const digitOf = Object.fromEntries(Object.entries(letterOf).map(([digit, letter]) => [letter, digit]));
  const made = Array.from(bare, (each, at) => (SHARED.tax_code.letters_at.includes(at) ? letterOf : digitOf)[each] || each).join("");
  return taxCodeKind(made) === "tax_code" ? made : bare;
}

function checkLetter(first15) {
  let total = 0;
  for (let n = 0; n < 15; n++) {
    const each = first15[n];
    if (n % 2 === 0) total += SHARED.tax_code.odd[each];
    else total += each >= "0" && each <= "9" ? Number(each) : each.charCodeAt(0) - 65;
  }
  return String.fromCharCode(65 + (total % 26));
}

function isNumericCode(code) {
  let total = 0;
  for (let n = 0; n < 11; n++) {
    const double = n % 2 ? Number(code[n]) * 2 : Number(code[n]);
    total += double > 9 ? double - 9 : double;
  }
  return total % 10 === 0;
}

const TAX_SHAPE = regex(SHARED.tax_code.shape);
const HEALTH_SHAPE = regex(SHARED.tax_code.health);

function taxCodeKind(code) {
  if (TAX_SHAPE.test(code)) {
    return checkLetter(code.slice(0, 15)) === code[15] ? "tax_code" : "tax_code_unchecked";
  }
  if (HEALTH_SHAPE.test(code)) return "tax_code";
  if (/^[0-9]{11}$/.test(code) && isNumericCode(code)) return "tax_code";
  return null;
}

function oneSpace(text) { return text.split(" ").filter(Boolean).join(" "); }

function nameOf(text) {
  const quotes = regex(SHARED.apostrophes, "g");
  const bare = plain(text.replace(quotes, "")).replace(quotes, "").toUpperCase().normalize("NFKD");
  return oneSpace(bare.replace(/\p{M}/gu, "").replace(/[^\p{L}]/gu, " "));
}

// The parts by which a whole name of one column is coded: two words as from columns of their own, more in order of the alphabet.
function nameWords(text, isSurnameFirst) {
  const words = nameOf(text).split(" ");
  if (words.length === 2) return isSurnameFirst ? words : words.reverse();
  const codepoints = (word) => Array.from(word, (each) => each.codePointAt(0));
  return words.length > 2 ? [words.sort((a, b) => compared(codepoints(a), codepoints(b))).join(" ")] : [];
}

function compared(a, b) {
  const at = a.findIndex((each, n) => each !== b[n]);
  return at < 0 ? a.length - b.length : a[at] - (b[at] ?? -1);
}

function registerNumber(text) { return oneSpace(plain(text).toUpperCase().replace(/[\t\r\n]/g, " ")); }

const DATE_TEXTS = SHARED.date_texts.map((each) => regex(each));

// Returns {year, month, day} or null; years of two digits are not read.
function dayOf(cell) {
  if (cell && typeof cell === "object") {
    return cell.kind === "time" || cell.kind === "elapsed" ? null : partsOf(cell.iso.slice(0, 10).split("-").map(Number));
  }
  if (typeof cell !== "string") return null;
  const text = plain(cell).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const iso = DATE_TEXTS[0].exec(text);
  if (iso) return partsOf([iso[1], iso[2], iso[3]].map(Number));
  const italian = DATE_TEXTS[1].exec(text);
  return italian ? partsOf([italian[3], italian[2], italian[1]].map(Number)) : null;
}

function partsOf([year, month, day]) {
  if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1) return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  return { year, month, day };
}

function isoOf(day) { return `${day.year}-${pad2(day.month)}-${pad2(day.day)}`; }

function ageOn(cell, on) {
  const born = dayOf(cell);
  let age;
  if (born) {
    const before = on.month < born.month || (on.month === born.month && on.day < born.day);
    age = on.year - born.year - (before ? 1 : 0);
  } else {
    const text = plain(textOf(cell)).replace(/^ +| +$/g, "");
    if (!/^[0-9]{1,4}$/.test(text)) return null;
    const number = Number(text);
    age = number >= 1900 ? on.year - number : number;
  }
  return age >= 0 && age <= 120 ? age : null;
}

function message(programme, kind, ...parts) {
  const fields = [programme, kind, ...parts].map((each) => utf8.encode(each));
  const domain = utf8.encode(SHARED.domain);
  const made = new Uint8Array(domain.length + fields.reduce((sum, each) => sum + 4 + each.length, 0));
  made.set(domain);
  const view = new DataView(made.buffer);
  let at = domain.length;
  for (const each of fields) {
    view.setUint32(at, each.length);
    made.set(each, at + 4);
    at += 4 + each.length;
  }
  return made;
}

function hex(bytes) { return Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join(""); }

function unhex(text) { return Uint8Array.from(text.match(/../g) || [], (each) => parseInt(each, 16)); }

function pairOf(number) { return SHARED.code.letters[Math.floor(number / 10)] + String(number % 10); }

function checkPair(bare) {
  let total = 0;
  for (let n = 0; n < bare.length; n++) {
    const each = bare[n];
    total += (n + 1) * (each >= "0" && each <= "9" ? Number(each) : SHARED.code.letters.indexOf(each));
  }
  return total % SHARED.code.check_modulus;
}

// keyed: a function from bytes to their HMAC-SHA-256 under the key (see keyedHmac).
function codeOf(keyed, programme, kind, ...parts) {
  const digest = keyed(message(programme, kind, ...parts));
  const base = SHARED.code.letters.length * 10;
  let body = "";
  for (let n = 0; n < SHARED.code.pairs; n++) body += pairOf((digest[2 * n] * 256 + digest[2 * n + 1]) % base);
  const prefix = SHARED.code.prefixes[kind];
  body += pairOf(checkPair(prefix + body));
  return [prefix, ...body.match(regex(`.{1,${SHARED.code.group}}`, "g"))].join("-");
}

function keyedHmac(secret) {
  const begun = noble.hmac.create(noble.sha256, secret);
  return (bytes) => begun.clone().update(bytes).digest();
}

function keyId(secret) {
  const domain = utf8.encode(SHARED.key_id_domain);
  const both = new Uint8Array(domain.length + secret.length);
  both.set(domain);
  both.set(secret, domain.length);
  return hex(noble.sha256(both)).slice(0, 8);
}

function keyLine(secret) { return `${SHARED.key_file_mark}${hex(secret)}:${keyId(secret)}`; }

// Returns the key, or null where the text is no key file or was damaged.
function readKeyLine(text) {
  const found = regex(`^${SHARED.key_file_mark}([0-9a-f]{64}):([0-9a-f]{8})$`).exec(text.replace(/^\ufeff/, "").trim());
  if (!found) return null;
  const secret = unhex(found[1]);
  return keyId(secret) === found[2] ? secret : null;
}

function passphraseText(text) { return oneSpace(plain(text)); }

function isLongEnough(text) {
  const said = Array.from(passphraseText(text));
  return said.length >= SHARED.scrypt.least_characters && new Set(said).size >= SHARED.scrypt.least_different;
}

function keyFromPassphrase(text, programme, onProgress) {
  const rules = SHARED.scrypt;
  return noble.scryptAsync(utf8.encode(passphraseText(text)), utf8.encode(rules.salt_domain + programme), {
    N: rules.N, r: rules.r, p: rules.p, dkLen: rules.length, onProgress, maxmem: 2 ** 28,
  });
}
