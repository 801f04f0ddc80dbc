-- SPDX-License-Identifier: GPL-2.0-only
-- What pandoc cannot know by itself: where the book's sections, chapters,
-- chunks and figures are. tools/weave writes that to book.lua.
local book, page, number, prefix
local latex = FORMAT:match 'latex'
local plain_ids, own_ids = {}, {}
local heading

local function href(anchor)
  local where = book.where[anchor]
  if latex or not where or where == page then return '#' .. anchor end
  return where .. '.' .. book.extension .. '#' .. anchor
end

local tex = {
  ['\\'] = '\\textbackslash{}', ['^'] = '\\textasciicircum{}', ['~'] = '\\textasciitilde{}',
  ['`'] = '\\textasciigrave{}', ["'"] = '\\textquotesingle{}', ['_'] = '\\_\\allowbreak{}', ['/'] = '/\\allowbreak{}',
  ['{'] = '\\{', ['}'] = '\\}', ['$'] = '\\$', ['&'] = '\\&', ['#'] = '\\#', ['%'] = '\\%', [' '] = '\\ ',
}

local function code(el)
  if not latex then return pandoc.Code(el.text) end
  return pandoc.RawInline('latex', '\\code{' .. el.text:gsub('.', tex) .. '}')
end

-- [[lguest_regs]], [[struct lguest_regs]], [[run_guest()]]: the identifier, if there is one.
local function identifier(text)
  local name = text:gsub('^struct ', ''):gsub('^union ', ''):gsub('^enum ', ''):gsub('%(%)$', '')
  return book.idents[name]
end

-- S:100 and P3 in running text.
local function mentions(el)
  local text, out, from = el.text, pandoc.List(), 1
  local at = 1
  while true do
    local s, e = text:find('%f[%w]%u:?%d+%l?%f[%W]', at)
    if not s then break end
    local id = text:sub(s, e)
    local anchor = book.sections[id] or (book.chapters[id] and id)
    if anchor then
      if s > from then out:insert(pandoc.Str(text:sub(from, s - 1))) end
      out:insert(pandoc.Link({pandoc.Str(id)}, href(anchor)))
      from = e + 1
    end
    at = e + 1
  end
  if from == 1 then return nil end
  if from <= #text then out:insert(pandoc.Str(text:sub(from))) end
  return out, false
end

local function relink(el)
  local target = el.target:match '^#(.*)'
  if target then
    local fig = target:match '^fig:(.*)'
    if fig then
      target = 'fig-' .. fig
      if #el.content == 0 then el.content = {pandoc.Str('Figure\u{a0}' .. (book.figures[fig] or '?'))} end
    end
    if not book.where[target] then target = plain_ids[target] or target end
    if not book.where[target] and not own_ids[target] then
      io.stderr:write("weave: " .. page .. ": a link leads to #" .. target .. ", which is nowhere\n")
    end
    el.target = href(target)
  end
  return el
end

-- The anchor goes into the heading, where it can do no harm to the spacing.
local function heading_tex(el)
  local name = ({'chapter', 'section', 'subsection', 'subsubsection'})[el.level] or 'paragraph'
  local raw = function(s) return pandoc.List {pandoc.RawInline('latex', s)} end
  local short = el.classes:includes 'unlisted' and raw('\\' .. name .. '*{') or raw('\\' .. name .. '[{') .. el.content .. raw('}]{')
  return pandoc.Plain(short .. raw('\\place{' .. el.identifier .. '}') .. el.content .. raw('}'))
end

local function header(el)
  local id = el.identifier
  if not book.where[id] then el.identifier = plain_ids[id] or id end
  el.content = pandoc.walk_inline(pandoc.Span(el.content), {Code = code, Link = relink}).content
  if el.level == 1 then
    if not latex then	-- the page's template has it
      heading = pandoc.MetaInlines(el.content)
      return {}, false
    end
    local blocks = pandoc.List()
    if book.parts[id] then
      blocks:insert(pandoc.RawBlock('latex', '\\bookpart{' .. id:sub(1, 1) .. '}{' .. book.parts[id] .. '}'))
    end
    if book.chapters[id] then blocks:insert(pandoc.RawBlock('latex', '\\chapterid{' .. id .. '}')) end
    blocks:insert(heading_tex(el))
    return blocks, false
  end
  -- Sections have no numbers but the Journey's; the headings that every chapter has stay out of the contents.
  local title = pandoc.utils.stringify(el.content)
  el.classes = el.classes:filter(function(c) return c ~= 'unnumbered' end)
  local usual = ({['What changed'] = 1, Exercises = 1, ['Further reading'] = 1, ['New words'] = 1})[title]
  if latex and (usual or el.classes:includes 'unlisted') then el.classes:insert 'unlisted' end
  local jid = el.classes:includes 'section' and title:match '^%u:%d%d%d%l?'
  if jid and el.content[1].text == jid then
    el.content[1] = latex and pandoc.RawInline('latex', '\\jid{' .. jid .. '}') or pandoc.Span(jid, {class = 'jid'})
  end
  return latex and heading_tex(el) or el, false
