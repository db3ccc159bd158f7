import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { addSources, type NewSource } from '../config/edit-feeds.ts';
import { editFeedsFile } from '../config/feeds-file.ts';
import { resolveAddress } from '../config/resolve-address.ts';
import { ViaductError } from '../errors.ts';
import { createAddressGuard } from '../fetch/address-guard.ts';
import { sourceName } from '../items/derive-item.ts';
import type { Config } from '../model.ts';
import { type OpmlFeed, parseOpml } from '../parse/opml.ts';
import { parseUrl } from '../parse-url.ts';
import { publishOpml } from '../publish/opml.ts';
import type { CommandContext } from './context.ts';
import { createKnownAddresses } from './known-addresses.ts';
import { printable } from './terminal.ts';
import { withStore } from './with-store.ts';

const MAX_FILE_MB = 10;
const MAX_CATEGORY_CHARS = 100;
const MAX_SHOWN = 20;

/** Writes the feeds of an OPML file into feeds.json, with their names and categories; none is asked. What is there already is passed
 *  over, what may not stand there is left out and named. Exit code 1 when nothing of it could be used. */
export async function importOpml(fileName: string, context: CommandContext): Promise<number> {
  const { io, settings } = context;
  const feeds = parseOpml(await readList(path.resolve(io.cwd, fileName)));
  if (feeds.length === 0) throw new ViaductError('usage/import', `${printable(fileName)} lists no feeds.`);
  let sorted: Sorted = { fresh: [], repeated: 0, refused: [] };
  await editFeedsFile(settings, context.loadConfig, (text, config) => {
    sorted = sortOut(feeds, config, context);
    return sorted.fresh.length === 0 ? text : addSources(text, sorted.fresh);
  });
  const { fresh, repeated, refused } = sorted;
  for (const { name, problem } of refused.slice(0, MAX_SHOWN)) io.err(`left out: ${printable(name)}: ${problem}\n`);
  if (refused.length > MAX_SHOWN) io.err(`left out: ${refused.length - MAX_SHOWN} more\n`);
  const categories = new Set(fresh.flatMap(({ category }) => category ?? [])).size;
  const parts = [
    `${fresh.length} added${categories > 0 ? ` in ${categories === 1 ? 'one category' : `${categories} categories`}` : ''}`,
    ...(repeated > 0 ? [`${repeated} there already`] : []),
    ...(refused.length > 0 ? [`${refused.length} left out`] : []),
  ];
  await io.out(parts.join(', '));
  if (fresh.length > 0) io.err('viaduct check --fetch tries them all.\n');
  return fresh.length + repeated === 0 ? 1 : 0;
}

async function readList(file: string): Promise<Buffer> {
  try {
    const found = await stat(file);
    const { size } = found;
    if (!found.isFile()) throw new ViaductError('usage/import', `${file} is no plain file.`);
    if (size > MAX_FILE_MB * 1e6) throw new ViaductError('usage/import', `${file} is larger than ${MAX_FILE_MB} MB.`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof ViaductError || !(error instanceof Error && 'code' in error)) throw error;
    throw new ViaductError('usage/import', `${file} cannot be read (${error.code}).`, { cause: error });
  }
}

interface Sorted {
  readonly fresh: readonly NewSource[];
  readonly repeated: number;
  readonly refused: readonly { readonly name: string; readonly problem: string }[];
}

function sortOut(feeds: readonly OpmlFeed[], config: Config, { io, settings }: CommandContext): Sorted {
  const known = createKnownAddresses(config);
  const guard = createAddressGuard(config.allow);
  const fresh: NewSource[] = [];
  const refused: { name: string; problem: string }[] = [];
  let repeated = 0;
  for (const feed of feeds) {
    const problem = problemOf(feed.xmlUrl);
    if (problem !== undefined) refused.push({ name: feed.title ?? 'a feed without a name', problem });
    else if (known.find(feed.xmlUrl) !== undefined) repeated += 1;
    else {
      fresh.push(toSource(feed));
      known.add(feed.xmlUrl, feed.title ?? feed.xmlUrl);
    }
  }
  return { fresh, repeated, refused };

  /** A list comes from strangers: it reaches neither the environment nor files or this network. */
  function problemOf(address: string): string | undefined {
    if (address === '') return 'it has no address (xmlUrl)';
    if (!/^https?:\/\//i.test(address)) return 'expected an address that begins with http:// or https://';
    if (address.includes('${')) return `its address would take something from the environment (\${…})`;
    const resolved = resolveAddress(address, { file: settings.configFile, env: io.env, guard, isPrivate: false });
    if ('problem' in resolved) return resolved.problem;
    const isLocal = /(^|\.)localhost\.?$/i.test(new URL(resolved.url).hostname) && !guard.isOwnHost(resolved.url);
    if (isLocal) return 'localhost is not on the public Internet; if it is yours, add it to "allow"';
    return resolved.url.length > 4000 ? 'its address is longer than 4000 characters' : undefined;
  }
}

function toSource({ xmlUrl, title, htmlUrl, categories }: OpmlFeed): NewSource {
  const home = htmlUrl === undefined || /[\s\u0000-\u001f\u007f<>"]/.test(htmlUrl) ? undefined : parseUrl(htmlUrl);
  const [first, ...others] = categories.map((name) => name.slice(0, MAX_CATEGORY_CHARS).trimEnd().toWellFormed());
  const isHome = /^https?:$/.test(home?.protocol ?? '') && home?.username === '' && home.password === '';
  return {
    url: xmlUrl,
    ...(title !== undefined && title !== xmlUrl && { title: title.toWellFormed() }),
    ...(isHome && htmlUrl !== undefined && { homepage: htmlUrl }),
    ...(first !== undefined && { category: others.length === 0 ? first : [first, ...others] }),
  };
}

/** Prints the sources as OPML 2.0, with the names that their feeds give themselves as far as they were ever asked. Private addresses
 *  are not in it. Works beside a running daemon. */
export async function exportOpml(context: CommandContext): Promise<number> {
  const { io } = context;
  return withStore(context, async (store, config) => {
    const sources = config.sources.map((source) => {
      const feed = store.record(source.id)?.feed;
      const homepage = source.homepage ?? feed?.url;
      return {
        source,
        name: sourceName({ source, feed: feed ?? {} }),
        ...(homepage !== undefined && { homepage }),
        ...(feed !== undefined && { feed }),
      };
    });
    await io.out(publishOpml(config, sources).trimEnd());
    const hidden = config.sources.filter((source) => source.private).length;
    if (hidden > 0)
      io.err(`${hidden} private ${hidden === 1 ? 'address is' : 'addresses are'} not in it.
`);
    return 0;
  });
}
