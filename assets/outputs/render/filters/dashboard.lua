-- Arranges a dashboard: level 1 = pages, level 2 = rows (or columns), level 3 = columns (or rows)
-- inside them; cards, value boxes and loose text become grid items. A card of the class 'opens' begins
-- a section: its title is a heading, its line stands for the rows that follow where they are folded, on
-- a narrow screen. Runs before layout.lua.

local stringify = pandoc.utils.stringify
-- Lua itself opens no file in a folder with an accent on Windows; pandoc does.
local beside = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), "icons.lua" }
local icons = load(pandoc.system.read_file(beside), "icons.lua")()
local COLOURS = { primary = true, secondary = true, success = true, info = true, warning = true,
  danger = true, light = true, dark = true }
local GENERIC = { row = true, column = true, riga = true, colonna = true, rows = true, columns = true }
local orientation = "rows"

local function problem(name, message)
  io.stderr:write("LUNATTIVA\t" .. name .. "\t" .. message .. "\n")
end

local function keys(map)
  local names = {}
  for name in pairs(map) do table.insert(names, name) end
  table.sort(names)
  return table.concat(names, ", ")
end

local function generic(header)
  local word = stringify(header.content):lower():match("^(%a*)[%s%d]*$")
  return word == "" or (word ~= nil and GENERIC[word] == true)
end

-- Quarto lays out by such a heading and shows none of its words.
local function insist_generic(header)
  if generic(header) then return end
  local words = stringify(header.content)
  problem(words, "Quarto shows no words of a row or column: call it Row or Column and title a card ('" .. words .. "')")
end

