import { ViaductError } from '../errors.ts';
import { errorCode, type StoreFs } from './store-fs.ts';

/** Open files while reading; 1,024 is a usual limit. */
const READS_AT_ONCE = 32;
/** What may be a source's id, and so the name of its file. */
export const SOURCE_ID = /^[a-z0-9-]{1,60}$/;

/** Ids of the sources that have a file or a copy of one, and which of them are links (asking each of 2,000 takes 0.2 s). */
export async function listSources(
  fs: StoreFs,
  folder: string,
): Promise<{ ids: readonly string[]; links: ReadonlySet<string> }> {
  const idOf = (name: string) => {
    const id = name.replace(/\.json(\.bak)?$/, '');
    return id !== name && SOURCE_ID.test(id) ? id : [];
  };
  try {
    const files = await fs.readdir(folder, { withFileTypes: true });
    const links = files.filter((file) => file.isSymbolicLink()).flatMap(({ name }) => idOf(name));
    return { ids: [...new Set(files.flatMap(({ name }) => idOf(name)))].sort(), links: new Set(links) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { ids: [], links: new Set() };
    throw new ViaductError('store/unreadable', `${folder} cannot be read (${errorCode(error)}).`, { cause: error });
  }
}

/** Where a link leads: the file there is replaced, not the link. */
export async function followLink(fs: StoreFs, file: string): Promise<string> {
  const isLink = await fs.readlink(file).then(
    () => true,
    () => false,
  );
  if (!isLink) return file;
  return fs.realpath(file).catch((error) => {
    throw new ViaductError(
      'store/unreadable',
      `${file} is a link that leads nowhere (${errorCode(error)}). Nothing was changed.`,
      { cause: error },
    );
  });
}

/** The results in the order of the list. */
export async function inParallel<T, R>(list: readonly T[], work: (element: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = list.entries();
  const worker = async () => {
    for (const [index, element] of queue) results[index] = await work(element);
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, worker));
  return results;
}
