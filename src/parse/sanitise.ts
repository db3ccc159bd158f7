import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import sanitizeHtml from 'sanitize-html';
import type { SafeHtml } from '../model.ts';
import { localHref, safeId, tieAnchors, wantedIds } from './anchors.ts';
import { VOID_ELEMENTS } from './html-names.ts';
import { emojiOf, isShortcode } from './html-tags.ts';
import { CONTENT_CHARS, cut, MAX_DEPTH } from './limits.ts';
import { addressOf, frameAddress, pictureOf } from './pictures.ts';
import { withoutFiller, withoutUnsafe } from './plain-text.ts';
import { prepareHtml } from './prepare-html.ts';
import { resolveUrl } from './urls.ts';

const ALLOWED_TAGS =
  'a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr audio video source'.split(
    ' ',
  );

const KEPT = new Set(ALLOWED_TAGS);

/** Elements that the start of one ends. HTML §13.1.2.4. */
const ENDED_BY = new Map<string, readonly string[]>([
  ...'blockquote details div dl figcaption figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul'
    .split(' ')
    .map((name) => [name, ['p']] as const),
  ['li', ['li']],
  ['dt', ['dt', 'dd']],
  ['dd', ['dt', 'dd']],
  ['rt', ['rt', 'rp']],
  ['rp', ['rt', 'rp']],
  ['tr', ['tr', 'th', 'td']],
  ['th', ['th']],
  ['td', ['thead', 'th', 'td']],
  ['tbody', ['thead', 'tbody']],
  ['tfoot', ['thead', 'tbody']],
]);

/** Few: sanitize-html sets up a list for each element at every call. */
const ALLOWED_ATTRIBUTES = {
  '*': ['lang', 'dir', 'title', 'id'],
  a: ['href', 'rel'],
  img: ['src', 'alt', 'width', 'height', 'loading', 'referrerpolicy'],
  ol: ['start', 'reversed', 'type'],
  td: ['colspan', 'rowspan'],
  th: ['colspan', 'rowspan', 'scope'],
  time: ['datetime'],
  audio: ['src', 'controls', 'preload'],
  video: ['src', 'controls', 'preload', 'poster', 'width', 'height'],
  source: ['src', 'type'],
  area: ['alt'],
};

/** Elements that, if a link leads to one, leave a <div>, because like one they end a paragraph; others leave a <span>. */
const BLOCKS = new Set('address article aside fieldset footer form header main nav section'.split(' '));

/** Elements that go with all that is in them; of others that are not allowed only the tags go. */
const NON_TEXT_TAGS = 'script style textarea option noscript noembed noframes template title xmp plaintext'.split(' ');

/** What of a publisher's HTML may stand on our pages and in our feeds: an allow-list of elements and attributes, links
 *  and images with absolute http(s) URLs (relative ones are resolved against `base`, mailto: may be linked), nothing that
 *  runs, styles, names or posts; what readers would not see, and pictures and players as they would, see prepareHtml.
 *  Links within the text keep their targets, see tieAnchors; without one they lead to `page`, which is the article's own,
 *  if there is one. 1×1 images go. At most CONTENT_CHARS of it are read. */
export function sanitise(html: string, base: string | undefined, page?: string): SafeHtml {
  // Cut, closed and not nested too deep: then the sanitiser needs no time out of proportion.
  const flat = flattenHtml(dropOpenTag(dropOpenComments(cut(html, CONTENT_CHARS))));
  const prepared = prepareHtml(flat, base);
  const once = sanitisePrepared(prepared === flat ? flat : flattenHtml(prepared), base);
  const unwrapped = unwrapBrokenTables(once);
  // What stood in a broken table may now stand in an element that it ends.
  const whole = unwrapped === once ? once : sanitisePrepared(unwrapped, base);
  return tieAnchors(withoutBareDetails(whole), page) as SafeHtml;
}

function sanitisePrepared(html: string, base: string | undefined): string {
  const first = sanitiseOnce(html, base);
  const safe = first.isUneven ? sanitiseOnce(first.html, base).html : first.html;
  // Afterwards: only then are references to control characters seen. In escaped text none can hide a tag.
  return withoutFiller(withoutUnsafe(safe));
}

/** `isUneven` when in what it made an element stands right in one that its start ends: that reads otherwise the next
 *  time. */
