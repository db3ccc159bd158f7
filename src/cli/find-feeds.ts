import type { Asker } from '../app.ts';
import type { Config, Source } from '../model.ts';
import { discoverFeeds, knownFeeds, likelyFeeds, usualFeeds } from '../parse/discover-feeds.ts';
import type { Reading } from '../schedule/reading.ts';

/** Named feeds of one page that are tried; more are listings of a whole site. */
const MAX_TRIED = 8;

/** A feed that was asked and read. */
export interface FoundFeed {
  /** Where it is now: after permanent redirects, else the address that was asked. */
  readonly url: string;
  /** The page that named it; absent when the address was that of the feed itself. */
  readonly page?: string;
  readonly reading: Extract<Reading, { kind: 'document' }>;
}

/** The feeds of an address, best first, or why there are none. `isClosed`: its own host is not on the public Internet. */
export type FoundFeeds =
  | { readonly feeds: readonly FoundFeed[] }
  | { readonly problem: string; readonly isClosed: boolean };

/** Finds what can be followed at an address: the feed itself, or the feeds of a page, by what everybody knows of its site, by what
 *  the page names, and at last by trying the usual places until one answers with a feed. `show` hears of each address that is asked. */
export async function findFeeds(
  address: string,
  ports: {
    readonly config: Config;
    readonly asker: Asker;
    /** Whether the address holds a secret. */
    readonly isPrivate: boolean;
    readonly show: (url: string) => void;
  },
): Promise<FoundFeeds> {
  const ask = (url: string): Promise<Reading> => {
    ports.show(url);
    return ports.asker.ask(probeOf(url, ports));
  };
  const tryAll = async (urls: readonly string[], isFirstEnough: boolean): Promise<readonly FoundFeed[]> => {
    const feeds: FoundFeed[] = [];
    for (const url of urls) {
      const reading = await ask(url);
      const found = reading.kind === 'document' ? foundAt(url, reading, address) : undefined;
      if (found && !feeds.some((feed) => isSame(feed, found))) feeds.push(found);
      if (found && isFirstEnough) break;
      // Nobody answers: the other places of this host do not either.
      if (isFirstEnough && reading.kind === 'fetch-failed' && reading.error.status === undefined) break;
    }
    return feeds;
  };

  const known = await tryAll(knownFeeds(address), true);
  if (known.length > 0) return { feeds: known };
  const reading = await ask(address);
  if (reading.kind === 'document') return { feeds: [foundAt(address, reading)] };
  if (reading.kind === 'fetch-failed') {
    // Behind a redirect it is not the host that the operator named.
    const isClosed = reading.error.code === 'fetch/refused-address' && reading.error.hops.length === 0;
    return { problem: reading.error.message, isClosed };
  }
  if (reading.kind !== 'parse-failed') return { problem: 'Its server answered with nothing new.', isClosed: false };
  const { bytes, url, contentType } = reading.fetched;
  const { code, message } = reading.error;
  // A page may leave out <html>.
  const isPage = code === 'parse/html' || (code === 'parse/not-a-feed' && /html/i.test(contentType ?? ''));
  if (!isPage) return { problem: `It is no feed: ${message}.`, isClosed: false };

  const named = discoverFeeds(bytes, url, contentType).slice(0, MAX_TRIED);
  const feeds = await tryAll(
    named.map((link) => link.url),
    false,
  );
  if (feeds.length > 0) return { feeds };
  const guessed = await tryAll([...likelyFeeds(url), ...usualFeeds(url)], true);
  if (guessed.length > 0) return { feeds: guessed };
  const tried = named.length > 0 ? 'the feeds that it names cannot be read' : 'it names no feed';
  return {
    problem: `It is a web page; ${tried}, and there is none at the usual places. If you know the address of its feed, give that.`,
    isClosed: false,
  };
}

function foundAt(url: string, reading: FoundFeed['reading'], page?: string): FoundFeed {
  return { url: movedTo(reading) ?? url, reading, ...(page !== undefined && { page }) };
}

/** The address that a document has for good now; undefined when it is that which was asked. */
export function movedTo({ fetched }: FoundFeed['reading']): string | undefined {
  const firstPassing = fetched.hops.findIndex(({ permanent }) => !permanent);
  const lasting = firstPassing < 0 ? fetched.hops : fetched.hops.slice(0, firstPassing);
  const to = lasting.at(-1)?.to;
  // In feeds.json ${NAME} would be filled in from the environment of the operator.
  return to?.includes('${') ? undefined : to;
}

/** The same feed under another name, such as with and without "www.". */
function isSame(a: FoundFeed, b: FoundFeed): boolean {
  return a.url === b.url || a.reading.fetched.bodyHash === b.reading.fetched.bodyHash;
}

/** An address as a source with every default. */
function probeOf(url: string, { config, isPrivate }: { config: Config; isPrivate: boolean }): Source {
  return {
    id: 'probe',
    url,
    categories: [],
    content: 'summary',
    poll: config.poll,
    timeoutSeconds: config.limits.timeoutSeconds,
    private: isPrivate,
    insecureTls: false,
    disabled: false,
  };
}
