import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import type { HostileCase } from './collection/cases.ts';
import type { HostileServers } from './hostile-servers.ts';

/** What `viaduct parse` prints of each case's document as it is served, by the id of the case. */
export async function parsedLines(
  cases: readonly HostileCase[],
  bad: HostileServers,
): Promise<ReadonlyMap<string, string>> {
  return withFolder({}, async (folder) => {
    const manifest: string[] = [];
    for (const one of cases) {
      const answer = await fetch(bad.urlOf(one));
      await writeFile(path.join(folder, one.id), Buffer.from(await answer.arrayBuffer()));
      const contentType = answer.headers.get('content-type');
      manifest.push(JSON.stringify({ file: one.id, baseUrl: bad.urlOf(one), contentType }));
    }
    await writeFile(path.join(folder, 'manifest'), manifest.join('\n'));
    const { code, stdout, stderr } = await viaduct(folder, 'parse', '--manifest', 'manifest');
    if (code !== 0) throw new Error(`viaduct parse ended with ${code}: ${stderr}`);
    const lines = stdout.trimEnd().split('\n');
    if (lines.length !== cases.length)
      throw new Error(`viaduct parse printed ${lines.length} lines, not ${cases.length}`);
    return new Map(lines.map((line) => [(JSON.parse(line) as { file: string }).file, line]));
  });
}
