// Workbooks (.xlsx, .xlsm): one sheet read with its types, and a new workbook of values written.
const DAY_MS = 86400000;
// Number formats that Excel has built in for dates and times (ECMA-376, 18.8.30).
const TIME_FORMATS = new Set([18, 19, 20, 21, 45, 47]);
const ELAPSED_FORMAT = 46;
const DATE_FORMATS = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58]);

function unescapeXml(text) {
  const plainText = text.includes("&")
    ? text.replace(/&(#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot|apos);/g, (whole, what) => {
      const named = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }[what];
      if (named) return named;
      return String.fromCodePoint(what[1] === "x" ? parseInt(what.slice(2), 16) : parseInt(what.slice(1), 10));
    })
    : text;
  return plainText.includes("_x") ? plainText.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) => String.fromCharCode(parseInt(code, 16))) : plainText;
}

function attribute(tag, name) {
  const found = regex(`[\\s:]${name}\\s*=\\s*("([^"]*)"|'([^']*)')`).exec(tag);
  return found ? unescapeXml(found[2] ?? found[3]) : null;
}

function part(files, name) {
  const bytes = files[name];
  return bytes ? new TextDecoder().decode(bytes).replace(/<(\/?)[A-Za-z0-9]+:(?=(?:c|v|f|is|t|r|row|rPh|si|sst|sheet|sheets|workbookPr|xf|cellXfs|numFmt|sheetData|worksheet)[\s/>])/g, "<$1") : "";
}

// Text of <t> elements, furigana (rPh) left out.
function richText(xml) {
  let made = "";
  for (const found of xml.replace(/<rPh[\s>][\s\S]*?<\/rPh>/g, "").matchAll(/<t(?:\s[^>]*)?>([\s\S]*?)<\/t>/g)) made += found[1];
  return unescapeXml(made);
}

