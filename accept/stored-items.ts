import { viaduct } from '../test/helpers/run-viaduct.ts';

/** A line of `viaduct items --json`. */
export interface StoredItem {
  readonly id: string;
  readonly url?: string;
  readonly title: string;
  readonly date: string;
  readonly firstSeen: string;
  readonly updated: string;
  readonly via: readonly { readonly source: string; readonly url?: string }[];
  readonly guids: readonly string[];
  readonly views: number;
  readonly clicks: number;
}

/** What `viaduct items --json` prints in a folder, the daemon running or not. */
export const storedItems = (folder: string, ...flags: readonly string[]) => itemsBy(viaduct, folder, ...flags);

/** The same, by another way to run a command. */
export async function itemsBy(
  run: typeof viaduct,
  folder: string,
  ...flags: readonly string[]
): Promise<readonly StoredItem[]> {
  const { code, stdout, stderr } = await run(folder, 'items', '--json', ...flags);
  if (code !== 0) throw new Error(`viaduct items ended with ${code}: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StoredItem);
}
