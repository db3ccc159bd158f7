/** The one file that knows how private addresses stay private: which of their pieces are secret, and how texts and addresses are
 *  freed of them. It is called at the borders: where feeds.json is read, where an answer comes in, and where anything goes out. */
import { ViaductError } from './errors.ts';
import { FetchError, type Fetched, type Hop } from './fetch/fetcher.ts';
import type { Config, Source } from './model.ts';
import { decodePercent, parseUrl } from './parse-url.ts';
import { escapeAttribute } from './publish/clean.ts';
import { sourcePath } from './publish/links.ts';
import { publicFeedUrl, webUrl } from './publish/web-url.ts';
import type { Reading } from './schedule/reading.ts';

/** Shorter pieces could be ordinary words; they are kept as parts of the whole address only. */
const MIN_PIECE_CHARACTERS = 6;

/** The pieces of a private source's address that may appear nowhere on their own, as they are and decoded: passwords, what `${NAME}`
 *  stands for, values of parameters, and long random parts of its path. */
export function secretPieces(
  written: string,
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const parsed = parseUrl(url);
  const fromEnvironment = [...written.matchAll(/\$\{([^}]*)\}/g)].map(([, name = '']) =>
    Object.hasOwn(env, name) ? env[name] : undefined,
  );
  const pathParts = parsed?.pathname.split('/').filter((part) => looksRandom(part) || looksRandom(bare(part))) ?? [];
  const pieces = [
    ...fromEnvironment,
    parsed?.password,
    ...(parsed?.searchParams.values() ?? []),
    ...(parsed?.search.slice(1).split('&') ?? []).map((pair) => pair.slice(pair.indexOf('=') + 1)),
    ...pathParts.flatMap((part) => [part, bare(part)]),
  ];
  const all = pieces.flatMap((piece) =>
    piece === undefined ? [] : [piece, decodePercent(piece), encodeURIComponent(piece)],
  );
  return unique(all)
    .filter((piece) => piece.length >= MIN_PIECE_CHARACTERS)
    .sort((a, b) => b.length - a.length);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** Parts of addresses of which every other feed has some. */
const FEED_WORDS = /^(?:feeds?|rss|atom|index|all|default)(?:\.(?:xml|rss|atom|json|rdf))?$/i;

/** The parts of an address that may give it away: those of its path, and the values of its query. */
function segmentsOf(url: string): readonly string[] {
  const parsed = parseUrl(url);
  if (!parsed) return [];
  const parts = [...parsed.pathname.split('/'), ...parsed.searchParams.values()];
  return parts.flatMap((part) => [part, bare(part)]).filter((part) => part !== '' && !FEED_WORDS.test(part));
}

/** Whether nobody would come upon it: letters and digits mixed, or small and capital letters within. */
function isToken(segment: string): boolean {
  return segment.length >= 4 && ((/\d/.test(segment) && /[a-z]/i.test(segment)) || /[a-z][A-Z]/.test(segment));
}

