-- Writes callouts, tabsets, folded code, tables, page breaks, equations and lists of figures for
-- one output format. Runs last, after crossref.lua and citeproc.

local stringify = pandoc.utils.stringify
local HTML = FORMAT:match("html") ~= nil
local TYPST = FORMAT == "typst"
local DOCX = FORMAT == "docx"
-- What captions of tables and figures of an unpublished release begin with.
local watermark = ""
-- Whether a click on a number says where it comes from: then figures are part of the page.
local numbers = false
local callout_titles, table_label, equation_label, tabs = {}, "", "", 0

local function problem(name, message)
  io.stderr:write("LUNATTIVA\t" .. name .. "\t" .. message .. "\n")
end

local function raw(text)
  return pandoc.RawBlock(HTML and "html" or "typst", text)
end

local function escape(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\n", " ") .. '"'
end

function Meta(meta)
  local settings = meta.lunattiva
  for key, value in pairs(settings.callouts) do callout_titles[key] = stringify(value) end
  table_label = stringify(settings.words.tbl)
  equation_label = stringify(settings.words.eq)
  numbers = settings.numbers == true
  watermark = settings.watermark and stringify(settings.watermark) or ""
  -- already cited; Word would keep where the file lies on this machine
  meta.bibliography, meta.csl = nil, nil
  return meta
end

-- A table or picture that is cut out of the page still says what it is.
local function marked(element)
  if watermark == "" then return element end
  local long = element.caption.long
  local mark = pandoc.Inlines { pandoc.Strong { pandoc.Str(watermark) } }
  local first = long[1]
  if first and (first.t == "Plain" or first.t == "Para") then
    mark:extend { pandoc.Str(" ·"), pandoc.Space() }
    mark:extend(first.content)
    first.content = mark
  else
    long:insert(1, pandoc.Plain(mark))
  end
  element.caption.long = long
  return element
end

local function callout(div, kind)
  local title = div.attributes.title and pandoc.Inlines(pandoc.Str(div.attributes.title))
  local body = div.content
  if body[1] and body[1].t == "Header" then
    title = body[1].content
    body = pandoc.Blocks { table.unpack(body, 2) }
  end
  title = title or pandoc.Inlines(callout_titles[kind])
  local out = pandoc.Blocks {}
  if HTML then
    local fold = div.attributes.collapse
    local open = fold and "<details class=\"callout callout-" .. kind .. "\"" .. (fold == "false" and " open" or "") .. ">"
      or "<div class=\"callout callout-" .. kind .. "\">"
    out:insert(raw(open))
    if fold then
      out:insert(raw("<summary class=\"callout-title\">"))
      out:insert(pandoc.Plain(title))
      out:insert(raw("</summary>"))
    else
      out:insert(pandoc.Div({ pandoc.Plain(title) }, { class = "callout-title" }))
    end
    out:insert(pandoc.Div(body, { class = "callout-body" }))
    out:insert(raw(fold and "</details>" or "</div>"))
  elseif TYPST then
    out:insert(raw("#callout(\"" .. kind .. "\")["))
    out:insert(pandoc.Plain(title))
    out:insert(raw("][\n"))
    out:extend(body)
    out:insert(raw("]"))
  else
    out:insert(pandoc.Div({ pandoc.Para(title) }, { ["custom-style"] = "Callout Title" }))
    out:insert(pandoc.Div(body, { ["custom-style"] = "Callout" }))
  end
  return out
end

local function tabset(div)
  local out, panel = pandoc.Blocks {}, nil
  local level
  for _, block in ipairs(div.content) do
    if block.t == "Header" and (not level or block.level == level) then
      level = block.level
      if HTML then
        tabs = tabs + 1
        panel = pandoc.Div({ pandoc.Div({ pandoc.Plain(block.content) }, { class = "tab-title" }) },
          { class = "tab-panel", id = "tab-" .. tabs })
        out:insert(panel)
      else
        out:insert(pandoc.Para { pandoc.Strong(block.content) })
      end
    elseif panel then
      panel.content:insert(block)
    else
      out:insert(block)
    end
  end
  if HTML then return pandoc.Div(out, { class = "tabset" }) end
  return out
end

local function list_with_pages(div)
  return div:walk { BulletList = function(list)
    local out = pandoc.Blocks {}
    for _, item in ipairs(list.content) do
      local inlines = item[1].content
      out:insert(pandoc.Plain {
        pandoc.RawInline("typst", "#lof-entry(<" .. inlines[1].target:sub(2) .. ">)["),
        pandoc.Span(inlines),
        pandoc.RawInline("typst", "]"),
      })
    end
    return out
  end }.content
end

local function format_hidden(div)
  local function is(name)
    if name == "html" then return HTML end
    if name == "pdf" or name == "typst" then return TYPST end
    return name == FORMAT
  end
  local when, unless = div.attributes["when-format"], div.attributes["unless-format"]
  if not when and not unless then return false end
  local shown = (not when or is(when)) and (not unless or not is(unless))
  if div.classes:includes("content-hidden") then return shown end
  return not shown
end

function Div(div)
  for _, class in ipairs(div.classes) do
    local kind = class:match("^callout%-(.+)$")
    if kind then
      if not callout_titles[kind] then problem("." .. class, "unknown callout '." .. class .. "'") end
      return callout(div, kind)
    end
  end
  if format_hidden(div) then return {} end
  if div.classes:includes("content-visible") or div.classes:includes("content-hidden") then
    return div.content
  end
  if div.classes:includes("panel-tabset") then return tabset(div) end
  if div.classes:includes("code-fold") then
    if not HTML then return div.content end
    local out = pandoc.Blocks { raw("<details class=\"code-fold\"><summary>Python</summary>") }
    out:extend(div.content)
    out:insert(raw("</details>"))
    return out
  end
  if TYPST and (div.classes:includes("list-of-figures") or div.classes:includes("list-of-tables")) then
    return list_with_pages(div)
  end
  -- a Typst block shrinks to its content and would un-centre a figure in it
  if TYPST and div.identifier ~= "refs" and not div.classes:includes("csl-entry") then
    return div.content
  end
end

function Figure(figure)
  if stringify(figure.caption.long) == "" then return nil end
  return marked(figure)
end

local function scoped(rows, scope)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      if #cell.contents > 0 then cell.attributes.scope = scope end
    end
  end
end

-- A row alone on the next sheet says nothing: the last ones go on together, as Typst keeps a foot's.
local LAST_ROWS, ENOUGH_ROWS = 3, 7

local function keep_last_together(tbl)
  local body = tbl.bodies[#tbl.bodies]
  if not body or #body.body < ENOUGH_ROWS or #tbl.foot.rows > 0 then return end
  for _ = 1, LAST_ROWS do tbl.foot.rows:insert(1, body.body:remove()) end
end

local tables = 0

function Table(tbl)
  -- a header row of empty cells is no header
  local words = ""
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do words = words .. stringify(cell.contents) end
  end
  if words == "" then tbl.head.rows = {} end
  if TYPST then
    -- Typst centres a figure's content: say left where the source says nothing
    for i, spec in ipairs(tbl.colspecs) do
      if spec[1] == "AlignDefault" then tbl.colspecs[i] = { "AlignLeft", spec[2] } end
    end
    keep_last_together(tbl)
    return marked(tbl)
  end
  if not HTML then return marked(tbl) end
  scoped(tbl.head.rows, "col")
  tables = tables + 1
  local name = stringify(tbl.caption.long)
  if name == "" then name = table_label .. " " .. tables end
  tbl = marked(tbl)
  local id = tbl.identifier
  tbl.identifier = ""
  return {
    raw("<div class=\"table-scroll\"" .. (id ~= "" and " id=\"" .. escape(id) .. "\"" or "")
      .. " role=\"region\" tabindex=\"0\" aria-label=\"" .. escape(name) .. "\">"),
    tbl,
    raw("</div>"),
  }
end

function Image(image)
  if image.src:match("^https?:") or image.src:match("^//") then
    problem(image.src, "the picture '" .. image.src .. "' would be fetched from the network")
  end
  if DOCX and image.src:match("%.svg$") then
    local png = image.src:gsub("%.svg$", ".png")
    if pandoc.path.exists(png, "file") then image.src = png end
  end
  if HTML and numbers and image.src:match("%.svg$") and image.classes:includes("cell-figure") then
    image.classes:insert("inline-svg")
  end
  if TYPST then
    -- written by hand: pandoc leaves the description out
    local size = ""
    for _, side in ipairs { "width", "height" } do
      local value = image.attributes[side]
      if value then
        size = size .. ", " .. side .. ": " .. value:gsub("px$", "pt"):gsub("^([%d.]+)$", "%1pt")
      end
    end
    return pandoc.RawInline("typst", ("#image(%s%s, alt: %s)"):format(
      quoted(image.src), size, quoted(stringify(image.caption))))
  end
  return image
end

function Span(span)
  if not HTML and (span.classes:includes("num") or span.classes:includes("fixed")) then
    return span.content
  end
  if span.classes:includes("pagebreak") then
    if HTML then return pandoc.RawInline("html", "<span class=\"pagebreak\"></span>") end
    return nil
  end
  local number = span.attributes.number
  if span.classes:includes("equation") and number then
    span.attributes.number = nil
    if HTML then
      span.content:insert(pandoc.Span("(" .. number .. ")", { class = "equation-number" }))
      -- a long formula scrolls in its own box on a phone, so the keyboard must reach it
      span.attributes.tabindex = "0"
      span.attributes.role = "group"
      span.attributes["aria-label"] = equation_label .. " " .. number
    else
      span.content[1].text = span.content[1].text .. " \\qquad (\\text{" .. number .. "})"
    end
    return span
  end
end

-- The TeX source is a formula's description in the PDF, as MathML keeps it in the page.
function Math(math)
  local set = pandoc.write(pandoc.Pandoc { pandoc.Plain { math } }, "typst"):gsub("%s+$", "")
  local block = math.mathtype == "DisplayMath" and "true" or "false"
  return pandoc.RawInline("typst", ("#math.equation(block: %s, alt: %s, (%s).body)"):format(
    block, quoted(math.text), set))
end

function Para(para)
  local only = #para.content == 1 and para.content[1]
  if only and only.t == "Span" and only.classes:includes("pagebreak") then
    if TYPST then return raw("#pagebreak(weak: true)") end
    if DOCX then
      return pandoc.RawBlock("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
    end
  end
end

function Header(header)
  header.attributes.number = nil
  return header
end

-- One walk for all: each costs a tenth of a second in a book. Formulas last, where they are rewritten.
local walks = {
  { Meta = Meta },
  {
    Div = Div, Table = Table, Figure = Figure, Image = Image, Span = Span, Para = Para, Header = Header,
  },
}
if TYPST then walks[3] = { Math = Math } end
return walks
