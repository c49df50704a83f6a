-- Numbers headings, figures, tables and equations, and turns @fig-x, @tbl-x, @sec-x, @eq-x into
-- links. Works on the format-neutral AST, before citeproc. Settings come in the metadata key
-- 'lunattiva'; problems are written to stderr for the caller, who knows the lines.

local stringify = pandoc.utils.stringify
local words, numbered, by_chapter, known_classes, flags
local counters = { section = {}, fig = 0, tbl = 0, eq = 0 }
local chapter, in_appendix, part_count, appendix_count = "", false, 0, 0
local targets, seen_ids, lists = {}, {}, { fig = {}, tbl = {} }

local function problem(name, message)
  io.stderr:write("LUNATTIVA\t" .. name .. "\t" .. message:gsub("\n", " ") .. "\n")
end

local function kind_of(id)
  return id and id:match("^(fig)%-") or id and id:match("^(tbl)%-") or id and id:match("^(sec)%-")
    or id and id:match("^(eq)%-")
end

local function roman(n)
  local out, map = "", { { 10, "X" }, { 9, "IX" }, { 5, "V" }, { 4, "IV" }, { 1, "I" } }
  for _, pair in ipairs(map) do
    while n >= pair[1] do out = out .. pair[2]; n = n - pair[1] end
  end
  return out
end

local function register(id, kind, number, caption, word)
  if targets[id] then
    problem(id, "the label '" .. id .. "' is given twice")
  end
  targets[id] = { kind = kind, number = number, word = word or words[kind], caption = caption }
end

local function next_number(kind)
  counters[kind] = counters[kind] + 1
  if by_chapter and chapter ~= "" then return chapter .. "." .. counters[kind] end
  return tostring(counters[kind])
end

local function unique(id)
  if id == "" or not seen_ids[id] then
    seen_ids[id] = true
    return id
  end
  if kind_of(id) then problem(id, "the label '" .. id .. "' is given twice") end
  local n = 2
  while seen_ids[id .. "-" .. n] do n = n + 1 end
  seen_ids[id .. "-" .. n] = true
  return id .. "-" .. n
end

local function section_number(level)
  local s = counters.section
  s[level] = (s[level] or 0) + 1
  for deeper = level + 1, 6 do s[deeper] = 0 end
  local parts = {}
  for l = 1, level do parts[l] = tostring(s[l] or 0) end
  if by_chapter and in_appendix then parts[1] = string.char(64 + appendix_count) end
  return table.concat(parts, ".")
end

local function start_chapter(header)
  counters.fig, counters.tbl, counters.eq = 0, 0, 0
  chapter = ""
  for deeper = 2, 6 do counters.section[deeper] = 0 end
  if in_appendix and not header.classes:includes("unnumbered") then
    appendix_count = appendix_count + 1
  end
end

local function number_header(header)
  header.identifier = unique(header.identifier)
  if header.classes:includes("part") then
    part_count = part_count + 1
    local label = words.part .. " " .. roman(part_count) .. "."
    header.content = pandoc.Inlines { pandoc.Span(label, { class = "part-label" }), pandoc.Space() }
      .. header.content
    return header
  end
  if by_chapter and header.level == 1 then start_chapter(header) end
  local word = words.sec
  local number
  if numbered and not header.classes:includes("unnumbered") and header.level <= 3 then
    number = section_number(header.level)
    if by_chapter and header.level == 1 then
      chapter = number
      word = in_appendix and words.appendix or words.chapter
    end
  end
  if header.identifier:match("^sec%-") then
    register(header.identifier, "sec", number, header.content:clone(), word)
  end
  if number then
    local label = number
    if by_chapter and in_appendix and header.level == 1 then label = words.appendix .. " " .. number .. "." end
    header.attributes.number = number
    header.content = pandoc.Inlines {
      pandoc.Span(label, { class = "header-section-number" }), pandoc.Space() } .. header.content
  end
  return header
end

local function caption_with_number(kind, id, inlines)
  if not id:match("^" .. kind .. "%-") then return inlines end
  local number = next_number(kind)
  register(id, kind, number, inlines:clone())
  table.insert(lists[kind], id)
  local label = pandoc.Span(words[kind] .. "\u{a0}" .. number, { class = "caption-label" })
  if #inlines == 0 then return pandoc.Inlines { label } end
  return pandoc.Inlines { label, pandoc.Str(":"), pandoc.Space() } .. inlines