const ADDRESS = /https?:\/\/[^\s<>"']+/gi;

/** What conceals parts of a private address in the addresses of a text, as whole segments: `onItsHost` on the host of the
 *  private address, `anywhere` on every host. */
function concealer(host: string | undefined, onItsHost: readonly string[], anywhere: readonly string[]) {
  const patternOf = (segments: readonly string[]) =>
    segments.length === 0
      ? undefined
      : new RegExp(
          `(?<=[/?&=#])(?:${segments.map((one) => one.replace(/[^\w]/g, '\\$&')).join('|')})(?=[/?&#;.]|$)`,
          'g',
        );
  const [near, far] = [patternOf([...onItsHost, ...anywhere]), patternOf(anywhere)];
  return (text: string): string => {
    if (!near || !/https?:/i.test(text)) return text;
    return text.replace(ADDRESS, (address) => {
      const pattern = parseUrl(address)?.host === host ? near : far;
      const start = address.indexOf('/', 8);
      if (!pattern || start < 0) return address;
      return address.slice(0, start) + address.slice(start).replace(pattern, REDACTED);
    });
  };
}

/** A file name without its extension. */
function bare(part: string): string {
  return part.replace(/\.[a-z0-9]{2,5}$/i, '');
}

/** Whether a part of an address seems made by a machine to be hard to guess: 20 characters or more that change between small and
 *  capital letters and digits at least at every fourth place, as keys and uuids do and words and dates do not. */
export function looksRandom(part: string): boolean {
  if (!/^[\w.~=+-]{20,}$/.test(part) || !/\d/.test(part)) return false;
  const kinds = [...part]
    .filter((sign) => /[a-z0-9]/i.test(sign))
    .map((sign) => (/\d/.test(sign) ? 'digit' : /[a-z]/.test(sign) ? 'small' : 'capital'));
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  return changes * 4 >= kinds.length;
}

/** Sources whose address seems to hold a secret though nothing marks them private, a line each. The address is not repeated. */
export function secretWarnings(config: Config): readonly string[] {
  return config.sources.flatMap((source) => {
    const url = source.private ? undefined : parseUrl(source.url);
    const sign = url && signOfSecret(url);
    return sign === undefined
      ? []
      : [`${source.id}: its address seems to hold a secret (${sign}); if so, add "private": true`];
  });
}

function signOfSecret(url: URL): string | undefined {
  const isSecretName = (name: string) => /token|secret|passw|api.?key|^(key|auth|pwd|pass|sig|signature)$/i.test(name);
  if ([...url.searchParams.keys()].some(isSecretName)) return 'a parameter such as "key" or "token"';
  return url.protocol !== 'file:' && url.pathname.split('/').some(looksRandom) ? 'a long random part' : undefined;
}

/** What stands in stored texts for a piece of a private address. An address with it leads nowhere, so it is left out. */
const REDACTED = '[private]';
const REDACTED_IN_URL = /\[private\]|%5Bprivate%5D/i;

/** The ways in which an address may be written in a text or in HTML. */
function spellingsOf(url: string): ReadonlySet<string> {
  return new Set([url, webUrl(url) ?? url].flatMap((address) => [address, escapeAttribute(address)]));
}

/** A homepage that is the private address itself is none. */
function publicHomepage({ url, homepage }: Source): string | undefined {
  const href = webUrl(homepage);
  return href !== undefined && spellingsOf(url).has(href) ? undefined : href;
}

/** What a private source answered, without its address, the addresses it was led to, and the secret pieces of both, so that none of
 *  them is ever stored, logged or shown: publishers repeat the address that was asked in links, guids, entity tags and error pages.
 *  Of any other source the reading as it is. */
export function redactReading(source: Source, reading: Reading): Reading {
  if (!source.private) return reading;
  switch (reading.kind) {
    case 'fetch-failed': {
      const { error } = reading;
      const redact = redactorOf(source, error.hops);
      const message = redact(error.message.replace(/^It redirects to \S+\. /, 'It redirects. '));
      const { status, retryAt, answeredBy, hops } = error;
      const detail = {
        ...(status !== undefined && { status }),
        ...(retryAt !== undefined && { retryAt }),
        ...(answeredBy !== undefined && { answeredBy }),
      };
      return { kind: 'fetch-failed', error: new FetchError(error.code, message, { ...detail, hops }) };
    }
    case 'parse-failed': {
      const { error, fetched } = reading;
      const message = redactorOf(source, fetched.hops)(error.message);
      return { ...reading, error: new ViaductError(error.code, message), fetched: withoutEchoes(source, fetched) };
    }
    case 'document': {
      const redact = redactorOf(source, reading.fetched.hops);
      const document = mapTexts(reading.document, redact) as typeof reading.document;
      return { ...reading, document, fetched: withoutEchoes(source, reading.fetched) };
    }
    case 'same':
      return { ...reading, fetched: withoutEchoes(source, reading.fetched) };
    case 'not-modified':
      return { ...reading, fetched: withoutEchoes(source, reading.fetched) };
  }
}

/** Validators that repeat the address are not kept: they would have to be stored as they are. */
function withoutEchoes<T extends Fetched>(source: Source, fetched: T): T {
  const { etag, lastModified, ...freshness } = fetched.freshness;
  const redact = redactorOf(source, fetched.hops);
  const host = fetched.kind === 'fetched' ? new URL(fetched.url).host : '';
  const isEchoed = [etag, lastModified, host].some((text) => text !== undefined && redact(text) !== text);
  return isEchoed ? { ...fetched, freshness } : fetched;
}

function redactorOf(source: Source, hops: readonly Hop[]): (text: string) => string {
  const addresses = [source.url, ...hops.map(({ to }) => to)];
  const whole = addresses
    .filter((url) => !/^(https?:\/\/[^/]*\/?$|file:)/.test(url))
    .flatMap((url) => [...spellingsOf(url)]);
  const pieces = [...(source.secrets ?? []), ...hops.flatMap(({ to }) => secretPieces(to, to, {}))];
  const secrets = [...new Set([...whole, ...pieces])].sort((a, b) => b.length - a.length);
  const ofHome = segmentsOf(publicHomepage(source) ?? '');
  const tokens = addresses.flatMap(segmentsOf).filter((segment) => isToken(segment) && !ofHome.includes(segment));
  const conceal = concealer(undefined, [], tokens);
  return (text) => conceal(secrets.reduce((redacted, secret) => redacted.replaceAll(secret, REDACTED), text));
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((element) => mapTexts(element, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]));
}

