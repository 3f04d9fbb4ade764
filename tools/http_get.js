/// <reference path="./magic-proxy.d.ts" />
// Reads a page of the web: its text, without what only a browser needs.

export const manifest = { title: 'Read a web page', effect: 'none', timeout: '60s', network: ['*'] };

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_LINKS = 40;
const MAX_LINK_TEXT = 80;

// Elements whose content is no text of the page.
const UNSEEN = new Set(['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'canvas', 'head', 'select']);
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

const TAG = /<(\/?)([a-z][^\s\/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/iy;
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;

// Goes from tag to tag; what stands between is handed out as it is.
function* pieces(html) {
  const lower = html.toLowerCase();
  let at = 0;
  let text = 0;
  while ((at = html.indexOf('<', at)) >= 0) {
    if (html.startsWith('<!--', at)) {
      yield { text: html.slice(text, at) };
      const end = html.indexOf('-->', at + 4);
      at = text = end < 0 ? html.length : end + 3;
      continue;
    }
    if (html[at + 1] === '!' || html[at + 1] === '?') {
      yield { text: html.slice(text, at) };
      const end = html.indexOf('>', at);
      at = text = end < 0 ? html.length : end + 1;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(html);
    if (tag === null) {
      at++;
      continue;
    }
    yield { text: html.slice(text, at) };
    const name = tag[2].toLowerCase();
    at = text = TAG.lastIndex;
    if (tag[1] === '' && UNSEEN.has(name) && !tag[3].endsWith('/')) {
      const end = lower.indexOf(`</${name}`, at);
      // An unseen element without an end hides the rest, as it does in browsers; a head ends where the body begins.
      const body = name === 'head' ? lower.indexOf('<body', at) : -1;
      const stop = end < 0 ? (body < 0 ? html.length : body) : end;
      at = text = stop;
      if (end >= 0) {
        const close = html.indexOf('>', end);
        at = text = close < 0 ? html.length : close + 1;
      }
      continue;
    }
    yield { name, closes: tag[1] === '/', attributes: tag[3] };
  }
  yield { text: html.slice(text) };
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
    for (const piece of pieces(html)) {
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

const title = (html) => squeezed(/<title[^>]*>([\s\S]*?)<\/title/i.exec(html.slice(0, 100_000))?.[1] ?? '');

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
