import { type Asker, openAsker } from '../app.ts';
import { addSources, allowHost, type NewSource } from '../config/edit-feeds.ts';
import { editFeedsFile } from '../config/feeds-file.ts';
import { readFeedsFile } from '../config/load-config.ts';
import { ConfigError, parseConfig } from '../config/parse-config.ts';
import { resolveAddress } from '../config/resolve-address.ts';
import { assignSourceIds } from '../config/source-id.ts';
import { ViaductError } from '../errors.ts';
import { createAddressGuard } from '../fetch/address-guard.ts';
import type { Config } from '../model.ts';
import { feedFormat } from '../parse/feed-format.ts';
import { parseUrl } from '../parse-url.ts';
import { secretWarnings } from '../secrets.ts';
import type { CliIo, CommandContext } from './context.ts';
import { type FoundFeed, findFeeds } from './find-feeds.ts';
import { createKnownAddresses, type KnownAddresses } from './known-addresses.ts';
import { counted, drawLine, inTable, printable } from './terminal.ts';

export interface AddFlags {
  readonly id?: string;
  readonly title?: string;
  readonly via?: string;
  readonly category?: string;
  /** Every feed that a page has. */
  readonly all?: boolean;
  /** The first of several, without asking. */
  readonly yes?: boolean;
  /** Put a private host into `allow`. */
  readonly allow?: boolean;
  /** False: write the address as it is. */
  readonly fetch?: boolean;
}

/** What will be written of one feed, and said of it. */
interface Addition {
  readonly source: NewSource;
  readonly about: string;
}

/** Tries addresses, finds their feeds and writes them into feeds.json. Exit codes: 0 all were added, 1 one cannot be read,
 *  2 one is there already or may not be asked. What can be added is added. */