end

local function figure(el)
  local image = #el.content == 1 and el.content[1].t == 'Image' and el.content[1]
  local name = image and image.identifier:match '^fig:(.*)'
  if not name then return nil end
  local file = image.src:match '([^/]+)%.tex$'
  local caption = image.caption
  local label = 'Figure ' .. (book.figures[name] or '?') .. '.'
  if latex then
    return {
      pandoc.RawBlock('latex', '\\begin{bookfigure}{fig-' .. name .. '}{' .. file .. '}'),
      pandoc.Plain(pandoc.List({pandoc.RawInline('latex', '\\figurecaption{' .. label .. '}{')}) .. caption .. {pandoc.RawInline('latex', '}')}),
      pandoc.RawBlock('latex', '\\end{bookfigure}'),
    }
  end
  local alt = pandoc.utils.stringify(caption):gsub('[&<>"]', {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;'})
  return {
    pandoc.RawBlock('html', '<figure id="fig-' .. name .. '">\n<div class="card"><img src="figures/' .. file .. '.svg" alt="' .. alt .. '" /></div>\n<figcaption>'),
    pandoc.Plain(pandoc.List({pandoc.RawInline('html', '<strong>' .. label .. '</strong> ')}) .. caption),
    pandoc.RawBlock('html', '</figcaption>\n</figure>'),
  }
end


local filter = {
  traverse = 'topdown',
  Header = header,
  Para = figure,
  Link = function(el)
    el = relink(el)
    el.content = pandoc.walk_inline(pandoc.Span(el.content), {Code = code}).content
    return el, false
  end,
  Str = mentions,
  Code = function(el)
    local anchor = el.classes:includes 'nw' and identifier(el.text)
    if not anchor then return code(el) end
    return pandoc.Link({code(el)}, href(anchor), '', {class = 'id'}), false
  end,
  CodeBlock = function(el)
    if not latex then return nil end
    local how = el.classes:includes 'instructions' and 'instructions' or 'listing'
    return pandoc.RawBlock('latex', '\\begin{' .. how .. '}\n' .. el.text .. '\n\\end{' .. how .. '}')
  end,
  Div = function(el)
    if not latex or not el.classes:includes 'round' then return nil end
    el.content:insert(1, pandoc.RawBlock('latex', '\\begin{round}'))
    el.content:insert(pandoc.RawBlock('latex', '\\end{round}'))
    return el
  end,
  Span = function(el)
    if latex and el.identifier ~= '' then
      return {pandoc.RawInline('latex', '\\place{' .. el.identifier .. '}'), pandoc.Span(el.content)}
    elseif latex and el.classes:includes 'jid' then
      return pandoc.RawInline('latex', '\\jid{' .. pandoc.utils.stringify(el) .. '}')
    end
  end,
}

-- What the page's template shows around the text.
local function neighbours(meta)
  for i, p in ipairs(book.pages) do
    if p.page == page then
      meta.title, meta.anchor, meta.heading, meta.chapter = p.title, p.id, heading, book.chapters[p.id] and p.id or nil
      meta['is-contents'] = page == 'index'
      local function near(q)
        return q and {page = q.page, title = (book.chapters[q.id] and q.id .. ' ' or '') .. q.title}
      end
      meta.previous, meta.next = near(book.pages[i - 1]), near(book.pages[i + 1])
    end
  end
  if book.beside[page] then meta.title, meta.heading, meta.compare = book.beside[page], heading, page == 'changes' end
  meta.book, meta.subtitle, meta.author, meta.extension = book.title, book.subtitle, book.author, book.extension
  return meta
end

local function begin(doc)
  book = dofile(pandoc.utils.stringify(doc.meta.data))
  page = pandoc.utils.stringify(doc.meta.page)
  prefix = page:match '^[^-]+'
  pandoc.walk_block(pandoc.Div(doc.blocks), {
    Header = function(el)
      if el.level > 1 and not book.where[el.identifier] then plain_ids[el.identifier] = prefix .. '-' .. el.identifier end
      own_ids[plain_ids[el.identifier] or el.identifier] = true
    end,
    Span = function(el) own_ids[el.identifier] = true end,
    Div = function(el) own_ids[el.identifier] = true end,
  })
end

return {{Pandoc = begin}, filter, {Meta = neighbours}}
