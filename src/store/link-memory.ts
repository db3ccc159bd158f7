import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { jsonSlices, writeDurably } from './durable-adapter.ts';
import { readJson } from './recover.ts';

/** links.json: where links of shorteners lead. */
export interface LinksFile {
  readonly version: 1;
  /** Without a target: it leads nowhere else. */
  readonly links: readonly { readonly link: string; readonly target?: string }[];
}

const NAME = 'links.json';

/** Link → target of every link that was ever asked; '' = it leads nowhere else. Empty when nothing is known.
 *  @throws ViaductError 'store/newer', 'store/unreadable' */
export async function readLinks(dataDir: string): Promise<ReadonlyMap<string, string>> {
  const file = await readJson(nodeFs, path.join(dataDir, NAME), isLinksFile, () => {});
  return new Map(file?.links.map(({ link, target }) => [link, target ?? '']));
}

/** Makes them durable. Only for who holds the folder's lock.
 *  @throws ViaductError 'store/full', 'store/write' */
export async function writeLinks(dataDir: string, links: ReadonlyMap<string, string>): Promise<void> {
  const file: LinksFile = {
    version: 1,
    links: Array.from(links, ([link, target]) => (target === '' ? { link } : { link, target })),
  };
  await writeDurably(nodeFs, path.join(dataDir, NAME), jsonSlices(file));
}

/** The shape of links.json. */
export function isLinksFile(value: object): value is LinksFile {
  const { links } = value as Partial<LinksFile>;
  return (
    Array.isArray(links) &&
    links.every(
      ({ link, target } = {}) => typeof link === 'string' && (target === undefined || typeof target === 'string'),
    )
  );
}
