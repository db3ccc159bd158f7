import { createHash } from 'node:crypto';
import { Agent } from 'undici';
import { decodePercent, parseUrl } from '../parse-url.ts';
import { type AddressGuard, createAddressGuard, portOf } from './address-guard.ts';
import { type Connector, createConnector, type OpenSocket, type Resolve } from './connector.ts';
import { type Answer, exchange, isSuccess } from './exchange.ts';
import { aborted, statusWords } from './fetch-failure.ts';
import { FetchError, type Fetched, type Fetcher, type FetchRequest, type Hop } from './fetcher.ts';
import { headerValues, isSendable, type ResponseHeaders, readFreshness, readRetryAt } from './response-headers.ts';

const HEADERS_LIMIT_MS = 10_000;
const MAX_HEADER_BYTES = 65_536;
const MAX_REDIRECTS = 5;
/** An idle connection serves the next source of the same host; 1 s lies between two of them. */
const KEEP_ALIVE_MS = 4_000;
const ACCEPT =
  'application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, ' +
  'application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1';

export interface HttpFetcherOptions {
  /** For addresses that feeds.json names, and their redirects within one host; all others may be public ones only, so that
   *  no publisher leads us to what the owner allowed himself. */
  readonly guard: AddressGuard;
  /** Of a body without its codings. */
  readonly maxBodyBytes: number;
  readonly userAgent: () => string;
  /** Milliseconds since 1970: what Retry-After and Expires are counted from. */
  readonly clock: () => number;
  /** From the look-up of the name to the last header line; 10 s. */
  readonly headersLimitMs?: number;
  /** To one origin at a time; unlimited if it is left out. */
  readonly connectionsPerHost?: number;
  readonly resolve?: Resolve;
  readonly openSocket?: OpenSocket;
}

export type HttpFetcher = Fetcher & {
  /** Where `url` redirects to, by one HEAD; undefined if it does not. Under the same guard and limits as every request.
   *  @throws FetchError, also when its server cannot say it now (429, 5xx) */
  whereTo(url: string, timeoutSeconds: number): Promise<string | undefined>;
  /** Ends what is in flight with 'fetch/aborted' and leaves no socket open. */
  close(): Promise<void>;
};

/** The one client for everything the daemon fetches over the network: guarded, limited, and sure that a body is complete. */
export function createHttpFetcher(options: HttpFetcherOptions): HttpFetcher {
  const strangers = createAddressGuard([]);
  const verifying = {
    named: createClient(options, options.guard, true),
    other: createClient(options, strangers, true),
  };
  const trusting = {
    named: createClient(options, options.guard, false),
    other: createClient(options, strangers, false),
  };

  const fetch: Fetcher = (request) =>
    withinLimit(request.timeoutSeconds, request.signal, (limit) =>
      fetchThrough(request.insecureTls ? trusting : verifying, request, options, limit),
    );

  return Object.assign(fetch, {
    async whereTo(address: string, timeoutSeconds: number) {
      const url = withoutCredentials(parseAddress(address));
      const headers = { 'user-agent': options.userAgent(), accept: '*/*' };
      const { maxBodyBytes, headersLimitMs = HEADERS_LIMIT_MS } = options;
      const question = {
        dispatcher: verifying.other.agent,
        method: 'HEAD',
        url,
        headers,
        maxBodyBytes,
        headersLimitMs,
      } as const;
      const { status, headers: answered } = await withinLimit(timeoutSeconds, undefined, ({ signal }) =>
        ask(verifying.other, { ...question, signal }),
      );
      if (status === 429 || status >= 500) throw statusFailure(status, answered, url, [], options.clock());
      if (!isRedirect(status)) return undefined;
      return followRedirect(url, status, headerValues(answered, 'location')[0], { hops: [], hasCredentials: false }).to;
    },
    async close() {
      await Promise.all([verifying, trusting].flatMap(({ named, other }) => [named.close(), other.close()]));
    },
  });
}

/** A pool of connections that are all made under one rule. */
interface Client {
  readonly agent: Agent;
  readonly connector: Connector;
  close(): Promise<void>;
}

/** One pool for each rule about addresses: a connection that one may use the other may not. */
interface Clients {
  readonly named: Client;
  readonly other: Client;
}

