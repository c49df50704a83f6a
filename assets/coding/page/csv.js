// Delimited text, read strictly and written back in its own encoding, delimiter, quotes and line ends.
class FileProblem extends Error {
  constructor(word, values = {}) { super(word); this.word = word; this.values = values; }
}

function decodeText(bytes) {
  const has = (...mark) => mark.every((each, n) => bytes[n] === each);
  if (has(0xff, 0xfe)) return ["utf-16le", new TextDecoder("utf-16le").decode(bytes.subarray(2))];
  if (has(0xfe, 0xff)) return ["utf-16be", new TextDecoder("utf-16be").decode(bytes.subarray(2))];
  const mark = has(0xef, 0xbb, 0xbf);
  const body = mark ? bytes.subarray(3) : bytes;
  try {
    return [mark ? "utf-8-sig" : "utf-8", new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body)];
  } catch {
    return ["windows-1252", new TextDecoder("windows-1252").decode(bytes)];
  }
}

function encodeText(text, encoding) {
  if (encoding === "utf-8") return utf8.encode(text);
  if (encoding === "utf-8-sig") return utf8.encode("\ufeff" + text);
  if (encoding === "windows-1252") {
    const known = new Map();
    const all = new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 256 }, (_, n) => n));
    for (let n = 0; n < 256; n++) known.set(all.charCodeAt(n), n);
    const made = new Uint8Array(text.length);
    for (let n = 0; n < text.length; n++) {
      // A letter that the encoding lacks: UTF-8 instead.
      if (!known.has(text.charCodeAt(n))) return encodeText(text, "utf-8-sig");
      made[n] = known.get(text.charCodeAt(n));
    }
    return made;
  }
  const made = new Uint8Array(2 + text.length * 2);
  const view = new DataView(made.buffer);
  const little = encoding === "utf-16le";
  view.setUint16(0, 0xfeff, little);
  for (let n = 0; n < text.length; n++) view.setUint16(2 + 2 * n, text.charCodeAt(n), little);
  return made;
}

// Returns rows of text, or null where quotes do not close or stand in the middle of a cell.
function parseDelimited(text, delimiter) {
  const rows = [];
  let row = [];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      let from = at + 1;
      for (;;) {
        const end = text.indexOf('"', from);
        if (end < 0) return null;
        cell += text.slice(from, end);
        if (text[end + 1] !== '"') { at = end + 1; break; }
        cell += '"';
        from = end + 2;
      }
      if (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") return null;
    } else {
      let end = at;
      while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end += 1;
      cell = text.slice(at, end);
      at = end;
    }
    row.push(cell === "" ? null : cell);
    if (at >= text.length) break;
    if (text[at] === delimiter) {
      at += 1;
      if (at >= text.length) row.push(null);
      continue;
    }
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    rows.push(row);
    row = [];
  }
  if (row.length) rows.push(row);
  return rows;
}

// The delimiter under which most rows have the same number of cells, two at least.
function decideDelimiter(text) {
  const start = text.length > 60000 ? text.slice(0, text.lastIndexOf("\n", 60000)) : text;
  let best = null;
  for (const delimiter of [";", ",", "\t", "|"]) {
    const rows = parseDelimited(start, delimiter);
    if (!rows) continue;
    const widths = counted(rows.filter((row) => row.some((cell) => cell !== null)).map((row) => String(row.length)));
    let score = 0;
    for (const [width, n] of widths) if (Number(width) > 1) score = Math.max(score, n + Number(width) / 1000);
    if (score > 0 && (best === null || score > best.score)) best = { delimiter, score };
  }
  return best ? best.delimiter : ";";
}

function readCsv(bytes) {
  const [encoding, whole] = decodeText(bytes);
  if (whole.includes("\u0000")) throw new FileProblem("not_text");
  const told = /^sep=(.)\r?\n/.exec(whole);
  const text = told ? whole.slice(told[0].length) : whole;
  if (text.trim() === "") throw new FileProblem("empty");
  const delimiter = told ? told[1] : decideDelimiter(text);
  const rows = parseDelimited(text, delimiter);
  if (!rows) throw new FileProblem("bad_quotes");
  if (told) rows.unshift([told[0].trim()]);
  const width = Math.max(...rows.map((row) => row.length));
  rows.forEach((row) => { while (row.length < width) row.push(null); });
  const newline = /\r\n|\n|\r/.exec(text);
  const dialect = { encoding, delimiter, newline: newline ? newline[0] : "\r\n", quotesAll: text[0] === '"' };
  return { rows, sheet: "", sheets: [], dialect };
}

const FORMULA = regex(SHARED.formula);

// An apostrophe before what Excel would carry out as a formula.
function harmless(text) { return FORMULA.test(text) ? `'${text}` : text; }

function writeCsv(rows, dialect) {
  const special = regex(`["\\r\\n${dialect.delimiter === "|" ? "\\|" : dialect.delimiter}]`);
  const quoted = (text, alone) => (dialect.quotesAll || special.test(text) || (alone && text === "") ? `"${text.replace(/"/g, '""')}"` : text);
  const lines = rows.map((row) => row.map((cell) => quoted(harmless(textOf(cell)), row.length === 1)).join(dialect.delimiter));
  return encodeText(lines.join(dialect.newline) + dialect.newline, dialect.encoding);
}