/** Keeps private addresses out of what is published. */
export interface Redaction {
  /** `webUrl`, but undefined when the URL gives a private address away (an item of a bridge often links to FEED#1). */
  url(url: string | undefined): string | undefined;
  /** Text or HTML with such addresses replaced by the source's homepage, else by its page here. */
  text(text: string): string;
}

const redactions = new WeakMap<Pick<Config, 'sources' | 'site'>, Redaction>();

/** The redaction for these sources, made once. An address without path and query says nothing more than its site: only it itself is
 *  secret. */
export function redactionFor(config: Pick<Config, 'sources' | 'site'>): Redaction {
  const known = redactions.get(config) ?? createRedaction(config);
  redactions.set(config, known);
  return known;
}

function createRedaction({ sources, site }: Pick<Config, 'sources' | 'site'>): Redaction {
  const secrets = sources
    .filter((source) => !source.url.startsWith('file:') && publicFeedUrl(source) === undefined)
    .map((source) => ({
      spellings: spellingsOf(source.url),
      isSiteRoot: /^https?:\/\/[^/]*\/?$/.test(source.url),
      substitute: publicHomepage(source) ?? site.url + sourcePath(source.id),
    }));
  const wide = secrets.filter(({ isSiteRoot }) => !isSiteRoot);
  const pieces = sources.flatMap((source) => source.secrets ?? []);
  const conceal = concealAll(sources);
  const isSecret = (href: string): boolean =>
    REDACTED_IN_URL.test(href) ||
    conceal(href) !== href ||
    pieces.some((piece) => href.includes(piece)) ||
    secrets.some(({ spellings }) => spellings.has(href)) ||
    wide.some(({ spellings }) => [...spellings].some((spelling) => href.includes(spelling)));
  return {
    url(url) {
      const href = webUrl(url);
      return href === undefined || isSecret(href) ? undefined : href;
    },
    text(text) {
      let redacted = text;
      for (const { spellings, substitute } of wide) {
        for (const spelling of spellings) redacted = redacted.replaceAll(spelling, () => substitute);
      }
      for (const piece of pieces) redacted = redacted.replaceAll(piece, REDACTED);
      return conceal(redacted);
    },
  };
}

/** Conceals in addresses what of private ones stands neither in their homepage nor in the address of another source: who publishes
 *  `/u/TOKEN/ep1.html` publishes the way to `/u/TOKEN/feed.xml`. */
function concealAll(sources: readonly Source[]): (text: string) => string {
  const isPrivate = (source: Source) => /^https?:/.test(source.url) && publicFeedUrl(source) === undefined;
  const known = new Set(sources.filter((source) => !isPrivate(source)).flatMap(({ url }) => segmentsOf(url)));
  const concealers = sources.filter(isPrivate).map((source) => {
    const ofHome = segmentsOf(publicHomepage(source) ?? '');
    const segments = unique(segmentsOf(source.url)).filter((one) => !known.has(one) && !ofHome.includes(one));
    return concealer(parseUrl(source.url)?.host, segments, segments.filter(isToken));
  });
  return (text) => concealers.reduce((concealed, conceal) => conceal(concealed), text);
}

/** A message about a private source, without anything that looks like an address: it may name where a redirect led. */
export function hideAddresses(message: string): string {
  return message.replace(/\bhttps?:\/\/\S+/gi, 'its address');
}
