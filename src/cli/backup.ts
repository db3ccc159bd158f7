import path from 'node:path';
import { writeBackup } from '../store/backup.ts';
import type { CommandContext } from './context.ts';

/** Writes data/ and feeds.json into one .tar.gz, also beside a running daemon. */
export async function backup(file: string, { io, settings }: CommandContext): Promise<number> {
  const target = path.resolve(io.cwd, file);
  const { files, bytes } = await writeBackup(target, { ...settings, now: new Date() });
  await io.out(`${target}: ${files} files, ${Math.ceil(bytes / 1000).toLocaleString('en-US')} kB`);
  return 0;
}
