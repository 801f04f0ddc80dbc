// SPDX-License-Identifier: GPL-2.0-only
// The web edition's own script: a search, and links that find their page.
// Without it every page can be read and every link followed.
'use strict';

(() => {
	const limit = 40;
	const bar = document.querySelector('header.bar');

	// What there is to find comes with the first who asks.
	let coming;
	function load() {
		return coming ||= new Promise((done, fail) => {
			const script = document.createElement('script');
			script.src = 'data-search.js';
			script.onload = () => done(searched.all.map(([kind, name, page, anchor, where]) =>
				({ kind, name, where, low: name.toLowerCase(), href: `${searched.pages[page]}.html${anchor && '#'}${anchor}`, anchor })));
			script.onerror = () => fail(new Error('data-search.js is not there'));
			document.head.append(script);
		});
	}

	// How well a word fits: 0 is whole, 1 a beginning, 2 a word in it, 3 anywhere.
	function fit(text, word) {
		let best = Infinity;
		for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
			const begins = at === 0 || /[^a-z0-9]/.test(text[at - 1]);
			const ends = at + word.length === text.length || /[^a-z0-9]/.test(text[at + word.length]);
			best = Math.min(best, text === word ? 0 : at === 0 && ends ? 0.5 : at === 0 ? 1 : begins ? ends ? 1.5 : 2 : 3);
		}
		return best;
	}

	const order = ['section', 'chapter', 'page', 'name', 'term', 'file', 'chunk'];
	function find(all, query) {
		// h210 is H:210.
		const words = query.toLowerCase().replace(/\b([pgdlhsm])(\d{3}[a-z]?)\b/g, '$1:$2').split(/\s+/).filter(Boolean);
		if (!words.length)
			return [];
		return all.map(entry => ({ entry, score: words.reduce((sum, word) => sum + fit(entry.low, word), 0) }))
			.filter(found => found.score < Infinity)
			.sort((a, b) => a.score - b.score || order.indexOf(a.entry.kind) - order.indexOf(b.entry.kind) ||
				a.entry.name.length - b.entry.name.length)
			.slice(0, limit).map(found => found.entry);
	}

	const form = document.createElement('form');
	form.className = 'search';
	form.setAttribute('role', 'search');
	form.innerHTML = '<input type="text" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list" ' +
		'aria-label="Search for sections, identifiers and chunks" placeholder="Search" autocomplete="off" autocapitalize="off" spellcheck="false" />' +
		'<kbd aria-hidden="true">/</kbd><ul id="found" role="listbox" aria-label="Found" hidden></ul>';
	const [input, , list] = form.children;
	bar.children[0].after(form);
	let chosen = -1;

	function choose(n) {
		const options = list.querySelectorAll('[role=option]');
		chosen = options.length ? (n + options.length) % options.length : -1;
		options.forEach((option, i) => option.setAttribute('aria-selected', i === chosen));
		if (chosen < 0)
			return input.removeAttribute('aria-activedescendant');
		input.setAttribute('aria-activedescendant', options[chosen].id);
		options[chosen].scrollIntoView({ block: 'nearest' });
	}

	function close() {
		list.hidden = true;
		input.setAttribute('aria-expanded', 'false');
		input.removeAttribute('aria-activedescendant');
		chosen = -1;
	}

	function show(entries) {
		list.replaceChildren(...entries.map((entry, i) => {
			const option = document.createElement('li');
			const link = document.createElement('a');
			option.id = `found-${i}`;
			option.setAttribute('role', 'option');
			link.href = entry.href;
			link.tabIndex = -1;
			for (const [what, text] of [['kind', entry.kind], [`is-${entry.kind}`, entry.kind === 'chunk' ? `⟨${entry.name}⟩` : entry.name], ['where', entry.where]]) {
				const span = document.createElement('span');
				span.className = what;
				span.textContent = text;
				link.append(span, ' ');
			}
			option.append(link);
			return option;
		}));
		if (!entries.length)
			list.innerHTML = '<li class="none">Nothing found.</li>';
		list.hidden = false;
		input.setAttribute('aria-expanded', 'true');
		choose(0);
	}

	async function look() {
		const query = input.value;
		const all = await load();
		if (query !== input.value)
			return;
		if (query.trim())
			show(find(all, query));
		else
			close();
	}

	function go() {
		const link = list.querySelectorAll('[role=option] a')[chosen];
		if (!link)
			return;
		close();
		input.blur();
		link.click();
	}

	input.addEventListener('focus', load);
	input.addEventListener('input', look);
	input.addEventListener('keydown', event => {
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			event.preventDefault();
			if (list.hidden)
				look();
			else
				choose(chosen + (event.key === 'ArrowDown' ? 1 : -1));
		} else if (event.key === 'Escape') {
			if (list.hidden)
				input.value = '';
			close();
			if (!input.value)
				input.blur();
		}
	});
	form.addEventListener('submit', async event => {
		event.preventDefault();
		if (list.hidden)
			await look();
		go();
	});
	list.addEventListener('click', event => event.target.closest('a') && setTimeout(close));
	document.addEventListener('click', event => form.contains(event.target) || close());
	form.addEventListener('focusout', event => event.relatedTarget && !form.contains(event.relatedTarget) && close());
	document.addEventListener('keydown', event => {
		if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || /^(?:input|select|textarea)$/i.test(event.target.tagName))
			return;
		event.preventDefault();
		input.focus();
		input.select();
	});

	// index.html#H:210, and any anchor that has moved to another page.
	async function follow() {
		const anchor = decodeURIComponent(location.hash.slice(1)).replace(/^([PGDLHSM]):(?=\d)/, '$1-');
		if (!anchor || document.getElementById(decodeURIComponent(location.hash.slice(1))))
			return;
		const here = document.getElementById(anchor);
		if (here)
			return here.scrollIntoView();
		const there = (await load()).find(entry => entry.anchor === anchor);
		if (there)
			location.replace(there.href);
	}
	addEventListener('hashchange', follow);
	follow();
})();