function sanitiseOnce(html: string, base: string | undefined): { readonly html: string; readonly isUneven: boolean } {
  let isUneven = false;
  /** The elements around, but for those whose tags go. */
  const open: string[] = [];
  /** A link in a link is none: a browser ends the outer one, and around headings each time at another place. */
  let openLinks = 0;
  const wanted = wantedIds(html);
  const targetOf = (written: string | undefined) => {
    const id = wanted.size === 0 ? undefined : safeId(written);
    return id !== undefined && wanted.has(id) ? id : undefined;
  };
  const media: sanitizeHtml.Transformer = (tagName, attribs) => {
    set(attribs, 'src', frameAddress(attribs, base));
    set(attribs, 'poster', addressOf(attribs.poster, base));
    const isAlone = !['audio', 'video'].includes(open.at(-2) ?? '') || attribs.src === undefined;
    if (tagName === 'source' && isAlone) return { tagName: NOTHING, attribs: {} };
    if (tagName !== 'source') Object.assign(attribs, { controls: '', preload: 'none' });
    return { tagName, attribs };
  };
  const options: sanitizeHtml.IOptions = {
    allowedTags: [...ALLOWED_TAGS, NOTHING],
    selfClosing: ['img', 'br', 'hr', 'wbr', 'source', NOTHING],
    allowedAttributes: ALLOWED_ATTRIBUTES,
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['http', 'https'] },
    allowedSchemesAppliedToAttributes: ['href', 'src', 'poster'],
    allowProtocolRelative: false,
    nonTextTags: NON_TEXT_TAGS,
    onOpenTag: (name) => {
      if (name === 'a') openLinks++;
      if (!KEPT.has(name)) return;
      // Only where a tag between the two goes: in <p><font><p> the parser ends no paragraph, in <p><p> a browser does.
      if (ENDED_BY.get(name)?.includes(open.at(-1) ?? '') === true) isUneven = true;
      open.push(name);
    },
    onCloseTag: (name) => {
      if (name === 'a') openLinks--;
      if (KEPT.has(name)) open.pop();
    },
    transformTags: {
      a: (tagName, attribs) => {
        const id = targetOf(attribs.id) ?? targetOf(attribs.name);
        if (openLinks > 1) return { tagName: 'span', attribs: { ...(id && { id }) } };
        set(attribs, 'id', id);
        set(attribs, 'href', linkOf(attribs.href, base));
        attribs.rel = LINK_REL;
        return { tagName, attribs };
      },
      img: (tagName, attribs) => {
        const emoji = emojiOf(attribs);
        if (emoji !== undefined && !isShortcode(emoji)) return { tagName: NOTHING, attribs: { alt: emoji } };
        set(attribs, 'src', pictureOf(attribs, base)?.url);
        if (isNothingToSee(attribs)) return { tagName: NOTHING, attribs: {} };
        attribs.loading = 'lazy';
        attribs.referrerpolicy = 'no-referrer';
        return { tagName, attribs };
      },
      [NOTHING]: (tagName) => ({ tagName, attribs: {} }),
      audio: media,
      video: media,
      source: media,
      strike: 's',
      tt: 'code',
      acronym: 'abbr',
      '*': (tagName, attribs) => {
        const id = targetOf(attribs.id);
        set(attribs, 'id', id);
        if (id === undefined || KEPT.has(tagName) || NON_TEXT_TAGS.includes(tagName)) return { tagName, attribs };
        if (!BLOCKS.has(tagName)) return { tagName: 'span', attribs };
        if (open.at(-1) === 'p') isUneven = true;
        return { tagName: 'div', attribs };
      },
    },
  };
  const safe = sanitizeHtml(html, options);
  return { html: safe.replace(NOTHINGS, (_, alt = '') => alt.replaceAll('&quot;', '"')), isUneven };
}

function set(attribs: sanitizeHtml.Attributes, name: string, value: string | undefined): void {
  if (value === undefined) delete attribs[name];
  else attribs[name] = value;
}

/** What stands for an image that is left out, or is a word, until it is taken out at last: an empty element, none of whose
 *  kind stays.
 *  With exclusiveFilter each would copy all of the result, and after a name that is not allowed sanitize-html 2.17 ends
 *  the next element by that name. */
const NOTHING = 'area';
const NOTHINGS = /<area(?: alt="([^"]*)")? \/>/g;

const LINK_REL = 'noopener noreferrer nofollow';

