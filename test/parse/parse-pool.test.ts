/** Threads that read documents: how many, and what becomes of a document that hangs. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createParsePool, type ParsePool } from '../../src/parse/parse-pool.ts';
import { withFolder } from '../helpers/run-viaduct.ts';

/** A pool whose documents say how many milliseconds they take ('0': for ever), and whose answers name the thread. */
async function withPool(
  options: { threads: number; deadlineMs: number },
  work: (read: (text: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  await withFolder([], async (folder) => {
    const file = path.join(folder, 'worker.mjs');
    await writeFile(
      file,
      `import { threadId } from 'node:worker_threads';
       export async function answerTask({ bytes }) {
         const ms = Number(Buffer.from(bytes).toString());
         if (ms === 0) for (;;);
         await new Promise((resolve) => setTimeout(resolve, ms));
         return { document: { feed: { title: String(threadId) }, entries: [], skipped: 0, complete: true } };
       }`,
    );
    const pool: ParsePool = createParsePool({ ...options, worker: pathToFileURL(file) });
    try {
      await work(async (text) => {
        const { feed } = await pool.parse(Buffer.from(text), { html: false });
        return feed.title ?? '';
      });
    } finally {
      await pool.close();
    }
  });
}

test('parse pool: documents that take no time are all read by one thread', async () => {
  await withPool({ threads: 2, deadlineMs: 5000 }, async (read) => {
    const threads = await Promise.all(Array.from({ length: 20 }, () => read('1')));
    assert.is(new Set(threads).size, 1);
  });
});

test('parse pool: a document that hangs fails by itself, and those behind it are read meanwhile', async () => {
  await withPool({ threads: 2, deadlineMs: 3000 }, async (read) => {
    const order: string[] = [];
    const hung = read('0').catch((error) => order.push(error.code));
    const others = Promise.all(['1', '1', '1'].map(read)).then(() => order.push('others'));
    await Promise.all([hung, others]);
    assert.equal(order, ['others', 'parse/deadline']);
  });
});

test('parse pool: a document of more than 10 MB is read where the pool is made for it', async () => {
  const document = Buffer.from(`<rss><channel><item><title>a</title></item>${' '.repeat(11_000_000)}</channel></rss>`);
  const codes = [10, 12].map(async (maxMB) => {
    const pool = createParsePool({ threads: 1, maxMB });
    const read = await pool.parse(document, { html: false }).catch(({ code }) => code);
    await pool.close();
    return read.code ?? read.entries?.length ?? read;
  });
  assert.equal(await Promise.all(codes), ['parse/too-large', 1]);
});

test.run();
