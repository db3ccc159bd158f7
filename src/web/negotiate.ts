/** What a client's conditional and negotiation headers ask for. Pure; nothing here throws, whatever the header holds. */

export type Encoding = 'br' | 'gzip' | 'identity';

/** Clients send a few dozen distinct Accept-Encoding values; parsing one costs more than all the rest of a 304. */
const known = new Map<string, Encoding>();
const KNOWN_LIMIT = 200;
const MAX_HEADER_CHARS = 1000;

/** The content coding to answer with: the highest weight, ties in the order br, gzip, identity. Identity when the header is
 *  absent, unreadable or refuses everything: a body that can be read is worth more than a 406 (RFC 9110 §12.5.3). */
export function chooseEncoding(header: string | undefined): Encoding {
  if (header === undefined || header.length > MAX_HEADER_CHARS) return 'identity';
  const before = known.get(header);
  if (before !== undefined) return before;
  const chosen = weigh(header);
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(header, chosen);
  return chosen;
}

function weigh(header: string): Encoding {
  const weights = new Map<string, number>();
  for (const member of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = member.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    if (coding !== '')
      weights.set(coding === 'x-gzip' ? 'gzip' : coding, weight === undefined ? 1 : parseWeight(weight));
  }
  const others = weights.get('*');
  const br = weights.get('br') ?? others ?? 0;
  const gzip = weights.get('gzip') ?? others ?? 0;
  // Unless named, identity is acceptable, but only after everything that was asked for.
  const identity = weights.get('identity') ?? 0;
  if (br > 0 && br >= gzip && br >= identity) return 'br';
  if (gzip > 0 && gzip >= identity) return 'gzip';
  return 'identity';
}

/** A weight that is not one (RFC 9110 §12.4.2) counts as a refusal: identity is what every client reads. */
function parseWeight(text: string): number {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0;
}

/** Which of our entity tags an If-None-Match names, `preferred` before the others; undefined when it names none.
 *  "*" names any. The comparison is weak: a W/ that a proxy put before our tag does not count (RFC 9110 §13.1.2). */
export function matchingTag(header: string, tags: Iterable<string>, preferred: string): string | undefined {
  if (header === preferred || header.trim() === '*') return preferred;
  const named = new Set(header.match(/"[\x21\x23-\x7e\x80-\xff]*"/g));
  if (named.has(preferred)) return preferred;
  for (const tag of tags) if (named.has(tag)) return tag;
  return undefined;
}

/** Milliseconds of an HTTP-date in any of its three forms; undefined for anything else (RFC 9110 §5.6.7). */
export function parseHttpDate(text: string): number | undefined {
  const isAsctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/.test(text);
  if (!isAsctime && !/^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/.test(text))
    return undefined;
  const time = Date.parse(isAsctime ? `${text} GMT` : text);
  return Number.isNaN(time) ? undefined : time;
}