function timeStyles(files) {
  const xml = part(files, "xl/styles.xml");
  const own = new Map();
  for (const [tag] of xml.matchAll(/<numFmt\s[^>]*>/g)) own.set(Number(attribute(tag, "numFmtId")), attribute(tag, "formatCode") || "");
  const cells = /<cellXfs[\s>][\s\S]*?<\/cellXfs>/.exec(xml);
  return Array.from(cells ? cells[0].matchAll(/<xf[\s/>][^>]*>?/g) : [], ([tag]) => {
    const id = Number(attribute(tag, "numFmtId") || 0);
    const shape = (own.get(id) || "").replace(/"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_./gi, "").toLowerCase();
    if (id === ELAPSED_FORMAT || /\[(h+|m+|s+)\]/.test(shape)) return "elapsed";
    if (DATE_FORMATS.has(id) || /[dy]/.test(shape) || /mmm/.test(shape)) return "date";
    return TIME_FORMATS.has(id) || /[hs]/.test(shape) ? "time" : "";
  });
}

function serialCell(serial, kind, is1904) {
  const isClock = kind === "elapsed" || serial < 1;
  const real = is1904 && !isClock ? serial + 1462 : serial;
  const days = kind === "elapsed" ? 0 : Math.floor(real);
  const seconds = Math.round((real - days) * 86400);
  const clock = `${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`;
  if (isClock) return { serial: real, kind: kind === "elapsed" ? kind : "time", iso: clock };
  // Day 60 of Excel's calendar is 29 February 1900, which never was.
  const iso = new Date(Date.UTC(1899, 11, days < 60 ? 31 : 30) + days * DAY_MS).toISOString().slice(0, 10);
  return { serial: real, kind: seconds ? "datetime" : "date", iso: seconds ? `${iso} ${clock}` : iso };
}

function columnOf(reference) {
  let column = 0;
  for (let n = 0; n < reference.length; n++) {
    const code = reference.charCodeAt(n);
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return column - 1;
}

function cellValue(tag, body, book) {
  const type = (/\st="([^"]*)"/.exec(tag) || [])[1] || "n";
  if (type === "inlineStr") return richText(body) || null;
  const found = /<v(?:\s[^>]*)?>([\s\S]*?)<\/v>/.exec(body);
  if (!found || type === "e") return null;
  if (type === "s") return book.strings[Number(found[1])] || null;
  if (type === "str") return unescapeXml(found[1]) || null;
  if (type === "b") return found[1].trim() === "1";
  if (type === "d") return found[1].replace("T", " ").replace(/ 00:00:00.*$/, "");
  const number = Number(found[1]);
  if (found[1].trim() === "" || Number.isNaN(number)) return null;
  const style = /\ss="([0-9]+)"/.exec(tag);
  const kind = style ? book.styles[Number(style[1])] : "";
  return kind && number >= 0 ? serialCell(number, kind, book.is1904) : number;
}

function sheetRows(xml, book) {
  const rows = [];
  let width = 0;
  for (const found of xml.matchAll(/<row(\s[^>]*?)?(?:\/>|>([\s\S]*?)<\/row>)/g)) {
    const stated = /\sr="([0-9]+)"/.exec(found[1] || "");
    const at = stated ? Number(stated[1]) - 1 : rows.length;
    if (at > 1048576) throw new FileProblem("bad_workbook");
    while (rows.length <= at) rows.push([]);
    const row = rows[at];
    let place = 0;
    for (const cell of (found[2] || "").matchAll(/<c(\s[^>]*?)?(?:\/>|>([\s\S]*?)<\/c>)/g)) {
      const reference = /\sr="([A-Z]+)/.exec(cell[1] || "");
      if (reference) place = columnOf(reference[1]);
      const value = cell[2] === undefined ? null : cellValue(cell[1] || "", cell[2], book);
      if (value !== null) {
        while (row.length < place) row.push(null);
        row[place] = value;
      }
      place += 1;
    }
    width = Math.max(width, row.length);
  }
  while (rows.length && rows[rows.length - 1].length === 0) rows.pop();
  rows.forEach((row) => { while (row.length < width) row.push(null); });
  return rows;
}

function unzipped(bytes) {
  try {
    return noteUnzip(fflate.unzipSync(bytes, { filter: (file) => /^(\[Content|xl\/(workbook|styles|sharedStrings|_rels|worksheets\/))/i.test(file.name) }));
  } catch (error) {
    throw error instanceof FileProblem ? error : new FileProblem("bad_workbook");
  }
}

function noteUnzip(files) {
  if (Object.keys(files).some((name) => /^xl\/workbook\.bin$/i.test(name))) throw new FileProblem("xls");
  if (!Object.keys(files).some((name) => /^xl\/workbook\.xml$/i.test(name))) throw new FileProblem("bad_workbook");
  return files;
}

function visibleSheets(files) {
  const targets = new Map();
  for (const [tag] of new TextDecoder().decode(files["xl/_rels/workbook.xml.rels"] || new Uint8Array()).matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g)) {
    const target = attribute(tag, "Target") || "";
    targets.set(attribute(tag, "Id"), target.startsWith("/") ? target.slice(1) : `xl/${target}`);
  }
  return Array.from(part(files, "xl/workbook.xml").matchAll(/<sheet\s[^>]*>/g), ([tag]) => tag)
    .filter((tag) => !/hidden/i.test(attribute(tag, "state") || ""))
    .map((tag) => ({ name: attribute(tag, "name"), path: targets.get(attribute(tag, "id")) }))
    .filter((sheet) => files[sheet.path]);
}

// chosen: the name of a sheet, or null for the first visible one with cells.
function readXlsx(bytes, chosen) {
  const files = unzipped(bytes);
  const workbook = part(files, "xl/workbook.xml");
  const book = {
    is1904: /<workbookPr\s[^>]*date1904="(1|true)"/.test(workbook),
    styles: timeStyles(files),
    strings: Array.from(part(files, "xl/sharedStrings.xml").matchAll(/<si(?:\s[^>]*)?(?:\/>|>([\s\S]*?)<\/si>)/g), (found) => richText(found[1] || "")),
  };
  const sheets = visibleSheets(files);
  const filled = sheets.filter((sheet) => /<v[\s>]|<is[\s>]/.test(part(files, sheet.path)));
  const sheet = filled.find((each) => each.name === chosen) || filled[0];
  if (!sheet) throw new FileProblem("empty");
  return { rows: sheetRows(part(files, sheet.path), book), sheet: sheet.name, sheets: filled.map((each) => each.name), dialect: null };
}