end

local function last_paragraph(div)
  local last = div.content[#div.content]
  if div.attributes["has-caption"] == "false" then return pandoc.Inlines {} end
  if last and (last.t == "Para" or last.t == "Plain") then
    div.content:remove()
    return last.content
  end
  return pandoc.Inlines {}
end

local function set_alt(blocks, caption)
  return blocks:walk { Image = function(image)
    local given = image.attributes["fig-alt"] or image.attributes.alt
    if not given and stringify(image.caption) == "" then
      image.attributes["fig-alt"] = stringify(caption)
    end
    return image
  end }
end

-- Last word on every picture: its description is the alternative text in all formats.
local function describe(image)
  local alt = image.attributes["fig-alt"] or image.attributes.alt or stringify(image.caption)
  image.attributes["fig-alt"], image.attributes.alt = nil, nil
  if alt == "" and not image.classes:includes("decorative") then
    problem(image.src, "the picture '" .. image.src .. "' has neither fig-alt nor a caption")
  end
  image.caption = pandoc.Inlines(alt)
  return image
end

local function unpack_images(blocks)
  -- a picture alone in its paragraph has become a Figure of its own: take it out of it again
  local out = pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    if block.t == "Figure" then out:extend(block.content) else out:insert(block) end
  end
  return out
end

local function figure_div(div)
  local caption = last_paragraph(div)
  local blocks = set_alt(unpack_images(div.content), caption)
  local id = unique(div.identifier)
  local long = caption_with_number("fig", id, caption)
  return pandoc.Figure(blocks, { long = { pandoc.Plain(long) } }, pandoc.Attr(id))
end

local function figure(block)
  local caption = pandoc.utils.blocks_to_inlines(block.caption.long)
  block.content = set_alt(block.content, caption)
  block.identifier = unique(block.identifier)
  block.caption.long = { pandoc.Plain(caption_with_number("fig", block.identifier, caption)) }
  return block
end

local function table_block(block, id, caption)
  id = unique(id)
  block.identifier = id
  local inlines = caption_with_number("tbl", id, caption)
  block.caption = { long = #inlines > 0 and { pandoc.Plain(inlines) } or {} }
  return block
end

local function table_div(div)
  local caption = last_paragraph(div)
  local found
  for i, block in ipairs(div.content) do
    if block.t == "Table" and not found then
      found = true
      if #caption == 0 then caption = pandoc.utils.blocks_to_inlines(block.caption.long) end
      div.content[i] = table_block(block, div.identifier, caption)
    end
  end
  if not found then
    problem(div.identifier, "'" .. div.identifier .. "' holds no table")
  end
  return div.content
end

local function equation(para)
  local out, i = pandoc.Inlines {}, 1
  while i <= #para.content do
    local item, mark = para.content[i], nil
    if item.t == "Math" and item.mathtype == "DisplayMath" then
      local after = i + 1
      if para.content[after] and para.content[after].t == "Space" then after = after + 1 end
      mark = para.content[after] and para.content[after].t == "Str"
        and para.content[after].text:match("^{#(eq%-[%w-]+)}$")
      if mark then
        local number = next_number("eq")
        register(unique(mark), "eq", number)
        out:insert(pandoc.Span({ item }, { id = mark, class = "equation", number = number }))
        i = after
      end
    end
    if not mark then out:insert(item) end
    i = i + 1
  end
  para.content = out
  return para
end

local function check_classes(div)
  for _, class in ipairs(div.classes) do
    if not known_classes[class] then
      problem("." .. class, "unknown block class '." .. class .. "' (add it to lunattiva-classes to allow it)")
    end
  end
end

local function hidden(div)
  local when, unless = div.attributes["when-meta"], div.attributes["unless-meta"]
  local shown = (not when or flags[when]) and (not unless or not flags[unless])
  if div.classes:includes("content-hidden") and (when or unless) then return shown end
  return not shown
end

local blocks_in
local TITLED = { ["panel-tabset"] = true, ["tabset"] = true, ["card"] = true, ["valuebox"] = true }

local function one(block, plain_heads)
  local t = block.t
  if t == "RawBlock" and block.format == "lunattiva" then
    if block.text == "appendix" then
      in_appendix = true
      return { pandoc.RawBlock("typst", "#show: appendices") }
    end
    return {}
  elseif t == "Header" then
    if plain_heads then
      block.identifier = unique(block.identifier)
      return { block }
    end
    return { number_header(block) }
  elseif t == "Div" then
    check_classes(block)
    if hidden(block) then return {} end
    local kind = kind_of(block.identifier)
    if kind == "fig" or block.classes:includes("plain-fig") then return { figure_div(block) } end
    if kind == "tbl" or block.classes:includes("plain-tbl") then return table_div(block) end
    local titled = plain_heads
    for _, class in ipairs(block.classes) do
      titled = titled or TITLED[class] or class:match("^callout%-") ~= nil
    end
    block.identifier = unique(block.identifier)
    block.content = blocks_in(block.content, titled)
    return { block }
  elseif t == "Figure" then
    return { figure(block) }
  elseif t == "Table" then
    return { table_block(block, block.identifier, pandoc.utils.blocks_to_inlines(block.caption.long)) }
  elseif t == "Para" then
    return { equation(block) }
  elseif t == "BlockQuote" then
    block.content = blocks_in(block.content, plain_heads)
    return { block }
  end
  return { block }
end

function blocks_in(blocks, plain_heads)
  local out = pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    for _, made in ipairs(one(block, plain_heads)) do out:insert(made) end
  end
  return out
end

local function reference(citation)
  local id = citation.id
  local lower = id:sub(1, 1):lower() .. id:sub(2)
  local target = targets[lower]
  if not target then
    problem("@" .. id, "nothing is labelled '" .. id .. "'")
    return pandoc.Inlines { pandoc.Str("?") }
  end
  local text = pandoc.Inlines {}
  if citation.mode ~= "SuppressAuthor" and #citation.prefix == 0 then
    text:insert(pandoc.Str(target.word .. "\u{a0}"))
  elseif #citation.prefix > 0 then
    text:extend(citation.prefix)
    text:insert(pandoc.Str("\u{a0}"))
  end
  if target.number then
    text:insert(pandoc.Str(target.number))
  else
    text:extend(target.caption or pandoc.Inlines {})
  end
  local out = pandoc.Inlines { pandoc.Link(text, "#" .. lower, "", { class = "crossref" }) }
  if #citation.suffix > 0 then out:extend(citation.suffix) end
  return out
end

local function resolve(cite)
  local ours = 0
  for _, citation in ipairs(cite.citations) do
    if kind_of(citation.id:lower()) then ours = ours + 1 end
  end
  if ours == 0 then return nil end
  if ours < #cite.citations then
    problem("@" .. cite.citations[1].id, "a cross-reference and a citation stand in one bracket")
    return nil
  end
  local out = pandoc.Inlines {}
  for i, citation in ipairs(cite.citations) do
    if i > 1 then out:extend { pandoc.Str(","), pandoc.Space() } end
    out:extend(reference(citation))
  end
  return out
end

-- Quarto fills no list of figures or tables: the book lists its own, which must name each once, in order.
local function check_list(div)
  for class, kind in pairs { ["list-of-figures"] = "fig", ["list-of-tables"] = "tbl" } do
    if div.classes:includes(class) then
      local named = {}
      div:walk { Cite = function(cite)
        for _, each in ipairs(cite.citations) do
          if kind_of(each.id) == kind then table.insert(named, each.id) end
        end
      end }
      for i = 1, math.max(#named, #lists[kind]) do
        if named[i] ~= lists[kind][i] then
          problem("." .. class, "the list has '" .. (named[i] or "nothing") .. "' where '"
            .. (lists[kind][i] or "nothing") .. "' stands in the text")
          return
        end
      end
    end
  end
end

function Pandoc(doc)
  local settings = doc.meta.lunattiva
  words, flags, known_classes = {}, {}, {}
  for key, value in pairs(settings.words) do words[key] = stringify(value) end
  for _, value in ipairs(settings.classes) do known_classes[stringify(value)] = true end
  for _, value in ipairs(settings.flags) do flags[stringify(value)] = true end
  numbered, by_chapter = settings.numbered == true, settings.chapters == true
  doc.blocks = blocks_in(doc.blocks, settings.dashboard == true)
  doc:walk { Div = check_list }
  doc = doc:walk { Cite = resolve, Image = describe }
  return doc
end
