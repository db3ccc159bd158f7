import type { ContentPolicy, Entry, Instant, Item, Source, Via } from '../../model.ts';
import { cleanLine } from '../../publish/clean.ts';
import { excerpt, isTelling, standfirst, tellingText } from '../../publish/excerpt.ts';
import { itemPath } from '../../publish/links.ts';
import { withoutTracking } from '../../publish/web-url.ts';
import { hideAddresses, redactionFor } from '../../secrets.ts';
import type { SourceView, View } from '../view.ts';

/** What others wrote, as a page may repeat it: on one line, without the addresses of private sources. */
export function shownText(view: View, text: string): string {
  return cleanLine(redactionFor(view.config).text(text));
}

/** Sanitised HTML as a page shows it: without the addresses of private sources, see forPage. */
export function shownHtml(view: View, html: string): string {
  return forPage(withoutTracking(redactionFor(view.config).text(html)));
}

/** An href to another site: absolute http(s), and no private source's address. Undefined when it is neither, or private. */
export function shownUrl(view: View, url: string | undefined): string | undefined {
  return redactionFor(view.config).url(url);
}

/** Why a source could not be read; of a private source without any address. */
export function shownProblem(view: View, source: Source, message: string): string {
  return shownText(view, source.private ? hideAddresses(message) : message);
}

/** Never empty. */
export function titleOf(view: View, item: Item): string {
  return shownText(view, item.title) || 'Untitled';
}

/** Path of the item's page, the one that feeds give. */
export function pathOf(view: View, item: Item): string {
  return itemPath({ id: item.id, title: redactionFor(view.config).text(item.title) });
}

/** The sentence or two under a title; undefined when the source gives none, or lets its titles be shown only. */
export function dekOf(view: View, item: Item): string | undefined {
  if (policyOf(view, item.body) === 'title') return undefined;
  const { body } = item;
  // The title of an untitled entry is made of its text, and may be all of it.
  const dek = standfirst(body.title === undefined ? { ...body, title: item.title } : body);
  return dek === undefined ? undefined : shownText(view, dek) || undefined;
}

/** What of an entry's text may be shown. */
export function policyOf(view: View, entry: Entry): ContentPolicy {
  return sourceOf(view, entry.source)?.source.content ?? view.config.content;
}

export function sourceOf(view: View, id: string): SourceView | undefined {
  return view.source(id);
}

/** Where a via's readers discuss the item; undefined when that is the item's own page. */
export function discussionOf(view: View, item: Item, { discussion }: Via): string | undefined {
  const [href, original] = [shownUrl(view, discussion), shownUrl(view, item.url)];
  return href === original ? undefined : href;
}

