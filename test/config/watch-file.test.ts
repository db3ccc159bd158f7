import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileWatch, watchFile } from '../../src/config/watch-file.ts';

const EVERY_MS = 80;

/** Runs `work` on a watched file; `calls` resolves once so many calls have come. */
async function withWatched(
  work: (watched: {
    folder: string;
    file: string;
    watch: FileWatch;
    calls(count: number): Promise<void>;
    count(): number;
  }) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-watch-'));
  const file = path.join(folder, 'feeds.json');
  await writeFile(file, '[]');
  let count = 0;
  const watch = watchFile(
    file,
    async () => {
      count += 1;
      return undefined;
    },
    EVERY_MS,
  );
  try {
    await wait(EVERY_MS * 2);
    await work({
      folder,
      file,
      watch,
      count: () => count,
      async calls(wanted) {
        while (count < wanted) await wait(EVERY_MS / 4);
      },
    });
  } finally {
    watch.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

test('watchFile: a save, a rename over it, a removal and a return are a call each', async () => {
  await withWatched(async ({ folder, file, calls, count }) => {
    assert.is(count(), 0);
    await writeFile(file, '[1]');
    await calls(1);
    await writeFile(path.join(folder, 'new'), '[2]');
    await rename(path.join(folder, 'new'), file);
    await calls(2);
    await rm(file);
    await calls(3);
    await writeFile(file, '[3]');
    await calls(4);
  });
});

test('watchFile: a link that is turned to another file is a save', async () => {
  await withWatched(async ({ folder, file, calls }) => {
    await writeFile(path.join(folder, 'other'), '[2]');
    await rm(file);
    await symlink('other', file);
    await calls(1);
  });
});

test('watchFile: while a file still grows there is no call', async () => {
  await withWatched(async ({ file, calls, count }) => {
    for (let length = 1; length < 30; length += 1) {
      await writeFile(file, '['.repeat(length));
      await wait(EVERY_MS / 4);
    }
    const during = count();
    await calls(during + 1);
    assert.is(during, 0);
  });
});

test('watchFile: a look now calls once if the file was saved, and if not only when that is wanted', async () => {
  await withWatched(async ({ file, watch, count }) => {
    const counts: number[] = [];
    for (const isWanted of [false, true, false]) {
      await watch.lookNow(isWanted);
      counts.push(count());
    }
    await writeFile(file, '[1]');
    await Promise.all([watch.lookNow(), watch.lookNow()]);
    counts.push(count());
    await wait(EVERY_MS * 3);
    assert.equal([...counts, count()], [0, 1, 1, 2, 2]);
  });
});

test('watchFile: what says that it could not be read is looked at again, though nobody saved it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-watch-'));
  const file = path.join(folder, 'feeds.json');
  await writeFile(file, '[]');
  const answers: ('again' | undefined)[] = ['again', 'again', undefined];
  let count = 0;
  const watch = watchFile(file, async () => answers[count++], 10, 30);
  try {
    await wait(50);
    await writeFile(file, '[1]');
    while (count < 3) await wait(5);
    await wait(150);
    assert.is(count, 3);
  } finally {
    watch.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
