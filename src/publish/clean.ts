/** All that XML 1.0 (§2.2) forbids, lone surrogates among it, and the C1 controls, which no text means. */
const UNFIT = /[^\t\n\r\x20-\x7E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** `text` without the characters that an XML document may not hold, even as references. */
export function cleanText(text: string): string {
  return text.replace(UNFIT, '');
}

/** `cleanText` on one line, white space folded: for titles, names and attributes. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(/\s+/g, ' ')).trim();
}

/** Clean text as HTML or XML text (XML 1.0 §2.4). */
export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Clean text as a double-quoted attribute value of HTML or XML. */
export function escapeAttribute(text: string): string {
  return escapeText(text).replace(/"/g, '&quot;');
}

/** One XML element of clean strings on one line: attributes that are undefined are left out, text is escaped.
 *  An element without text and children is written empty. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  text?: string,
): string {
  const start = openTag(name, attributes);
  return text === undefined ? start.replace(/>$/, '/>') : `${start}${escapeText(text)}</${name}>`;
}

/** The start of an XML element. */
export function openTag(name: string, attributes: Readonly<Record<string, string | number | undefined>>): string {
  const parts = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return `<${[name, ...parts.map(([key, value]) => `${key}="${escapeAttribute(`${value}`)}"`)].join(' ')}>`;
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** The language tag in its usual form (RFC 5646), 'pt-BR'; undefined when it is none or its language is not registered. */
export function languageTag(language: string | undefined): string | undefined {
  if (language === undefined || !/^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i.test(language)) return undefined;
  try {
    const [tag] = Intl.getCanonicalLocales(language);
    const [primary = ''] = tag?.split('-') ?? [];
    return languageNames.of(primary) === undefined ? undefined : tag;
  } catch {
    return undefined;
  }
}
