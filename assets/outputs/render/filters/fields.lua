-- A book for Word: numbers and references become fields that Word updates, headings take their
-- numbers from a list, contents and lists of figures and tables are fields filled with what they
-- will show. Runs last, for docx only, after layout.lua; styles and lists are in word_book.py.

local stringify = pandoc.utils.stringify
local NBSP = "\u{a0}"
local toc_title, toc_depth = "", 2
local bookmarks, names, taken, headings = 0, {}, {}, pandoc.List {}
local own_words = {}
local CHAPTERS, APPENDICES, NONE = 21, 22, 0

local function escape(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function run(text)
  return '<w:r><w:t xml:space="preserve">' .. escape(text) .. "</w:t></w:r>"
end

local function field(instruction, shown)
  return '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> '
    .. escape(instruction) .. ' </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    .. run(shown) .. '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
end

-- Word's names of bookmarks: a letter or underscore, then letters, digits, underscores, 40 at most.
local function name_of(id, part)
  local key = part .. id
  if not names[key] then
    local plain = ("_" .. part .. "_" .. id:gsub("[^%w]", "_"))
    if #plain > 40 or taken[plain] then
      plain = plain:sub(1, 32) .. "_" .. pandoc.utils.sha1(id):sub(1, 7)
    end
    names[key], taken[plain] = plain, true
  end
  return names[key]
end

local function bookmarked(name, inside)
  bookmarks = bookmarks + 1
  local id = 100000 + bookmarks
  return ('<w:bookmarkStart w:id="%d" w:name="%s"/>%s<w:bookmarkEnd w:id="%d"/>'):format(
    id, name, inside, id)
end

local function inline(text) return pandoc.RawInline("openxml", text) end
local function block(text) return pandoc.RawBlock("openxml", text) end

-- "2.1": the chapter's own number, then a count that begins again with each chapter.
local function counted(word, number)
  local chapter, count = number:match("^(.-)%.?([^.]+)$")
  if chapter == "" then return field("SEQ " .. word .. " \\* ARABIC", count) end
  -- LibreOffice begins again only where it is told to; Word is told the same by \s
  local again = count == "1" and " \\r 1" or ""
  return field("STYLEREF 1 \\s", chapter) .. run(".")
    .. field("SEQ " .. word .. " \\* ARABIC \\s 1" .. again, count)
end

local function label(word, number, id, tail)
  local both = run(word .. NBSP) .. bookmarked(name_of(id, "Num"), counted(word, number))
  return inline(bookmarked(name_of(id, "Ref"), both) .. (tail ~= "" and run(tail) or ""))
end

local function caption(element, id)
  local first = element.caption.long[1]
  if not first then return element end
  local out, waiting = pandoc.Inlines {}, nil
  for _, item in ipairs(first.content) do
    if item.t == "Span" and item.classes:includes("caption-label") then
      waiting = stringify(item)
    elseif waiting then
      -- the colon goes into the same run: alternative texts are made of what is no field
      local word, number = waiting:match("^(.-)" .. NBSP .. "(.+)$")
      local is_colon = item.t == "Str" and item.text == ":"
      out:insert(label(word, number, id, is_colon and ":" or ""))
      if not is_colon then out:insert(item) end
      waiting = nil
    else
      out:insert(item)
    end
  end
  if waiting then
    local word, number = waiting:match("^(.-)" .. NBSP .. "(.+)$")
    out:insert(label(word, number, id, ""))
  end
  first.content = out
  return element
end

local function figure_caption(figure)
  return figure.identifier ~= "" and caption(figure, figure.identifier) or nil
end

-- pandoc gives a table's identifier to the table, or to the block around it
local function table_caption(tbl)
  return tbl.identifier ~= "" and caption(tbl, tbl.identifier) or nil
end

local function reference(link)
  if not link.classes:includes("crossref") then return nil end
  local id, text = link.target:sub(2), stringify(link.content)
  local kind = id:match("^(%a+)%-")
  local before, number = text:match("^(.*)" .. NBSP .. "([^" .. NBSP .. "]+)$")
  if kind == "sec" then
    if not text:match("%d") and not (number and number:match("^%u$")) then
      return inline(field("REF " .. name_of(id, "Ref") .. " \\h", text))
    end
    local is_appendix = number and number:match("^%u$")
    if is_appendix then
      return inline(field("REF " .. name_of(id, "Ref") .. " \\r \\h", text))
    end
    local head = before and run(before .. NBSP) or ""
    return inline(head .. field("REF " .. name_of(id, "Ref") .. " \\r \\h", number or text))
  end
  if before and before == own_words[kind] and kind ~= "eq" then
    return inline(field("REF " .. name_of(id, "Ref") .. " \\h", text))
  end
  local head = before and run(before .. NBSP) or ""
  return inline(head .. field("REF " .. name_of(id, "Num") .. " \\h", number or text))
end

local function heading(header)
  local numId, text = NONE, stringify(header.content)
  local first = header.content[1]
  local number
  if first and first.t == "Span" and first.classes:includes("header-section-number") then
    number = stringify(first)
    text = stringify(pandoc.Inlines { table.unpack(header.content, 3) })
    numId = number:match("^%d") and CHAPTERS or APPENDICES
  end
  local listed = number and (number .. " " .. text) or text
  headings:insert { level = header.level, text = listed, name = name_of(header.identifier, "Toc") }
  local style = "Heading" .. header.level
  local list = ""
  if header.level <= 3 then
    local own = (numId == CHAPTERS) and "" or ('<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>'):format(
      header.level - 1, numId)
    list = own
  end
  local inside = bookmarked(name_of(header.identifier, "Toc"),
    bookmarked(name_of(header.identifier, "Ref"), run(text)))
  return block('<w:p><w:pPr><w:pStyle w:val="' .. style .. '"/>' .. list .. "</w:pPr>" .. inside .. "</w:p>")
end

local function entry(style, anchor, text, before, after)
  return '<w:p><w:pPr><w:pStyle w:val="' .. style .. '"/></w:pPr>' .. before
    .. '<w:hyperlink w:anchor="' .. anchor .. '" w:history="1">' .. run(text)
    .. "<w:r><w:tab/></w:r>" .. field("PAGEREF " .. anchor .. " \\h", "") .. "</w:hyperlink>" .. after .. "</w:p>"
end

-- A field that stands in several paragraphs: it begins in the first and ends in the last.
local function filled(instruction, style, entries)
  local begin = '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> '
    .. escape(instruction) .. ' </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
  local finish = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
  local out = {}
  for n, each in ipairs(entries) do
    out[n] = entry(style(each), each.name, each.text, n == 1 and begin or "", n == #entries and finish or "")
  end
  return table.concat(out)
end

local function list_of(div)
  local kind = div.classes:includes("list-of-figures") or div.classes:includes("list-of-tables")
  if not kind then return nil end
  local entries, word = pandoc.List {}, nil
  div:walk { BulletList = function(list)
    for _, item in ipairs(list.content) do
      local text, link = stringify(item[1].content), item[1].content[1]
      word = word or text:match("^(.-)" .. NBSP)
      entries:insert { text = text, name = name_of(link.target:sub(2), "Ref") }
    end
  end }
  if #entries == 0 then return {} end
  return block(filled("TOC \\h \\z \\c \"" .. word .. "\"", function() return "TableofFigures" end, entries))
end

local function equation(para)
  local span = #para.content == 1 and para.content[1]
  if not (span and span.t == "Span" and span.classes:includes("equation")) then return nil end
  local math = span.content[1]
  local tex, number = math.text:match("^(.*) \\qquad %(\\text{([^}]*)}%)$")
  if not number then return nil end
  math.text = tex
  local shown = run("(") .. bookmarked(name_of(span.identifier, "Num"), counted(own_words.eq, number)) .. run(")")
  local cell = function(content, align)
    return pandoc.Cell({ pandoc.Div({ pandoc.Para(content) }, { ["custom-style"] = "Equation" }) }, align)
  end
  local row = pandoc.Row { cell({ math }, "AlignCenter"), cell({ inline(shown) }, "AlignRight") }
  local body = { attr = pandoc.Attr(), body = { row }, head = {}, row_head_columns = 0 }
  return pandoc.Table({ long = {} }, { { "AlignCenter", 0.86 }, { "AlignRight", 0.14 } },
    pandoc.TableHead(), { body }, pandoc.TableFoot())
end

local function contents()
  local entries = headings:filter(function(each) return each.level <= toc_depth end)
  if #entries == 0 then return {} end
  local instruction = ('TOC \\o "1-%d" \\h \\z \\u'):format(toc_depth)
  local title = '<w:p><w:pPr><w:pStyle w:val="TOCHeading"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr></w:pPr>'
    .. run(toc_title) .. "</w:p>"
  return { block(title .. filled(instruction, function(each) return "TOC" .. each.level end, entries)) }
end

function Pandoc(doc)
  local settings = doc.meta.lunattiva
  toc_title = stringify(doc.meta["toc-title"] or settings.words.toc)
  toc_depth = tonumber(stringify(doc.meta["fields-toc"] or "0"))
  doc.meta["fields-toc"] = nil
  for key, value in pairs(settings.words) do own_words[key] = stringify(value) end
  doc.blocks = doc.blocks:walk { Div = list_of }:walk {
    Para = equation, Figure = figure_caption, Table = table_caption, Header = heading,
    Link = reference,
  }
  if toc_depth > 0 then
    local whole = pandoc.Blocks(contents())
    whole:extend(doc.blocks)
    doc.blocks = whole
  end
  return doc
end

return { { Pandoc = Pandoc } }
