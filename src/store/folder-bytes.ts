import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Bytes of all files in a folder and below. What goes away while it is counted does not count. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await folderBytes(at);
    else
      bytes += await stat(at).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}
