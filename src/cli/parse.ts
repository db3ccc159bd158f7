import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ViaductError } from '../errors.ts';
import type { FeedDocument, ListedEntry } from '../model.ts';
import { MAX_DOCUMENT_CHARS } from '../parse/limits.ts';
import { createParsePool, type ParsePool } from '../parse/parse-pool.ts';
import type { CliIo } from './context.ts';

const THREADS = 2;
/** Files that are read ahead of the one whose line is due, so that the threads never wait for the printer. */
const READ_AHEAD = 8;

const manifestLine = z.object({
  file: z.string(),
  baseUrl: z.string().nullish(),
  contentType: z.string().nullish(),
});

interface Job {
  /** As given; repeated in the answer. */
  readonly file: string;
  readonly baseUrl: string | undefined;
  readonly contentType: string | undefined;
}

/** `viaduct parse`: reads feed files and prints, a line each and in their order, what viaduct makes of them.
 *  Exit codes: 0 every file gave its line, also one that says why it cannot be read; 2 the manifest cannot be used. */
export async function parse(
  args: { files: readonly string[]; manifest?: string; baseUrl?: string; contentType?: string },
  io: CliIo,
): Promise<number> {
  if (args.files.length === 0 && args.manifest === undefined) {
    io.err('Name the files to read: viaduct parse FILE…, or --manifest FILE.\n');
    return 2;
  }
  const jobs = await jobsOf(args, io.cwd).catch((error) => {
    if (!(error instanceof ViaductError)) throw error;
    io.err(`${error.message}\n`);
  });
  if (jobs === undefined) return 2;
  const pool = createParsePool({ threads: THREADS });
  try {
    const ahead: Promise<string>[] = [];
    for (const job of jobs) {
      ahead.push(answer(job, io.cwd, pool));
      if (ahead.length > READ_AHEAD) await io.out((await ahead.shift()) ?? '');
    }
    for (const line of ahead) await io.out(await line);
  } finally {
    await pool.close();
  }
  return 0;
}

async function jobsOf(args: Parameters<typeof parse>[0], cwd: string): Promise<Job[]> {
  const { files, manifest, baseUrl, contentType } = args;
  const jobs: Job[] = files.map((file) => ({ file, baseUrl, contentType }));
  if (manifest === undefined) return jobs;
  const text = await readFile(path.resolve(cwd, manifest), 'utf8').catch((cause) => {
    throw new ViaductError('usage/manifest', `${manifest}: cannot be read (${cause.code})`, { cause });
  });
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const { success, data } = manifestLine.safeParse(toJson(line));
    if (!success)
      throw new ViaductError('usage/manifest', `${manifest}:${index + 1}: expected {"file","baseUrl","contentType"}`);
    jobs.push({ file: data.file, baseUrl: data.baseUrl ?? baseUrl, contentType: data.contentType ?? contentType });
  }
  return jobs;
}

function toJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The line of one file. */
async function answer({ file, baseUrl, contentType }: Job, cwd: string, pool: ParsePool): Promise<string> {
  try {
    const bytes = await readStart(path.resolve(cwd, file)).catch((cause) => {
      throw new ViaductError('parse/file', `the file cannot be read (${cause.code})`, { cause });
    });
    const document = await pool.parse(bytes, {
      html: true,
      ...(baseUrl !== undefined && { baseUrl }),
      ...(contentType !== undefined && { contentType }),
    });
    return JSON.stringify({ file, ok: true, ...printed(document) });
  } catch (error) {
    if (!(error instanceof ViaductError)) throw error;
    return JSON.stringify({ file, ok: false, error: error.message, code: error.code });
  }
}

/** No more of a file than is refused as too large: it may have no end (/dev/zero). */
async function readStart(file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of createReadStream(file, { end: MAX_DOCUMENT_CHARS * 4 })) pieces.push(piece);
  return Buffer.concat(pieces);
}

function printed({ feed, entries }: FeedDocument): object {
  const { title, url, feedUrl, description, language, updatedAt } = feed;
  return { feed: { title, url, feedUrl, description, language, updatedAt }, items: entries.map(printedItem) };
}

function printedItem(entry: ListedEntry): object {
  const { guid, title, summary, html, publishedAt, updatedAt, authors, categories, enclosures, image, language } =
    entry;
  const url = entry.link ?? entry.externalUrl ?? entry.permalink;
  return {
    guid,
    url,
    title,
    summary,
    contentHtml: html,
    publishedAt,
    updatedAt,
    authors,
    categories,
    enclosures,
    image,
    language,
  };
}
