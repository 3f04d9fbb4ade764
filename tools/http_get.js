/// <reference path="./magic-proxy.d.ts" />
// Reads a page of the web: its text, without what only a browser needs.

export const manifest = { title: 'Read a web page', effect: 'none', timeout: '60s', network: ['*'] };

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_LINKS = 40;
const MAX_LINK_TEXT = 80;

// Elements whose content is no text of the page.
const UNSEEN = new Set(['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'canvas', 'head', 'title', 'select']);
// Elements that stand on lines of their own.
const BLOCKS = new Set(
  ('address article aside blockquote body br dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hr html li main nav ol p pre section summary table tbody thead tfoot tr ul').split(' '),
);
const ENTITIES = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ensp: ' ', emsp: ' ', thinsp: ' ', shy: '', copy: '©', reg: '®',
  trade: '™', hellip: '…', mdash: '—', ndash: '–', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bdquo: '„', laquo: '«',
  raquo: '»', bull: '•', middot: '·', deg: '°', euro: '€', pound: '£', yen: '¥', cent: '¢', sect: '§', para: '¶', times: '×',
  divide: '÷', plusmn: '±', frac12: '½', frac14: '¼', larr: '←', rarr: '→', uarr: '↑', darr: '↓', harr: '↔', auml: 'ä', ouml: 'ö',
  uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è', ecirc: 'ê', agrave: 'à', ccedil: 'ç',
  ntilde: 'ñ', oslash: 'ø', aring: 'å', aelig: 'æ', zwj: '', zwnj: '', minus: '−', infin: '∞', ne: '≠', le: '≤', ge: '≥',
};

const codePoint = (digits, base) => {
  const code = Number.parseInt(digits, base);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\uFFFD';
};

const decoded = (text) =>
  text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z][a-z0-9]*));?/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return codePoint(hex, 16);
    if (decimal !== undefined) return codePoint(decimal, 10);
    return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : whole;
  });

const squeezed = (text) => decoded(text).replace(/[ \t\r\n\f\u00a0]+/g, ' ').trim();

const NAME = /<(\/?)([a-z][^\s\/>]*)/iy;
const QUOTE_OR_END = /["'>]/g;
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;

// Goes from tag to tag, and hands out what stands between as it is. Never looks at a character more than a few times: a page may be
// made to take long.
class Pieces {
  constructor(html) {
    this.html = html;
    this.lower = html.toLowerCase();
    this.unclosed = new Set();
  }

  // Where what begins here ends: behind the text, or at the end of the page.
  behind(text, at) {
    const found = this.html.indexOf(text, at);
    return found < 0 ? this.html.length : found + text.length;
  }

  // The > that ends a tag; those in quotes don't.
  endOf(at) {
    for (QUOTE_OR_END.lastIndex = at; ; ) {
      const found = QUOTE_OR_END.exec(this.html);
      if (found === null) return this.html.indexOf('>', at);
      if (found[0] === '>') return found.index;
      const closing = this.unclosed.has(found[0]) ? -1 : this.html.indexOf(found[0], QUOTE_OR_END.lastIndex);
      if (closing < 0) {
        this.unclosed.add(found[0]);
        return this.html.indexOf('>', at);
      }
      QUOTE_OR_END.lastIndex = closing + 1;
    }
  }

  // Behind an element whose content isn't seen. Without an end it hides the rest, as in browsers; a head ends where the body begins.
  unseen(name, at) {
    const end = this.lower.indexOf(`</${name}`, at);
    if (end >= 0) return this.behind('>', end);
    const body = name === 'head' ? this.lower.indexOf('<body', at) : -1;
    return body < 0 ? this.html.length : body;
  }

  *[Symbol.iterator]() {
    const { html } = this;
    let text = 0;
    for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
      NAME.lastIndex = at;
      const tag = NAME.exec(html);
      if (tag === null && html[at + 1] !== '!' && html[at + 1] !== '?') {
        at++;
        continue;
      }
      yield { text: html.slice(text, at) };
      if (tag === null) {
        at = text = html.startsWith('<!--', at) ? this.behind('-->', at + 4) : this.behind('>', at);
        continue;
      }
      const end = this.endOf(NAME.lastIndex);
      if (end < 0) return;
      const name = tag[2].toLowerCase();
      const attributes = html.slice(at + tag[0].length, end);
      const hidden = tag[1] === '' && UNSEEN.has(name) && !attributes.endsWith('/');
      at = text = hidden ? this.unseen(name, end + 1) : end + 1;
      if (!hidden) yield { name, closes: tag[1] === '/', attributes };
    }
    yield { text: html.slice(text) };
  }
}

const absolute = (href, base) => {
  const to = decoded(href).trim().replace(/#.*$/s, '');
  if (to === '') return undefined;
  if (/^[a-z][a-z0-9+.-]*:/i.test(to)) return /^https?:/i.test(to) ? to : undefined;
  const [, scheme, host, path] = /^(https?):\/\/([^/?]*)([^?]*)/.exec(base);
  if (to.startsWith('//')) return `${scheme}:${to}`;
  if (to.startsWith('/')) return `${scheme}://${host}${to}`;
  if (to.startsWith('?')) return `${scheme}://${host}${path}${to}`;
  const parts = [...path.split('/').slice(1, -1), ...to.split('/')];
  const kept = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '.') kept.push(part);
  }
  return `${scheme}://${host}/${kept.join('/')}`;
};

