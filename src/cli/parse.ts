import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ViaductError } from '../errors.ts';
import type { FeedDocument, ListedEntry } from '../model.ts';
import { parseFeed } from '../parse/parse-feed.ts';
import type { CliIo } from './io.ts';

interface Job {
  /** As given; repeated in the answer. */
  readonly file: string;
  readonly baseUrl?: string;
  readonly contentType?: string;
}

/** `viaduct parse`: reads feed files and prints, a line each and in their order, what viaduct makes of them.
 *  Exit code 0 when every file gave its line, also one that says why it cannot be read. */
export async function parse(
  args: { files: readonly string[]; manifest?: string; baseUrl?: string; contentType?: string },
  io: CliIo,
): Promise<number> {
  const jobs = await jobsOf(args, io);
  for (const job of jobs) await io.out(JSON.stringify(await answer(job, io)));
  return 0;
}

async function jobsOf(args: Parameters<typeof parse>[0], io: CliIo): Promise<Job[]> {
  const { baseUrl, contentType } = args;
  const given = { ...(baseUrl !== undefined && { baseUrl }), ...(contentType !== undefined && { contentType }) };
  const jobs: Job[] = args.files.map((file) => ({ file, ...given }));
  if (args.manifest === undefined) return jobs;
  const lines = await readFile(path.resolve(io.cwd, args.manifest), 'utf8');
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue;
    const { file, baseUrl, contentType } = JSON.parse(line);
    jobs.push({ file, ...(baseUrl != null && { baseUrl }), ...(contentType != null && { contentType }) });
  }
  return jobs;
}

async function answer({ file, baseUrl, contentType }: Job, io: CliIo): Promise<object> {
  try {
    const bytes = await readFile(path.resolve(io.cwd, file));
    const document = await parseFeed(bytes, {
      html: true,
      ...(baseUrl !== undefined && { baseUrl }),
      ...(contentType !== undefined && { contentType }),
    });
    return { file, ok: true, ...printed(document) };
  } catch (error) {
    if (!(error instanceof ViaductError)) throw error;
    return { file, ok: false, error: error.message, code: error.code };
  }
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
