# SPDX-License-Identifier: GPL-2.0-only
# Weaving: from chapters to the three editions. The top Makefile includes this.
#
# tools/weave writes a page of Markdown for each chapter and index, and leaves
# alone what would not change; so each rule below does only what is needed.
# BOOKDIR, FIGDIR and BOOK may be set to weave another book (tests do).
BOOKDIR ?= chapters
FIGDIR ?= figures
BOOK ?= build/book

book-chapters := $(shell sed 's/[[:space:]]*#.*//; s/\.nw$$//' $(BOOKDIR)/BOOK 2>/dev/null)
book-back := glossary bibliography chunks identifiers terms colophon
book-pages := map $(book-chapters) $(book-back)
# What only the web edition has: pages, and scripts with what they work on.
book-beside := changes $(foreach chapter,$(book-chapters),changes-$(firstword $(subst -, ,$(chapter))))
book-scripts := book.js compare.js data-changes.js data-search.js
book-figures := $(filter-out %/style.tex,$(wildcard $(FIGDIR)/*.tex))
book-pdfs := $(patsubst $(FIGDIR)/%.tex,$(BOOK)/figures/%.pdf,$(book-figures))
book-svgs := $(patsubst $(FIGDIR)/%.tex,$(BOOK)/figures/%.svg,$(book-figures))
book-fonts := $(shell sed -n "s,.*url(fonts/\(.*\)).*,\1,p" weave/book.css)
book-weaver := tools/weave $(wildcard weave/*.pm weave/colophon.md tools/touches tools/Tangle.pm)
book-sources := $(BOOKDIR)/BOOK $(addprefix $(BOOKDIR)/,$(addsuffix .nw,$(book-chapters))) $(wildcard $(addprefix $(BOOKDIR)/,exits.tsv costs.tsv *.round BIBLIOGRAPHY))

# Markdown as the chapters use it; TeX and citations in prose would be accidents.
PANDOC = pandoc --from markdown-raw_tex-tex_math_dollars-citations-example_lists --no-highlight --lua-filter weave/filter.lua

.PHONY: book html epub
book: $(BOOK)/book.pdf ## weave the book as a PDF, build/book/book.pdf
html: $(BOOK)/html/made ## weave it as pages of HTML, build/book/html/
epub: $(BOOK)/book.epub ## weave it as an EPUB, build/book/book.epub

.SECONDARY:
.DELETE_ON_ERROR:

# The empty recipe lets make see for itself which pages changed.
$(BOOK)/pages/%/woven: $(book-sources) $(book-weaver) | setup-book
	@tools/weave --chapters $(BOOKDIR) --to $* $(@D)
	@touch $@
$(BOOK)/pages/latex/%.md: $(BOOK)/pages/latex/woven ;
$(BOOK)/pages/html/%.md: $(BOOK)/pages/html/woven ;
$(BOOK)/pages/epub/%.md: $(BOOK)/pages/epub/woven ;
$(BOOK)/pages/%/book.lua: $(BOOK)/pages/%/woven ;
$(BOOK)/pages/html/data-%.js: $(BOOK)/pages/html/woven ;

# Figures: each alone, so that a change costs seconds.
$(BOOK)/figures/%.pdf: $(FIGDIR)/%.tex $(wildcard $(FIGDIR)/*.sty) | setup-book
	@mkdir -p $(@D)
	@echo "figure: $*"
	@TEXINPUTS=$(FIGDIR): lualatex -interaction=nonstopmode -halt-on-error -output-directory=$(@D) $< >$(@D)/$*.out 2>&1 || \
		{ grep -A 2 '^!' $(@D)/$*.log >&2; echo "figure: $< does not compile: see $(@D)/$*.log" >&2; exit 1; }
# These are drawn from what was measured.
$(filter $(BOOK)/figures/costs-%,$(book-pdfs)): $(wildcard $(BOOKDIR)/costs.tsv)
$(filter $(BOOK)/figures/rounds.pdf,$(book-pdfs)): $(wildcard $(BOOKDIR)/*.round)
$(BOOK)/figures/%.svg: $(BOOK)/figures/%.pdf
	@pdftocairo -svg $< $@

# The PDF.
$(BOOK)/tex/%.tex: $(BOOK)/pages/latex/%.md $(BOOK)/pages/latex/book.lua weave/filter.lua book.pdf.mk
	@mkdir -p $(@D)
	@echo "pandoc: $(@F)"
	@$(PANDOC) --to latex --top-level-division=chapter -M data=$(BOOK)/pages/latex/book.lua -M page=$* -o $@ $<

$(BOOK)/tex/pages.tex: $(BOOKDIR)/BOOK book.pdf.mk
	@mkdir -p $(@D)
	@{ printf '\\input{%s}\n' $(book-chapters); printf '\\backmatter\\KOMAoptions{open=any}\n'; printf '\\input{%s}\n' $(book-back); } >$@

$(BOOK)/book.pdf: $(patsubst %,$(BOOK)/tex/%.tex,$(book-pages) pages) $(book-pdfs) weave/book.tex weave/book.sty weave/typeset
	@cp weave/book.tex weave/book.sty $(BOOK)/tex/
	@weave/typeset $(BOOK)/tex/book.tex
	@cp $(BOOK)/tex/book.pdf $@
	@echo "book: $@"

# The pages of the web edition and of the EPUB differ in their frame and in what can be opened.
book-page = $(PANDOC) --to html5 --mathml --toc --toc-depth=2 --template weave/page.html -M data=$(<D)/book.lua -M page=$* \
	$(if $(filter $(FIGDIR)/cover.tex,$(book-figures)),-M cover=yes)

$(BOOK)/html/%.html: $(BOOK)/pages/html/%.md $(BOOK)/pages/html/book.lua weave/filter.lua weave/page.html book.pdf.mk
	@mkdir -p $(@D)
	@echo "page: $(@F)"
	@$(book-page) -o $@ $<

$(BOOK)/epub/%.xhtml: $(BOOK)/pages/epub/%.md $(BOOK)/pages/epub/book.lua weave/filter.lua weave/page.html book.pdf.mk
	@mkdir -p $(@D)
	@$(book-page) -M epub=yes -o $@ $<

$(BOOK)/html/book.css: weave/book.css
	@mkdir -p $(@D)
	@cp $< $@
$(BOOK)/html/data-%.js: $(BOOK)/pages/html/data-%.js
	@mkdir -p $(@D)
	@cp $< $@
$(BOOK)/html/%.js: weave/%.js
	@mkdir -p $(@D)
	@cp $< $@
$(BOOK)/html/fonts/%.otf:
	@mkdir -p $(@D)
	@cp "$$(kpsewhich $*.otf)" $@
$(BOOK)/html/figures/%.svg: $(BOOK)/figures/%.svg
	@mkdir -p $(@D)
	@cp $< $@

$(BOOK)/html/made: $(patsubst %,$(BOOK)/html/%.html,index $(book-pages) $(book-beside)) $(addprefix $(BOOK)/html/,book.css $(book-scripts)) $(patsubst $(BOOK)/%,$(BOOK)/html/%,$(book-svgs)) \
		$(patsubst %,$(BOOK)/html/fonts/%,$(book-fonts))
	@for page in $(@D)/*.html; do case " $(book-pages) $(book-beside) index " in *" $$(basename $$page .html) "*) ;; *) rm $$page ;; esac; done
	@touch $@
	@echo "html: $(@D)/index.html"

$(BOOK)/book.epub: $(patsubst %,$(BOOK)/epub/%.xhtml,index $(book-pages)) weave/epub.css weave/pack-epub $(book-svgs)
	@weave/pack-epub --style weave/epub.css --figures $(BOOK)/figures --data $(BOOK)/pages/epub/book.lua $(BOOK)/epub $@
	@echo "epub: $@"
