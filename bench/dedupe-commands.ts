import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestServer, withServer } from '../test/helpers/http-server.ts';
import { runInProcess } from '../test/helpers/run-in-process.ts';
import { viaduct } from '../test/helpers/run-viaduct.ts';
import { judge, loadDedupe, ordersOf, type ReadCase, type Rendered, runCase, type Score } from './dedupe-cases.ts';

/** So many cases, spread over the list, go through processes of their own; the others through the same commands in this one. */
const SAMPLED = 20;

/** Runs one command in a folder to its end. */
type Command = typeof viaduct;

/** The shared identity cases through the commands: documents served on loopback, `poll --force --source ID --now AT`,
 *  `items --json`, the shared judge. Cases whose links need a resolver run without one, with its answers given. */
export async function benchDedupe(): Promise<void> {
  const dedupe = await loadDedupe();
  if (!dedupe) return console.log('skipped: ../shared/dedupe is not at hand');
  const { score } = dedupe;
  const counted = dedupe.cases.filter(({ taste }) => !taste);
  const polled = counted.filter(({ redirects }) => !redirects);
  const step = Math.ceil(polled.length / SAMPLED);
  const failures = new Map<string, string>();
  let [sampled, inProcesses] = [0, 0];
  for (const [at, one] of polled.entries()) {
    const verdict = await runThrough(runInProcess, one, score);
    if (verdict !== undefined) failures.set(one.id, verdict);
    if (at % step !== 0) continue;
    sampled += 1;
    if ((await runThrough(viaduct, one, score)) === verdict) inProcesses += 1;
    else console.log(`${one.id}: another verdict in processes of their own`);
  }
  for (const one of counted.filter(({ redirects }) => redirects)) {
    const verdict = runCase(one, score);
    if (verdict !== undefined) failures.set(one.id, verdict);
  }
  for (const [id, verdict] of failures) console.log(`FAIL ${id}: ${verdict}`);
  console.log(`cases through the commands: ${counted.length - failures.size}/${counted.length} (wanted: all)`);
  console.log(`the same verdict in processes of their own: ${inProcesses}/${sampled}`);
}

/** What the judge says of a case after its polls, in every order that it asks for. */
async function runThrough(command: Command, one: ReadCase, score: Score): Promise<string | undefined> {
  const served = new Map<string, Rendered>();
  return withServer(
    (request, response) => {
      const found = served.get(request.url ?? '');
      response.writeHead(found ? 200 : 404, { 'content-type': found?.contentType }).end(found?.body);
    },
    async (server) => {
      const dumps: unknown[] = [];
      for (const order of ordersOf(one)) dumps.push(await pollInOrder(command, one, order, served, server));
      return judge(one, dumps, score);
    },
  );
}

async function pollInOrder(
  command: Command,
  one: ReadCase,
  order: readonly number[],
  served: Map<string, Rendered>,
  server: TestServer,
): Promise<unknown> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-dedupe-'));
  try {
    const urls = [...new Set(one.polls.map(({ source }) => source.url))];
    const addresses = new Map<string, string>();
    for (const at of order) {
      const [poll, document] = [one.polls[at], one.rendered[at]];
      if (!poll || !document) continue;
      const { id, url } = poll.source;
      // A source that moved gets another address here as well.
      const address = `/${urls.indexOf(url)}`;
      served.set(address, document);
      addresses.set(id, `${server.url}${address}`);
      const sources = [...addresses].map(([id, url]) => ({ id, url }));
      const config = { retentionDays: 0, allow: [server.host], sources };
      await writeFile(path.join(folder, 'feeds.json'), JSON.stringify(config));
      await run(command, folder, 'poll', '--force', '--source', id, '--now', new Date(poll.at).toISOString());
    }
    const lines = (await run(command, folder, 'items', '--json')).split('\n').filter((line) => line !== '');
    return { items: lines.map((line): unknown => JSON.parse(line)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(command: Command, folder: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command(folder, ...args);
  if (code !== 0) throw new Error(`viaduct ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