export async function add(addresses: readonly string[], flags: AddFlags, context: CommandContext): Promise<number> {
  const { io, settings } = context;
  const text = await readFeedsFile(settings.configFile);
  const config = await context.loadConfig();
  const known = createKnownAddresses(config);
  const line = drawLine(io);
  const allowed: string[] = [];
  const additions: Addition[] = [];
  let exitCode = 0;
  let asker: Asker | undefined;
  try {
    for (const address of addresses) {
      const before = allowed.length;
      const outcome = await consider(withScheme(address));
      line.clear();
      if ('additions' in outcome) additions.push(...outcome.additions);
      else {
        // A host is opened for a feed that is there, and for nothing else.
        allowed.length = before;
        io.err(`${printable(address)}: ${outcome.problem}\n`);
        exitCode = Math.max(exitCode, outcome.exitCode);
      }
    }
  } finally {
    await asker?.close();
  }
  if (additions.length === 0) return exitCode;
  const named = additions.map(({ source }) => ({ ...source, ...naming(flags, additions.length) }));
  checkNew(named, [...config.allow, ...allowed], config, context);
  await editFeedsFile(
    settings,
    context.loadConfig,
    (current, now) => {
      if (now !== config) refuseRepeated(named, now);
      return addSources(allowed.reduce(allowHost, current), named);
    },
    { text, config },
  );
  await report(named);
  return exitCode;

  type Outcome = { readonly additions: readonly Addition[] } | { readonly problem: string; readonly exitCode: number };

  async function consider(address: string): Promise<Outcome> {
    const guard = createAddressGuard([...config.allow, ...allowed]);
    const resolved = resolveAddress(address, { file: settings.configFile, env: io.env, guard, isPrivate: false });
    if ('problem' in resolved) {
      if (resolved.isClosed && (await mayAllow(address))) return consider(address);
      return { problem: resolved.isClosed ? closed(address) : resolved.problem, exitCode: 2 };
    }
    const { url, usesEnvironment, holdsPassword } = resolved;
    const same = known.find(url);
    if (same !== undefined) return { problem: `it ${isThere(same)}`, exitCode: 2 };
    if (flags.fetch === false) {
      known.add(url, url);
      return { additions: [{ source: { url: address }, about: 'not tried' }] };
    }
    asker ??= openAsker(withAllowed(), settings);
    const isSecret = usesEnvironment || holdsPassword;
    const show = (asked: string) => line.show(isSecret ? 'asking …' : `asking ${asked}`);
    const found = await findFeeds(url, { config: withAllowed(), asker, isPrivate: isSecret, show });
    line.clear();
    if ('problem' in found) {
      if (found.isClosed && (await mayAllow(address))) return consider(address);
      return { problem: found.isClosed ? closed(address) : found.problem, exitCode: found.isClosed ? 2 : 1 };
    }
    return take(address, url, isSecret, found.feeds);
  }

  async function take(address: string, url: string, isSecret: boolean, feeds: readonly FoundFeed[]): Promise<Outcome> {
    const fresh = feeds.filter((feed) => known.find(feed.url) === undefined);
    const [first] = fresh;
    if (!first) return { problem: `its feed ${isThere(known.find(feeds[0]?.url ?? '') ?? '')}`, exitCode: 2 };
    const chosen = await chooseFeeds(address, fresh, flags, io);
    return {
      additions: chosen.map((feed): Addition => {
        const { document, fetched } = feed.reading;
        known.add(feed.url, feedTitle(feed));
        // An address that holds a secret is written as it was typed, ${NAME} and all.
        const isAsTyped = feed.page === undefined && (isSecret || feed.url === url);
        const format = feedFormat(fetched.bytes, fetched.contentType);
        return {
          source: { url: isAsTyped ? address : feed.url },
          about: `${feedTitle(feed)} (${format}, ${counted(document.entries.length, 'item')})`,
        };
      }),
    };
  }

  /** Whether the operator says that a private host is his own; then it is allowed from now on. */
  async function mayAllow(address: string): Promise<boolean> {
    const host = hostOf(address);
    line.clear();
    const isAllowed =
      flags.allow === true ||
      /^y(es)?$/i.test(
        (await io.ask?.(`${host} is not on the public Internet. Is it yours, and may it be asked? [y/N] `)) ?? '',
      );
    if (!isAllowed || allowed.includes(host)) return false;
    allowed.push(host);
    await asker?.close();
    asker = undefined;
    return true;
  }

  function withAllowed(): Config {
    return { ...config, allow: [...config.allow, ...allowed] };
  }

  async function report(written: readonly NewSource[]): Promise<void> {
    const given = config.sources.map(({ id, url, private: isPrivate }) => ({ id, address: url, private: isPrivate }));
    const added = written.map((source) => ({ ...source, address: source.url, private: isHidden(source.url) }));
    const ids = assignSourceIds([...given, ...added]).slice(given.length);
    for (const host of allowed) await io.out(`+ "allow": ${host}`);
    for (const [index, { url }] of written.entries()) {
      const about = printable(additions[index]?.about ?? '');
      await io.out(`+ ${about}${isHidden(url) ? '' : `: ${url}`}, as ${ids[index]}`);
    }
  }
}

