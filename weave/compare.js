// SPDX-License-Identifier: GPL-2.0-only
// What changed between any two chapters, out of data-changes.js: each file's lines
// as runs of [first chapter that has them, last, place of their chunk, lines].
'use strict';

(() => {
	const around = 3;
	const kinds = { '+': 'more', '-': 'less', ' ': 'both' };
	const place = document.getElementById('compare');

	// As weave/Changes.pm has it.
	function between(runs, from, to) {
		const there = [];
		for (const [first, last, chunk, lines] of runs) {
			const before = first <= from && from <= last;
			const after = first <= to && to <= last;
			if (before || after)
				there.push(...lines.map(text => ({ kind: before ? after ? ' ' : '-' : '+', text, chunk })));
		}
		const near = [];
		there.forEach(({ kind }, i) => {
			for (let n = Math.max(0, i - around); kind !== ' ' && n <= i + around; n++)
				near[n] = true;
		});
		const out = [];
		if (!near.length)
			return out;
		there.forEach((line, i) => {
			const kind = near[i] ? line.kind : '.';
			const chunk = kind === '+' || kind === '-' ? line.chunk : -1;
			const last = out[out.length - 1];
			if (last && last.kind === kind && last.chunk === chunk)
				last.lines.push(line.text);
			else
				out.push({ kind, chunk, lines: [line.text] });
		});
		return out;
	}

	function element(name, properties, ...children) {
		const made = Object.assign(document.createElement(name), properties);
		made.append(...children);
		return made;
	}

	function count(runs) {
		const sum = kind => runs.filter(run => run.kind === kind).reduce((n, run) => n + run.lines.length, 0);
		const less = sum('-');
		return `+${sum('+')}` + (less ? ` \u2212${less}` : '');
	}

	function part({ kind, chunk, lines }) {
		if (kind === '.')
			return element('p', {}, `${lines.length} line${lines.length > 1 ? 's' : ''} as before`);
		const made = element('div', { className: `part ${kinds[kind]}` });
		if (chunk >= 0) {
			const [href, label] = changes.chunks[chunk];
			made.append(element('a', { className: 'at', href }, label));
		}
		made.append(element('pre', {}, lines.map(line => `${kind}${line}\n`).join('')));
		return made;
	}

	function compare(from, to) {
		const files = element('ul');
		const all = [];
		for (const file of Object.keys(changes.files).sort()) {
			const runs = between(changes.files[file], from, to);
			if (!runs.length)
				continue;
			const id = file.toLowerCase().replace(/[^a-z0-9]+/g, '-');
			const head = element('h2', { id }, element('code', {}, file), ` ${count(runs)}`);
			const link = element('a', { href: `#${id}` }, element('code', {}, file));
			link.addEventListener('click', event => { event.preventDefault(); head.scrollIntoView(); });
			files.append(element('li', {}, link, ` ${count(runs)}`));
			all.push(head, element('div', { className: 'code difference' }, ...runs.map(part)));
		}
		return all.length ? [files, ...all] : [element('p', {}, 'Not a line of code.')];
	}

	const ids = changes.chapters.map(([id]) => id);
	function choice(label) {
		const select = element('select', {}, ...changes.chapters.map(([id, title], value) => element('option', { value }, `${id} ${title}`)));
		return [select, element('label', {}, `${label} `, select)];
	}
	const [from, fromLabel] = choice('What the code became from the end of');
	const [to, toLabel] = choice('to the end of');
	const shown = element('div', { id: 'compared' });
	place.append(element('form', { className: 'chapters' }, fromLabel, ' ', toLabel), shown);

	function show() {
		shown.replaceChildren(...compare(+from.value, +to.value));
	}

	function follow() {
		const [, a, b] = location.hash.match(/^#from-(\w+)-to-(\w+)$/) || [];
		from.value = Math.max(0, ids.includes(a) ? ids.indexOf(a) : ids.length - 2);
		to.value = ids.includes(b) ? ids.indexOf(b) : ids.length - 1;
		show();
	}

	for (const select of [from, to])
		select.addEventListener('change', () => {
			history.replaceState(null, '', `#from-${ids[from.value]}-to-${ids[to.value]}`);
			show();
		});
	addEventListener('hashchange', follow);
	follow();
})();