-- Split blocks at headings of one level: the blocks before, and {head=, blocks=} groups.
local function split(blocks, level)
  local before, groups = pandoc.Blocks {}, {}
  for _, block in ipairs(blocks) do
    if block.t == "Header" and block.level == level then
      table.insert(groups, { head = block, blocks = pandoc.Blocks {} })
    elseif #groups > 0 then
      groups[#groups].blocks:insert(block)
    else
      before:insert(block)
    end
  end
  return before, groups
end

local function relevel(blocks, level)
  local least = 7
  blocks:walk { Header = function(h) least = math.min(least, h.level) end }
  return blocks:walk { Header = function(h)
    h.level = math.min(6, h.level - least + level)
    return h
  end }
end

local function valuebox(div)
  local color = div.attributes.color or "primary"
  if not COLOURS[color] then
    problem(color, "unknown value box colour '" .. color .. "'. Known: " .. keys(COLOURS) .. ".")
    color = "primary"
  end
  local icon = div.attributes.icon
  local parts = pandoc.Blocks {}
  if icon and icon ~= "" then
    if not icons[icon] then
      problem(icon, "unknown icon '" .. icon .. "'. Known: " .. keys(icons) .. ".")
    end
    parts:insert(pandoc.RawBlock("html", '<svg class="vb-icon" viewBox="0 0 24 24" aria-hidden="true"'
      .. ' focusable="false">' .. (icons[icon] or "") .. "</svg>"))
  end
  local rows = div.content
  if div.attributes.title then
    rows = pandoc.Blocks { pandoc.Para(div.attributes.title) } .. rows
  end
  if #rows < 2 then
    problem(".valuebox", "a value box holds a title and, in a paragraph of its own, a value")
    return div
  end
  for i, block in ipairs(rows) do
    local class = i == 1 and "vb-title" or i == 2 and "vb-value" or "vb-note"
    local content = (block.t == "Para" or block.t == "Header") and pandoc.Plain(block.content) or block
    parts:insert(pandoc.Div({ content }, { class = class }))
  end
  return pandoc.Div(parts, { class = "valuebox vb-" .. color })
end

local function card(div, level)
  local title = div.attributes.title
  local body = div.content
  local heading
  if title and title ~= "" then
    heading = pandoc.Header(level, pandoc.Inlines(title), { class = "card-title" })
    level = level + 1
  elseif body[1] and body[1].t == "Header" then
    heading = pandoc.Header(level, body[1].content, { class = "card-title" })
    body = pandoc.Blocks { table.unpack(body, 2) }
    level = level + 1
  end
  body = relevel(body, level)
  if heading then body:insert(1, heading) end
  local classes = div.classes:filter(function(c) return c ~= "card" end)
  return pandoc.Div(body, pandoc.Attr(div.identifier, { "card", table.unpack(classes) }))
end

local function width_of(attributes, group)
  local width = attributes.width or (group and group.attributes.width)
  return width and width:gsub("[\"']", "") or nil
end

-- Grid items of one leaf group: {block=, width=, box=}.
local function items_of(blocks, level)
  local items, loose = {}, nil
  for _, block in ipairs(blocks) do
    local is = function(class) return block.t == "Div" and block.classes:includes(class) end
    if is("card") then
      table.insert(items, { block = card(block, level), width = width_of(block.attributes) })
      loose = nil
    elseif is("valuebox") then
      table.insert(items, { block = valuebox(block), box = true, width = width_of(block.attributes) })
      loose = nil
    else
      if not loose then
        loose = pandoc.Div({}, { class = "loose" })
        table.insert(items, { block = loose })
      end
      loose.content:insert(block)
    end
  end
  for _, item in ipairs(items) do
    if item.block.classes:includes("loose") then
      item.block.content = relevel(item.block.content, level)
    end
  end
  return items
end

local function columns(items)
  local taken, free = 0, 0
  for _, item in ipairs(items) do
    local percent = item.width and tonumber(item.width:match("^([%d.]+)%%$"))
    if percent then taken = taken + percent elseif not item.width then free = free + 1 end
  end
  local share = taken > 0 and math.max(10, (100 - taken) / math.max(1, free)) or 1
  local out = {}
  for _, item in ipairs(items) do
    local percent = item.width and tonumber(item.width:match("^([%d.]+)%%$"))
    if percent then
      table.insert(out, ("minmax(0, %gfr)"):format(percent))
    elseif item.width then
      table.insert(out, item.width:match("^%d+$") and item.width .. "px" or item.width)
    else
      table.insert(out, ("minmax(0, %gfr)"):format(share))
    end
  end
  return table.concat(out, " ")
end

local function tabs(items)
  local out = pandoc.Blocks {}
  for i, item in ipairs(items) do
    local body = item.block.content
    local title = pandoc.Inlines(tostring(i))
    if body[1] and body[1].t == "Header" then
      title = body[1].content
      body = pandoc.Blocks { table.unpack(body, 2) }
    end
    out:insert(pandoc.Header(4, title))
    out:extend(body)
  end
  return pandoc.Div({ pandoc.Div(out, { class = "panel-tabset" }) }, { class = "card" })
end

local function container(items, across, attributes, classes)
  local boxes, style = #items > 0, {}
  for _, item in ipairs(items) do boxes = boxes and item.box == true end
  local content = pandoc.Blocks {}
  for _, item in ipairs(items) do content:insert(item.block) end
  if classes:includes("tabset") then return tabs(items) end
  local class = boxes and "boxes" or across and "row" or "column"
  if class == "row" then table.insert(style, "--cols: " .. columns(items)) end
  local height = attributes.height
  if height and not height:match("%%$") then
    table.insert(style, "min-height: " .. (height:match("^%d+$") and height .. "px" or height))
  end
  local attr = { class = class }
  if #style > 0 then attr.style = table.concat(style, "; ") end
  return pandoc.Div(content, attr)
end

local function group(part, level, across)
  insist_generic(part.head)
  local before, inner = split(part.blocks, 3)
  local items = items_of(before, level)
  for _, sub in ipairs(inner) do
    insist_generic(sub.head)
    local made = container(items_of(sub.blocks, level), not across, sub.head.attributes, sub.head.classes)
    table.insert(items, { block = made, width = sub.head.attributes.width })
  end
  local made = container(items, across, part.head.attributes, part.head.classes)
  return pandoc.Div({ made }, { class = "group" }), part.head.attributes.width
end

local function is_opener(block)
  return block.t == "Div" and block.classes:includes("opens")
end

local function opener(part)
  if #part.blocks == 1 and is_opener(part.blocks[1]) then return part.blocks[1] end
  for _, block in ipairs(part.blocks) do
    if is_opener(block) then problem(".opens", "a card that opens a section stands alone in its row") end
  end
end

local function slug(title)
  return (pandoc.text.lower(title):gsub("[!-,/:-@%[-^`{-~]", ""):gsub("%s+", "-"))
end

-- The heading, and below it what a narrow screen folds; its line says what a wide one shows at once.
local function section(card, level)
  local title, line = card.attributes.title or "", card.content[1]
  if title == "" or #card.content ~= 1 or not line or line.t ~= "Para" then
    problem(".opens", "a card that opens a section has a title and one paragraph")
    line = pandoc.Para {}
  end
  local id = card.identifier ~= "" and card.identifier or slug(title)
  return pandoc.Header(level, pandoc.Inlines(title), pandoc.Attr(id, { "group-title" })), pandoc.Blocks {
    pandoc.RawBlock("html", '<details class="fold" open><summary>'),
    pandoc.Plain(line.content),
    pandoc.RawBlock("html", "</summary>"),
  }
end

-- The rows of a page one below the other: those after an opening card belong to its section, up to the
-- next one or to a row that stands apart.
local function stacked(groups, level)
  local out, head, fold = pandoc.Blocks {}, nil, nil
  local function close()
    if not fold then return end
    fold:insert(pandoc.RawBlock("html", "</details>"))
    out:insert(pandoc.Div({ head, pandoc.Div(fold, { class = "folded" }) }, { class = "evidence" }))
    fold = nil
  end
  for _, part in ipairs(groups) do
    local card = opener(part)
    if card or part.head.classes:includes("apart") then close() end
    if card then
      head, fold = section(card, level)
    else
      (fold or out):insert((group(part, fold and level + 1 or level, true)))
    end
  end
  close()
  return out
end

local function page(blocks, level, direction)
  local before, groups = split(blocks, 2)
  local out = pandoc.Blocks {}
  for _, item in ipairs(items_of(before, level)) do out:insert(item.block) end
  if direction == "rows" then
    out:extend(stacked(groups, level))
    return out
  end
  local made = {}
  for _, part in ipairs(groups) do
    local block, width = group(part, level, false)
    table.insert(made, { block = block, width = width })
  end
  if #made > 0 then out:insert(container(made, true, {}, pandoc.List {})) end
  return out
end

function Pandoc(doc)
  local format = doc.meta.lunattiva
  orientation = format.orientation and stringify(format.orientation) or "rows"
  local before, pages = split(doc.blocks, 1)
  local out = page(before, 2, orientation)
  local nav = pandoc.List {}
  for i, part in ipairs(pages) do
    local id = "page-" .. i
    local body = pandoc.Blocks { pandoc.Header(2, part.head.content, { id = id .. "-title", class = "page-title" }) }
    body:extend(page(part.blocks, 3, part.head.attributes.orientation or orientation))
    out:insert(pandoc.Div(body, { id = id, class = "page", ["aria-labelledby"] = id .. "-title", role = "region" }))
    nav:insert({ id = id, title = pandoc.MetaInlines(part.head.content) })
  end
  doc.meta.pages = #nav > 1 and pandoc.MetaList(nav) or nil
  doc.blocks = out
  return doc
end