function createClient(options: HttpFetcherOptions, guard: AddressGuard, verifyTls: boolean): Client {
  const { resolve, openSocket, connectionsPerHost } = options;
  const connector = createConnector({
    guard,
    verifyTls,
    ...(resolve && { resolve }),
    ...(openSocket && { openSocket }),
  });
  const agent = new Agent({
    connect: connector.connect,
    pipelining: 1,
    ...(connectionsPerHost !== undefined && { connections: connectionsPerHost }),
    maxHeaderSize: MAX_HEADER_BYTES,
    // Ours are deadlines; undici's start anew with every byte.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  });
  const close = async () => {
    const ended = agent.destroy();
    connector.destroy();
    await ended;
  };
  return { agent, connector, close };
}

async function fetchThrough(
  clients: Clients,
  request: FetchRequest,
  { maxBodyBytes, userAgent, clock, headersLimitMs = HEADERS_LIMIT_MS }: HttpFetcherOptions,
  { signal, pause }: Limit,
): Promise<Fetched> {
  const asked = parseAddress(request.url);
  const credentials = readCredentials(asked);
  const validatorsFrom = request.validatorsFrom ?? asked.host;
  const hops: Hop[] = [];
  const namedHost = parseAddress(request.namedUrl ?? request.url).hostname;
  let url = withoutCredentials(asked);
  let isNamed = true;
  for (;;) {
    // A redirect that has left its host does not come back into what is allowed for it.
    isNamed &&= url.hostname === namedHost;
    const client = isNamed ? clients.named : clients.other;
    const validators = url.host === validatorsFrom ? validatorHeaders(request) : {};
    const headers = {
      'user-agent': userAgent(),
      accept: ACCEPT,
      'accept-encoding': 'gzip, br',
      ...validators,
      ...(credentials !== undefined && url.origin === asked.origin && { authorization: credentials }),
    };
    const question = { dispatcher: client.agent, url, headers, maxBodyBytes, headersLimitMs, signal };
    const answer = await ask(client, question).catch((error: unknown) => throwBehind(hops, url, error));
    if (!isRedirect(answer.status)) return readAnswer(answer, url, hops, Object.keys(validators).length > 0, clock());
    if (hops.length === MAX_REDIRECTS) {
      throw new FetchError('fetch/too-many-redirects', `It redirects more than ${MAX_REDIRECTS} times.`, { hops });
    }
    const location = headerValues(answer.headers, 'location')[0];
    const hop = followRedirect(url, answer.status, location, { hops, hasCredentials: credentials !== undefined });
    hops.push(hop);
    url = new URL(hop.to);
    if (request.beforeHop) {
      await pause(request.beforeHop(hop.to)).catch((error: unknown) => throwBehind(hops, url, error));
    }
  }
}

/** A failure behind redirects says where they led, since that is not the address that the owner knows. */
function throwBehind(hops: readonly Hop[], url: URL, error: unknown): never {
  if (!(error instanceof FetchError) || hops.length === 0) throw error;
  const { retryAt } = error;
  const detail = { hops, answeredBy: url.origin, ...(retryAt !== undefined && { retryAt }) };
  throw new FetchError(error.code, `It redirects to ${url.host}. ${error.message}`, detail);
}

/** A server may close an idle connection at the moment in which it is used again (RFC 9112 §9.3.1); only then it is asked twice. */
async function ask(client: Client, request: Parameters<typeof exchange>[0]): Promise<Answer> {
  const { url } = request;
  const connections = () => client.connector.made(url.hostname, portOf(url));
  const before = connections();
  try {
    return await exchange(request);
  } catch (error) {
    const wasCut = error instanceof FetchError && (error.code === 'fetch/closed' || error.code === 'fetch/reset');
    if (!wasCut || before === 0 || connections() !== before) throw error;
    return exchange(request);
  }
}

function readAnswer(answer: Answer, url: URL, hops: readonly Hop[], wasConditional: boolean, nowMs: number): Fetched {
  const { status, headers, bytes, wireBytes } = answer;
  const freshness = readFreshness(headers, nowMs);
  if (isSuccess(status)) {
    const contentType = headerValues(headers, 'content-type')[0];
    const bodyHash = createHash('sha256').update(bytes).digest('hex');
    const whole = { kind: 'fetched', status, bytes, bodyHash, wireBytes, url: url.href, hops, freshness } as const;
    return contentType === undefined ? whole : { ...whole, contentType };
  }
  if (status === 304 && wasConditional) return { kind: 'not-modified', hops, freshness };
  throw statusFailure(status, headers, url, hops, nowMs);
}

function statusFailure(
  status: number,
  headers: ResponseHeaders,
  url: URL,
  hops: readonly Hop[],
  nowMs: number,
): FetchError {
  const retryAt = readRetryAt(headers, nowMs);
  const detail = { status, hops, answeredBy: url.origin, ...(retryAt !== undefined && { retryAt }) };
  if (status !== 304) return new FetchError(`fetch/status-${status}`, statusWords(status), detail);
  const words = 'Its server answered "not modified" to an unconditional request.';
  return new FetchError('fetch/unexpected-304', words, detail);
}

const TEMPORARY = new Set([302, 303, 307]);
const PERMANENT = new Set([301, 308]);

/** Whether a status sends the client on by itself (RFC 9110 §15.4); 300 does not. */
const isRedirect = (status: number): boolean => TEMPORARY.has(status) || PERMANENT.has(status);

/** The next hop. The new address is not checked here: like every address it is before a connection is made.
 *  @throws FetchError 'fetch/redirect-refused' without a usable Location, for another scheme, and from https to http when
 *  the address has credentials; 'fetch/redirect-loop' */
function followRedirect(
  from: URL,
  status: number,
  location: string | undefined,
  so: { readonly hops: readonly Hop[]; readonly hasCredentials: boolean },
): Hop {
  const { hops, hasCredentials } = so;
  const text = location === undefined ? '' : asText(location);
  const url = text === '' ? undefined : parseUrl(text, from.href);
  if (!url) {
    throw new FetchError('fetch/redirect-refused', 'It redirects, but not to a valid address.', { status, hops });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new FetchError('fetch/redirect-refused', 'It redirects to something that is not a web page.', {
      status,
      hops,
    });
  }
  if (hasCredentials && from.protocol === 'https:' && url.protocol === 'http:') {
    const words = 'It redirects from https to http, and its password must not be sent unprotected.';
    throw new FetchError('fetch/redirect-refused', words, { status, hops });
  }
  // What a server says of users, passwords and fragments concerns nobody.
  const to = `${url.origin}${url.pathname}${url.search}`;
  if (to === from.href || hops.some((hop) => hop.from === to)) {
    throw new FetchError('fetch/redirect-loop', 'It redirects in a circle.', { status, hops });
  }
  return { from: from.href, to, permanent: PERMANENT.has(status) };
}

/** Header bytes that are UTF-8 mean it, as browsers take them; else latin-1. */
function asText(value: string): string {
  const bytes = Buffer.from(value.trim(), 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? value.trim() : text;
}

/** What a request may take. */
interface Limit {
  /** Aborts when it is used up, and when the caller wants no more. */
  readonly signal: AbortSignal;
  /** Waits for what is no fault of the server's, and does not count. */
  pause(wait: Promise<void>): Promise<void>;
}

/** Gives `work` a limit that ends it after so long, or with `stop`, with the FetchError that says so. */
async function withinLimit<T>(
  timeoutSeconds: number,
  stop: AbortSignal | undefined,
  work: (limit: Limit) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const onStop = () => controller.abort(aborted());
  let leftMs = timeoutSeconds * 1000;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const count = () => {
    startedAt = performance.now();
    timer = setTimeout(() => controller.abort(timedOut(timeoutSeconds)), leftMs);
  };
  const pause = async (wait: Promise<void>) => {
    clearTimeout(timer);
    leftMs -= performance.now() - startedAt;
    const cut = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    await Promise.race([wait, cut]).finally(count);
  };
  stop?.addEventListener('abort', onStop);
  if (stop?.aborted) onStop();
  count();
  try {
    return await work({ signal, pause });
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', onStop);
  }
}

function timedOut(seconds: number): FetchError {
  return new FetchError('fetch/timeout', `Its full answer did not arrive within ${seconds} s.`);
}

function validatorHeaders({ etag, lastModified }: FetchRequest): Record<string, string> {
  return {
    ...(etag !== undefined && isSendable(etag) && { 'if-none-match': etag }),
    ...(lastModified !== undefined && isSendable(lastModified) && { 'if-modified-since': lastModified }),
  };
}

function parseAddress(address: string): URL {
  const url = parseUrl(address);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new FetchError('fetch/bad-url', 'Its address is not one that starts with http:// or https://.');
}

/** The user:password@ of an address as a Basic header (RFC 7617), for its own origin only. */
function readCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decodePercent(username)}:${decodePercent(password)}`).toString('base64')}`;
}

function withoutCredentials(url: URL): URL {
  return new URL(`${url.origin}${url.pathname}${url.search}`);
}
