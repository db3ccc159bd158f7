import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { withServer } from '../test/helpers/http-server.ts';
import { spawnViaduct, viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { type StoredItem, storedItems } from './stored-items.ts';

/** A feed document as a loopback host serves it; `id` is its source's id. */
export interface ServedDocument {
  readonly id: string;
  readonly body: Buffer;
  readonly contentType?: string;
  readonly category?: string;
}

/** What came of polling documents through the real program. */
export interface Ingested {
  readonly folder: string;
  /** Outcome of each source: 'updated', 'unchanged', or the code of its failure. */
  readonly outcomes: ReadonlyMap<string, string>;
  readonly items: readonly StoredItem[];
  /** How many items each source lists; two that lead to one article are one item. */
  readonly listed: ReadonlyMap<string, number>;
  /** stdout and stderr of the polling. */
  readonly said: string;
  /** Paths that something asked the server for and that no source names. */
  readonly strayRequests: readonly string[];
  /** The text files of `viaduct build`, by name below its folder. */
  build(): Promise<ReadonlyMap<string, string>>;
}

/** Serves the documents, has the built program poll each once, and hands on what it stored. `config` goes into feeds.json;
 *  `through` is a program that runs the polling. */
export async function ingest<T>(
  documents: readonly ServedDocument[],
  config: object,
  work: (ingested: Ingested) => Promise<T>,
  through: readonly string[] = [],
): Promise<T> {
  const bodies = new Map(documents.map((document) => [`/${document.id}`, document]));
  return withServer(
    (request, response) => {
      const document = bodies.get(request.url ?? '');
      const base = `http://${request.headers.host}`;
      if (!document) return void response.writeHead(404).end();
      const { contentType } = document;
      response
        .writeHead(200, contentType === undefined ? {} : { 'content-type': contentType })
        .end(fillIn(document.body, { base, canary: `${base}/canary` }));
    },
    async (server) => {
      const sources = documents.map(({ id, category }) => ({
        id,
        url: `${server.url}/${id}`,
        ...(category !== undefined && { category }),
      }));
      const defaults = { allow: [server.host], limits: { perHost: 8 }, sources };
      return withFolder({ ...defaults, ...config }, async (folder) => {
        const { stdout, stderr } = await spawnViaduct(folder, ['poll', '--json'], through).ended;
        const summary = JSON.parse(stdout) as { sources: { id: string; outcome: string; code?: string }[] };
        const items = await storedItems(folder);
        return work({
          folder,
          outcomes: new Map(summary.sources.map(({ id, outcome, code }) => [id, code ?? outcome])),
          items,
          listed: countListed(items),
          said: stdout + stderr,
          strayRequests: server.requests.map(({ url }) => url).filter((url) => !bodies.has(url)),
          build: () => build(folder),
        });
      });
    },
  );
}

function countListed(items: readonly StoredItem[]): ReadonlyMap<string, number> {
  const listed = new Map<string, number>();
  for (const { via } of items) for (const { source } of via) listed.set(source, (listed.get(source) ?? 0) + 1);
  return listed;
}

/** A hostile document with what it leaves open: where it is served, a place that nobody may ask, and tomorrow. */
export function fillIn(body: Buffer, { base, canary }: { readonly base: string; readonly canary: string }): Buffer {
  if (!body.includes('{{')) return body;
  const text = body
    .toString('latin1')
    .replaceAll('{{BASE}}', base)
    .replaceAll('{{CANARY}}', canary)
    .replaceAll('{{CPORT}}', new URL(canary).port)
    .replaceAll('{{TOMORROW}}', new Date(Date.now() + 86_400_000).toUTCString());
  return Buffer.from(text, 'latin1');
}

async function build(folder: string): Promise<ReadonlyMap<string, string>> {
  const { code, stderr } = await viaduct(folder, 'build', 'site');
  if (code !== 0) throw new Error(`viaduct build ended with ${code}: ${stderr}`);
  const site = path.join(folder, 'site');
  const names = await readdir(site, { recursive: true });
  const files = new Map<string, string>();
  for (const name of names.sort()) {
    if (/\.(html|xml|json|css|svg|txt)$/.test(name) && !name.startsWith('.')) {
      files.set(name, await readFile(path.join(site, name), 'utf8'));
    }
  }
  return files;
}
