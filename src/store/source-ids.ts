import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { jsonSlices, writeDurably } from './durable-adapter.ts';
import { readJson } from './recover.ts';

/** ids.json: which id was made from which address. */
export interface IdsFile {
  readonly version: 1;
  readonly ids: readonly { readonly address: string; readonly id: string }[];
}

const NAME = 'ids.json';

/** Which id each address was given when it was first met; addresses that hold a secret as a hash. Empty when nothing is known.
 *  @throws ViaductError 'store/newer', 'store/unreadable' */
export async function readSourceIds(dataDir: string): Promise<ReadonlyMap<string, string>> {
  const file = await readJson(nodeFs, path.join(dataDir, NAME), isIdsFile, () => {});
  return new Map(file?.ids.map(({ address, id }) => [address, id]));
}

/** Makes them durable. Only for who holds the folder's lock.
 *  @throws ViaductError 'store/full', 'store/write' */
export async function writeSourceIds(dataDir: string, ids: ReadonlyMap<string, string>): Promise<void> {
  const file: IdsFile = { version: 1, ids: Array.from(ids, ([address, id]) => ({ address, id })) };
  await writeDurably(nodeFs, path.join(dataDir, NAME), jsonSlices(file));
}

/** The shape of ids.json. */
export function isIdsFile(value: object): value is IdsFile {
  const { ids } = value as Partial<IdsFile>;
  return (
    Array.isArray(ids) &&
    ids.every(({ address, id } = {}) => typeof address === 'string' && /^[a-z0-9-]{1,60}$/.test(String(id)))
  );
}