/** Whether an address is private by itself. */
const isHidden = (address: string) => address.includes('${') || /^https?:\/\/[^/?#]*@/i.test(address);

/** People name sites without "https://"; readers hand over "feed:" addresses. */
function withScheme(address: string): string {
  const bare = address
    .trim()
    .replace(/^feed:(?:\/\/)?(?=https?:)/i, '')
    .replace(/^feed:\/\//i, 'https://');
  if (/^[a-z][a-z0-9+.-]*:(?!\d+(\/|$))/i.test(bare) || bare.startsWith('${')) return bare;
  const isLocal = /^(localhost|127\.|\[::1\])/.test(bare);
  return `${isLocal ? 'http' : 'https'}://${bare}`;
}

const hostOf = (address: string) => parseUrl(address)?.host ?? '';

const isThere = (name: string) => `is there already: ${printable(name)}.`;

function closed(address: string): string {
  return `${hostOf(address)} is not on the public Internet; if it is yours, add it with --allow.`;
}

function naming({ id, title, via, category }: AddFlags, count: number): Omit<NewSource, 'url'> {
  const ofOne = Object.entries({ '--id': id, '--title': title, '--via': via }).find(([, value]) => value !== undefined);
  if (ofOne && count > 1) throw new ViaductError('usage/add', `${ofOne[0]} names one source, and these are ${count}.`);
  return {
    ...(id !== undefined && { id }),
    ...(title !== undefined && { title }),
    ...(via !== undefined && { via }),
    ...(category !== undefined && { category }),
  };
}

/** Judges what will be written as if it were all there is, so that a list of 10,000 is not read again.
 *  @throws ViaductError 'usage/add' that names the flag */
function checkNew(
  sources: readonly NewSource[],
  allow: readonly string[],
  config: Config,
  context: CommandContext,
): void {
  const { io, settings } = context;
  const taken = sources.find(({ id }) => id !== undefined && config.sources.some((source) => source.id === id));
  if (taken) throw new ViaductError('usage/add', `--id ${taken.id}: another source has this id.`);
  try {
    const read = parseConfig(JSON.stringify({ allow, sources }), {
      file: settings.configFile,
      port: settings.port,
      env: io.env,
    });
    for (const warning of secretWarnings(read)) io.err(`${warning}\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(
      ({ path, message }) => `${path.replace(/^sources\[\d+\]\.?/, '--')}: ${message}`,
    );
    throw new ViaductError('usage/add', problems.join('\n'));
  }
}

/** The file was saved while addresses were tried. */
function refuseRepeated(sources: readonly NewSource[], now: Config): void {
  const known: KnownAddresses = createKnownAddresses(now);
  const repeated = sources.find(({ url }) => known.find(url) !== undefined);
  if (repeated)
    throw new ViaductError('usage/add', `Somebody else has just added ${printable(repeated.url)}; nothing changed.`);
}

/** Those of a page's feeds that are wanted: all with `all`; with one there is no question; else the person at the keyboard is asked,
 *  and when nobody is there, or with `yes`, the first is taken and said so.
 *  @throws ViaductError 'usage/cancelled' when no answer comes */
async function chooseFeeds(
  address: string,
  feeds: readonly FoundFeed[],
  flags: { readonly all?: boolean; readonly yes?: boolean },
  io: CliIo,
): Promise<readonly FoundFeed[]> {
  if (feeds.length <= 1 || flags.all) return feeds;
  const rows = feeds.map((feed, at) => [`  ${at + 1}`, feedTitle(feed), describe(feed), feed.url]);
  if (!io.ask || flags.yes) {
    const [, ...others] = inTable(['', '', '', ''], rows).slice(1);
    io.err(
      `${printable(address)} has ${feeds.length} feeds; the first is taken. --all takes these too:\n${others.join('\n')}\n`,
    );
    return feeds.slice(0, 1);
  }
  io.err(`${printable(address)} has ${feeds.length} feeds:\n${inTable(['', '', '', ''], rows).slice(1).join('\n')}\n`);
  for (;;) {
    const answer = await io.ask('Which? (1, or 1 3, or all) [1] ');
    if (answer === undefined) throw new ViaductError('usage/cancelled', 'Nothing was changed.');
    if (/^all$/i.test(answer)) return feeds;
    const numbers = answer === '' ? [1] : answer.split(/[\s,]+/).map(Number);
    const chosen = [...new Set(numbers)].flatMap((number) => feeds[number - 1] ?? []);
    if (chosen.length === new Set(numbers).size) return chosen;
    io.err(`Expected numbers from 1 to ${feeds.length}, or "all".\n`);
  }
}

/** What a feed calls itself, else its host. */
function feedTitle({ url, reading }: FoundFeed): string {
  return reading.document.feed.title ?? hostOf(url);
}

function describe({ reading: { document, fetched } }: FoundFeed): string {
  return `${feedFormat(fetched.bytes, fetched.contentType)}, ${counted(document.entries.length, 'item')}`;
}