class Page {
  constructor(url) {
    this.url = url;
    this.lines = [];
    this.line = '';
    this.pre = 0;
    this.links = new Map();
    this.link = undefined;
  }

  read(html) {
    for (const piece of new Pieces(html)) {
      if (piece.name === undefined) this.say(piece.text);
      else this.tag(piece);
    }
    this.end();
    const text = this.lines.join('\n').replace(/\n{3,}/g, '\n\n').trim();
    return { text, links: [...this.links].map(([url, name]) => ({ text: name, url })) };
  }

  say(raw) {
    if (raw === '') return;
    if (this.link !== undefined) this.link.text += raw;
    if (this.pre > 0) {
      const [first, ...rest] = decoded(raw).split('\n');
      this.line += first;
      for (const one of rest) {
        this.lines.push(this.line.trimEnd());
        this.line = one;
      }
    } else {
      const text = decoded(raw).replace(/[ \t\r\n\f\u00a0]+/g, ' ');
      this.line += this.line === '' || this.line.endsWith(' ') ? text.trimStart() : text;
    }
  }

  end() {
    if (this.line.trim() !== '') this.lines.push(this.line.trimEnd());
    this.line = '';
  }

  tag({ name, closes, attributes }) {
    if (name === 'a') {
      if (this.link !== undefined) this.keep(this.link);
      const href = closes ? null : HREF.exec(attributes);
      this.link = href ? { href: href[1] ?? href[2] ?? href[3], text: '' } : undefined;
    } else if (name === 'td' || name === 'th') {
      if (!closes && this.line !== '') this.line = `${this.line.trimEnd()} | `;
    } else if (BLOCKS.has(name)) {
      this.end();
      if (name === 'pre') this.pre = Math.max(0, this.pre + (closes ? -1 : 1));
      if (/^(?:p|h[1-6]|ul|ol|table|pre|blockquote)$/.test(name) && this.lines.at(-1) !== '') this.lines.push('');
      if (!closes && /^h[1-6]$/.test(name)) this.line = `${'#'.repeat(Number(name[1]))} `;
      if (!closes && name === 'li') this.line = '- ';
    }
  }

  keep({ href, text }) {
    const url = absolute(href, this.url);
    const name = squeezed(text);
    if (url !== undefined && name !== '' && this.links.size < MAX_LINKS && !this.links.has(url)) {
      this.links.set(url, name.length <= MAX_LINK_TEXT ? name : `${name.slice(0, MAX_LINK_TEXT)}…`);
    }
  }
}

const title = (html) => {
  const lower = html.slice(0, 100_000).toLowerCase();
  const begin = lower.indexOf('>', lower.indexOf('<title'));
  const end = lower.indexOf('</title', begin);
  return lower.includes('<title') && begin >= 0 && end >= 0 ? squeezed(html.slice(begin + 1, end)) : '';
};

const kindOf = (type, text) => {
  if (/^(?:text\/html|application\/xhtml\+xml)$/.test(type)) return 'page';
  if (/^text\/|[/+](?:json|xml|yaml|x-yaml|javascript|x-javascript|ecmascript|toml|sql|graphql|x-ndjson)$/.test(type)) return 'text';
  if (type !== '') return 'other';
  return /^\s*<(?:!doctype html|html)/i.test(text) ? 'page' : 'text';
};

/**
 * Reads a page of the web, or a text such as JSON, and gives its title, its text without markup, and its first links.
 * A long text comes in parts: `more` says where the next one begins.
 * @param {string} url - The whole address, with https:// or http://.
 * @param {integer} [start=0] - The character at which to begin.
 * @param {integer} [max_chars=8000] - How much text to give at most, 200 to 50000.
 */
export async function http_get(url, start = 0, max_chars = 8000) {
  if (start < 0) throw new Error('start must not be negative');
  if (max_chars < 200 || max_chars > 50_000) throw new Error('max_chars must be from 200 to 50000');
  const answer = await tool.fetch(url, {
    headers: { Accept: 'text/html,application/xhtml+xml,text/plain;q=0.9,application/json;q=0.9,*/*;q=0.5' },
    max_bytes: MAX_BYTES,
    timeout_ms: 45_000,
  });
  const type = (answer.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  const kind = kindOf(type, answer.text);
  if (kind === 'other') throw new Error(`${answer.url} is ${type}, which is no text that can be read`);
  const page = kind === 'page' ? new Page(answer.url).read(answer.text) : { text: answer.text };
  const heading = kind === 'page' ? title(answer.text) : '';
  const part = page.text.slice(start, start + max_chars);
  return {
    url: answer.url,
    status: answer.status,
    ...(heading === '' ? {} : { title: heading }),
    text: part,
    ...(start + part.length < page.text.length ? { more: start + part.length, length: page.text.length } : {}),
    ...(start === 0 && page.links?.length > 0 ? { links: page.links } : {}),
  };
}
