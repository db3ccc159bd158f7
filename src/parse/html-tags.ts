import { ELEMENT_KINDS } from './html-names.ts';
import { decodeHtmlReferences } from './references.ts';

export type Attributes = Readonly<Record<string, string | undefined>>;

/** The attributes in the source of a start tag behind its name, names in lower case, references decoded; of two with one
 *  name the first counts. HTML §13.1.2.3. */
export function attributesOf(source: string): Attributes {
  const attributes: Record<string, string> = Object.create(null);
  for (const [, name = '', double, single, bare] of source.matchAll(ATTRIBUTE))
    attributes[name.toLowerCase()] ??= decodeHtmlReferences(double ?? single ?? bare ?? '');
  return attributes;
}

const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

/** Whether isHidden may be true of a start tag, quickly: nine of ten tags hide nothing. */
export function mayHide(source: string): boolean {
  if (source.includes('hidden')) return true;
  return (source.includes('style') || source.includes('STYLE')) && /none|hidden|mso-hide|max-height/i.test(source);
}

/** What newsletters write on the line that only a list of mails shows comes with these, too. */
const HIDING_STYLE =
  /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:[;!]|$))/i;

/** Whether an element's content is shown to nobody: the `hidden` attribute (HTML §6.1), a style. Also aria-hidden, where
 *  it is inline: the second copy of a formula, or a sign for what stands there in words (WAI-ARIA §6.6); not where it
 *  holds a picture, which can be seen. */
export function isHidden(name: string, attributes: Attributes, hasPicture: boolean): boolean {
  if (attributes.hidden !== undefined || HIDING_STYLE.test(attributes.style ?? '')) return true;
  if (hasPicture || attributes['aria-hidden']?.trim().toLowerCase() !== 'true') return false;
  return ELEMENT_KINDS.get(name) === 'inline' || name === 'svg' || name.includes('-');
}

const EMOJI =
  /^(?=.*(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3))[\p{Extended_Pictographic}\p{Emoji_Component}\s]{1,40}$/u;
const SHORTCODE = /^:[\w+-]{1,60}:$/;
const SMILEY_CLASS = /(?:^|[\s_-])(?:tw)?(?:emoji|emoticon|smiley|smilie)/i;
const SMILEY_CHARS = 40;

/** What the source of an <img> holds if emojiOf may find one in it. */
export const MAY_BE_EMOJI = /emoji|emoticon|smil|\balt\s*=\s*["']?\s*(?::|&#|[^\0-\x7f])/i;

/** What a picture stands for in a line of text: the emoji or smiley that its `alt` holds, or the name of one that only its
 *  server knows (`:blobcat:`). Undefined for any other picture. */
export function emojiOf({ alt = '', class: classes = '' }: Attributes): string | undefined {
  const text = alt.trim();
  if (text === '' || text.length > SMILEY_CHARS) return undefined;
  return EMOJI.test(text) || SHORTCODE.test(text) || SMILEY_CLASS.test(classes) ? text : undefined;
}

/** Whether an emoji is one that only its server knows, so that its picture says more than its name. */
export function isShortcode(emoji: string): boolean {
  return SHORTCODE.test(emoji);
}
