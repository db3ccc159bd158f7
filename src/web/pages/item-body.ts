import type { Instant, Item } from '../../model.ts';
import { excerpt } from '../../publish/excerpt.ts';
import type { View } from '../view.ts';
import { dekOf, policyOf, shownHtml, shownText } from './shown.ts';

/** What of an item's text its page shows. */
export interface ItemBody {
  /** Below the title; absent when the text begins with it. */
  readonly dek?: string;
  /** Plain text. */
  readonly text?: string;
  /** Sanitised. */
  readonly html?: string;
  readonly kind: 'full' | 'excerpt' | 'title';
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
      html: forPage(shownHtml(view, body.html)),
      kind: 'full',
      since,
    };
  }
  const told = policy === 'title' ? undefined : excerpt(body);
  const text = told === undefined ? '' : shownText(view, told);
  if (text === '') return { kind: 'title', since };
  if (dek === undefined || !text.startsWith(dek)) return { text, kind: 'excerpt', since };
  const rest = text.slice(dek.length).trim();
  return { dek, ...(rest !== '' && { text: rest }), kind: 'excerpt', since };
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