function linkOf(href: string | undefined, base: string | undefined): string | undefined {
  if (/^\s*(?:#|$)/.test(href ?? '')) return localHref(href ?? '');
  // Only what begins with it: the URL parser would find the scheme behind control characters, too.
  if (href === undefined || /^mailto:/i.test(href)) return href;
  return resolveUrl(href, base);
}

/** Images whose source is no http(s) URL, and those of one pixel, which are there to count readers. */
function isNothingToSee(attribs: sanitizeHtml.Attributes): boolean {
  return attribs.src === undefined || (isTiny(attribs.width) && isTiny(attribs.height));
}

function isTiny(length: string | undefined): boolean {
  return length !== undefined && /^\s*[01](?:px)?\s*$/.test(length);
}

/** `html` without the openings of comments that nothing closes, each up to its next `>`. HTML §13.2.5.43 lets such a
 *  comment swallow the rest of the text; a publisher who cut a text short meant no such thing. */
function dropOpenComments(html: string): string {
  const end = html.lastIndexOf('-->') + 1;
  return html.slice(0, end) + html.slice(end).replace(/<!--[^>]*>?/g, '');
}

/** `html` without a tag at its end that nothing closes. A browser drops it; htmlparser2 takes its last half character for
 *  text. */
function dropOpenTag(html: string): string {
  const tail = html.lastIndexOf('>') + 1;
  const start = html.slice(tail).search(/<[a-z/!?]/i);
  return start < 0 ? html : html.slice(0, tail + start);
}

const ignore = () => {};

/** Callbacks of htmlparser2's tokenizer that do nothing. */
const IGNORE_TOKENS: TokenizerCallbacks = {
  onattribdata: ignore,
  onattribend: ignore,
  onattribentity: ignore,
  onattribname: ignore,
  oncdata: ignore,
  onclosetag: ignore,
  oncomment: ignore,
  ondeclaration: ignore,
  onend: ignore,
  onopentagend: ignore,
  onopentagname: ignore,
  onprocessinginstruction: ignore,
  onselfclosingtag: ignore,
  ontext: ignore,
  ontextentity: ignore,
};

/** `html` without the tags of elements nested deeper than MAX_DEPTH; their text stays. sanitize-html's parser needs time
 *  in proportion to depth for every tag (16 s and more for 200,000 nested elements), and its nestingLimit, which acts
 *  afterwards, does not help. */
function flattenHtml(html: string): string {
  if (countTags(html) <= MAX_DEPTH) return html;
  const open: string[] = [];
  let kept = '';
  let from = 0;
  let name = '';
  let start = 0;
  const endTag = (end: number) => {
    if (VOID_ELEMENTS.has(name)) return;
    if (open.length < MAX_DEPTH) {
      open.push(name);
      return;
    }
    kept += html.slice(from, start);
    from = end + 1;
  };
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: false },
    {
      ...IGNORE_TOKENS,
      onopentagname: (nameStart, nameEnd) => {
        start = nameStart - 1;
        name = html.slice(nameStart, nameEnd).toLowerCase();
      },
      onopentagend: endTag,
      onselfclosingtag: endTag,
      onclosetag: (nameStart, nameEnd) => {
        const position = open.lastIndexOf(html.slice(nameStart, nameEnd).toLowerCase());
        if (position >= 0) open.length = position;
      },
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return kept + html.slice(from);
}

function countTags(html: string): number {
  let count = 0;
  for (let at = html.indexOf('<'); at >= 0 && count <= MAX_DEPTH; at = html.indexOf('<', at + 1)) count++;
  return count;
}

/** Sanitised HTML, without the tags of a <details> that does not begin with its <summary>, and of a <summary> elsewhere: they fold
 *  nothing under a name. HTML §4.11.1 and §4.11.2. */
function withoutBareDetails(html: string): string {
  if (!/<(?:details|summary)[ >]/.test(html)) return html;
  const isKept: boolean[] = [];
  let labelAt = -1;
  return html.replace(/<(\/?)(details|summary)(?: [^>]*)?>/g, (tag, end, name, at: number) => {
    if (end !== '') return isKept.pop() ? tag : '';
    const behind = at + tag.length;
    const label = name === 'details' ? /^\s*(?=<summary[ >])/.exec(html.slice(behind, behind + LABEL_CHARS)) : null;
    const isGood = name === 'details' ? label !== null : at === labelAt;
    if (label) labelAt = behind + label[0].length;
    isKept.push(isGood);
    return isGood ? tag : '';
  });
}

/** White space between a <details> and its <summary>, at most. */
const LABEL_CHARS = 200;

/** Where each part of a table may stand. HTML §4.9. */
const PARENTS = new Map([
  ['caption', 'table'],
  ['thead', 'table'],
  ['tbody', 'table'],
  ['tfoot', 'table'],
  ['tr', 'table thead tbody tfoot'],
  ['td', 'tr'],
  ['th', 'tr'],
]);
const ONLY_PARTS = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr']);

const TABLE_PART = /<(?:table|caption|thead|tbody|tfoot|tr|td|th)[ >]/;

/** Sanitised HTML, without the tags of tables if something else stands between the parts of one, or a part elsewhere: a
 *  browser moves such things in front of the table, where `<li><table><li>` comes to mean another thing each time that it
 *  is read. */
function unwrapBrokenTables(html: string): string {
  if (!TABLE_PART.test(html) || !hasBrokenTable(html)) return html;
  return html.replace(/<\/?(?:table|caption|thead|tbody|tfoot|tr|td|th)(?: [^>]*)?>/g, ' ');
}

function hasBrokenTable(html: string): boolean {
  const open: string[] = [];
  for (const [, end, name = '', isEmpty] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
    if (end !== '') {
      open.pop();
      continue;
    }
    const parent = open.at(-1) ?? '';
    const parents = PARENTS.get(name);
    if (parents === undefined ? ONLY_PARTS.has(parent) : !parents.split(' ').includes(parent)) return true;
    if (isEmpty === '') open.push(name);
  }
  return false;
}