/** The first discussion of the item that is a page of its own: of an article's own comments its page shows the way. */
export function discussionElsewhere(view: View, item: Item): string | undefined {
  const page = (url: string | undefined) => url?.replace(/\/?(#.*)?$/s, '');
  const hrefs = item.via.map((via) => discussionOf(view, item, via));
  return hrefs.find((href) => href !== undefined && page(href) !== page(shownUrl(view, item.url)));
}

/** The first author who has a name. */
export function authorOf(view: View, { authors }: Entry): string | undefined {
  const names = authors.map(({ name }) => (name === undefined ? '' : shownText(view, name)));
  return names.find((name) => name !== '');
}

/** '3 min read', '62 min listen', '4 min watch'. Undefined where there is nothing to read, or nobody says how long it runs. */
export function timeItTakes({ primary, body }: Item): string | undefined {
  const types = [primary, body].flatMap(({ enclosures }) => enclosures.map(({ type, url }) => type ?? url));
  const isFilm = types.some((type) => /^video\/|shockwave-flash|\.(?:mp4|m4v|webm|mov)(?:$|\?)/i.test(type));
  const isSound = types.some((type) => /^audio\/|\.(?:mp3|m4a|ogg|opus)(?:$|\?)/i.test(type));
  const seconds = primary.durationSeconds ?? body.durationSeconds;
  if (seconds !== undefined && (isFilm || isSound)) {
    return `${Math.max(1, Math.round(seconds / 60))} min ${isFilm ? 'watch' : 'listen'}`;
  }
  const text = tellingText(body.text || body.summary || '', body.title);
  // A line or two beside a film or a sound are not what takes the time.
  const isToBeRead = isTelling(text, body.title) && (body.minutes > 1 || !(isFilm || isSound));
  return isToBeRead ? `${body.minutes} min read` : undefined;
}

/** In which a publisher says that there is more. */
const END_CHARS = 300;

/** What of an item's text its page shows. */
export interface ItemBody {
  /** Below the title; absent when the text begins with it. */
  readonly dek?: string;
  /** Plain text. */
  readonly text?: string;
  /** Sanitised. */
  readonly html?: string;
  /** 'text': all of it, but for pictures, sound and film. */
  readonly kind: 'full' | 'text' | 'excerpt' | 'title';
  /** Since when the text stands as it is shown. */
  readonly since: Instant;
}

/** The whole text only where the source says so, else the excerpt; nothing is said twice. */
export function bodyOf(view: View, item: Item): ItemBody {
  const { body } = item;
  const since = body.edited ?? body.firstSeen;
  const policy = policyOf(view, body);
  const dek = dekOf(view, item);
  if (policy === 'full' && body.html !== undefined) {
    const isRepeated = dek !== undefined && body.text !== undefined && begins(body.text, dek);
    return {
      ...(dek !== undefined && !isRepeated && { dek }),
      html: shownHtml(view, body.html),
      kind: kindOf(body.html),
      since,
    };
  }
  const short = policy === 'title' ? undefined : excerpt(body);
  const text = short === undefined ? '' : shownText(view, short);
  if (text === '') return { kind: 'title', since };
  if (dek === undefined || !text.startsWith(dek)) return { text, kind: 'excerpt', since };
  const rest = text.slice(dek.length).trim();
  return { dek, ...(rest !== '' && { text: rest }), kind: 'excerpt', since };
}

/** How much of an article its publisher's HTML is. */
function kindOf(html: string): ItemBody['kind'] {
  const end = html
    .slice(-END_CHARS)
    .replace(/<[^>]*>/g, ' ')
    .trim();
  if (
    /(?:…|\.\.\.|\[(?:…|&hellip;|\.\.\.)\]|(?:continue reading|read (?:more|on)|weiterlesen|lire la suite|leer más)\P{L}{0,9})$/iu.test(
      end,
    )
  )
    return 'excerpt';
  return /<(?:img|video|audio)\b/.test(html) ? 'text' : 'full';
}

function begins(text: string, dek: string): boolean {
  const words = (from: string) => from.replace(/\s+/g, ' ').trim();
  return words(text.slice(0, 2 * dek.length + 100)).startsWith(words(dek).replace(/…$/, ''));
}

/** Headings one step down, as h1 is the page's own title, and images as links to them: nothing is loaded from elsewhere
 *  that the reader did not ask for. In sanitised HTML '<' and '>' stand for tags only. */
function forPage(html: string): string {
  let isInLink = false;
  return html.replace(/<(\/?)h1\b/g, '<$1h2').replace(/<a\b[^>]*>|<\/a>|<img\b[^>]*>/g, (tag) => {
    if (!tag.startsWith('<img')) {
      isInLink = tag !== '</a>';
      return tag;
    }
    const words = `Image${labelled(attribute(tag, 'alt'))}`;
    const src = attribute(tag, 'src');
    if (isInLink || src === '') return words;
    return `<a href="${src}" rel="noopener noreferrer nofollow">${words}</a>`;
  });
}

const labelled = (alt: string): string => (alt.trim() === '' ? '' : `: ${alt}`);

function attribute(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}
