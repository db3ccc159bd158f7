/** `viaduct poll` beside a process that holds the data folder: that one polls. */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createConnection, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { handOver } from '../../src/cli/poll-handover.ts';
import { withServer } from '../helpers/http-server.ts';
import { runInProcess } from '../helpers/run-in-process.ts';
import { type Running, spawnViaduct, viaduct, withFolder } from '../helpers/run-viaduct.ts';

const feedOf = (name: string) => `<rss version="2.0"><channel><title>${name}</title>
  <item><title>News of ${name}</title><guid>https://${name}.example/1</guid></item></channel></rss>`;

const answerAll: RequestListener = (request, response) => {
  if (request.url === '/broken') response.writeHead(500);
  response.end(feedOf(request.url?.slice(1) ?? ''));
};

interface Beside {
  readonly folder: string;
  readonly process: Running;
  readonly address: string;
  readonly socket: string;
  /** `viaduct poll`, run to its end. */
  poll(...args: readonly string[]): ReturnType<typeof runInProcess>;
}

/** Runs `work` beside a real process that follows the feeds of these paths. */
async function beside(
  command: readonly string[],
  ids: readonly string[],
  work: (beside: Beside, feeds: { url: string }) => Promise<void>,
  listener = answerAll,
): Promise<void> {
  await withServer(listener, async (server) => {
    const sources = ids.map((id) => ({ id, url: `${server.url}/${id}` }));
    await withFolder({ allow: ['127.0.0.1'], sources }, async (folder) => {
      const process = spawnViaduct(folder, [...command, '--port', '0']);
      const { port } = await process.logged('serving');
      const socket = path.join(folder, 'data/private/poll.sock');
      const poll = (...args: readonly string[]) => runInProcess(folder, 'poll', ...args);
      await work({ folder, process, address: `http://127.0.0.1:${port}`, socket, poll }, server);
      if (process.child.signalCode === 'SIGKILL') return;
      process.child.kill('SIGTERM');
      assert.is((await process.ended).code, 0);
      const left = (await readdir(path.dirname(socket))).filter((name) => name !== 'feeds.json');
      assert.equal(left, [], 'neither a lock nor a socket is left');
    });
  });
}

/** Sends this to the socket; resolves with what came back once it is closed. */
function say(socket: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const client = createConnection(socket, () => client.write(text));
    client.setEncoding('utf8').on('data', (chunk: string) => {
      heard += chunk;
    });
    client.on('error', () => undefined).on('close', () => resolve(heard));
  });
}

test('poll: beside a process whose feeds.json has a mistake it says so, and polls the list before it', async () => {
  await beside(['serve'], ['one'], async ({ folder, poll }) => {
    await writeFile(path.join(folder, 'feeds.json'), '{ "sources": ["https://a.example/feed", 7] }');
    const { code, stdout, stderr } = await poll();
    assert.equal([code, stdout], [0, '1 asked, 0 not due, 1 items new, 0 merged\n']);
    assert.match(
      stderr,
      /one problem\n {2}feeds\.json:1:41 sources\[1\]: expected .*\nThe list before it is polled\.\n/,
    );
  });
});

test('poll: beside serve it says and does what it does alone', async () => {
  const ids = ['one', 'two', 'broken'];
  const runs = [['poll'], ['poll'], ['poll', '--force', '--json'], ['poll', '--source', 'broken', '--force']];
  let alone: unknown;
  const shown = async (folder: string, args: readonly string[]) => {
    const { code, stdout, stderr } = await viaduct(folder, ...args);
    const warned = stderr.split('\n').filter((line) => line.includes('"poll.failed"'));
    const said = args.includes('--json') ? JSON.parse(stdout) : stdout;
    // In which order they answered is chance.
    said.sources?.sort((a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1));
    return { code, said, warned: warned.map((line) => ({ ...JSON.parse(line), at: undefined })) };
  };
  const runIn = async (folder: string) => {
    const seen: unknown[] = [];
    for (const args of runs) seen.push(await shown(folder, args));
    return seen;
  };
  await withServer(answerAll, async ({ url }) => {
    const sources = ids.map((id) => ({ id, url: `${url}/${id}` }));
    await withFolder({ allow: ['127.0.0.1'], sources }, async (folder) => {
      alone = await runIn(folder);
    });
  });
  await beside(['serve'], ids, async ({ folder, address, socket, process }) => {
    assert.is((await stat(socket)).mode & 0o777, 0o600);
    assert.equal(await runIn(folder), alone);
    await process.logged('pass.done', ({ asked }) => asked === 3);
    assert.match(await (await fetch(`${address}/sources/one`)).text(), /News of one/);
  });
});

test('poll: beside a process the sources are those of feeds.json as it is now; --now and unknown ids are refused', () =>
  beside(['serve'], ['one'], async ({ folder, poll }, { url }) => {
    const unknown = await poll('--source', 'three');
    assert.equal([unknown.code, unknown.stderr], [2, 'There is no source three. There are: one.\n']);
    const clock = await poll('--now', '2026-03-04T09:12:00Z');
    assert.is(clock.code, 2);
    assert.match(clock.stderr, /^--now sets the clock, and a running viaduct has the real one: .* process \d+\./);
    const sources = ['one', 'three'].map((id) => ({ id, url: `${url}/${id}` }));
    await writeFile(path.join(folder, 'feeds.json'), JSON.stringify({ allow: ['127.0.0.1'], sources }));
    const added = await poll('--source', 'three');
    assert.equal([added.code, added.stdout], [0, '1 asked, 0 not due, 1 items new, 0 merged\n']);
    await writeFile(path.join(folder, 'feeds.json'), '{ broken');
    assert.is((await poll()).stdout, '1 asked, 1 not due, 1 items new, 0 merged\n', 'the last good list stays in use');
  }));

test('poll: sources that the daemon is asking are passed over; who goes away in the middle stops nothing', async () => {
  const waiting: (() => void)[] = [];
  const slowly: RequestListener = (request, response) => {
    if (request.url === '/fast') answerAll(request, response);
    else waiting.push(() => answerAll(request, response));
  };
  const isWaiting = async () => {
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await beside(
    ['serve'],
    ['slow'],
    async ({ socket, process, poll }) => {
      const client = createConnection(socket, () => client.write('{"force":false}\n'));
      await isWaiting();
      const passedOver = await poll('--json');
      assert.equal(JSON.parse(passedOver.stdout).sources, [
        { id: 'slow', outcome: 'not due', reason: 'is being asked already' },
      ]);
      client.destroy();
      waiting.shift()?.();
      await process.logged('poll.updated', ({ source, added }) => source === 'slow' && added === 1);
      await process.logged('pass.done', ({ asked }) => asked === 1);

      const cut = poll('--force');
      await isWaiting();
      process.child.kill('SIGKILL');
      const [{ code, stderr }] = await Promise.all([cut, process.ended]);
      assert.equal([code, stderr], [1, 'The viaduct that polled for this one ended before it was through.\n']);
    },
    slowly,
  );
});

test('poll: rubbish, and a request without an end, are cut off', () =>
  beside(['start', '--no-poll'], ['one'], async ({ socket, poll }) => {
    for (const text of ['\n', 'GET / HTTP/1.1\r\n\r\n', '{"force":"yes"}\n', 'null\n', 'x'.repeat(10_000_000)]) {
      assert.is(await say(socket, text), '');
    }
    assert.match((await poll()).stdout, /^1 asked/);
  }));

test('poll: what a killed process left is no obstacle, neither to a start nor to a poll', () =>
  beside(['serve'], ['one'], async ({ folder, process, socket, poll }) => {
    process.child.kill('SIGKILL');
    await process.ended;
    assert.ok((await stat(socket)).isSocket());
    const next = spawnViaduct(folder, ['serve', '--port', '0']);
    await next.logged('serving');
    assert.match((await poll()).stdout, /^1 asked/);
    await next.logged('pass.done');
    next.child.kill('SIGKILL');
    await next.ended;
    assert.match((await poll('--force')).stdout, /^1 asked/);
    assert.equal((await viaduct(folder, 'backup', 'b.tgz')).code, 0);
    assert.equal((await viaduct(folder, 'doctor')).code, 0);
  }));

test('poll: a folder that is held by what answers nobody is in use, as ever', () =>
  beside(['serve'], ['one'], async ({ socket, process, poll }) => {
    await rename(socket, `${socket}.away`);
    const { code, stderr } = await poll();
    assert.is(code, 2);
    assert.ok(stderr.includes(`is in use by viaduct, process ${process.child.pid}.`), stderr);
    await rename(`${socket}.away`, socket);
  }));

test('handOver: a process that answers nothing, hangs up or speaks something else is as good as none', () =>
  withFolder([], async (folder) => {
    await mkdir(path.join(folder, 'private'));
    const nothing = { started: () => undefined, polled: () => undefined, warned: () => undefined };
    const manners: ((socket: Socket) => void)[] = [
      () => undefined,
      (socket) => socket.destroy(),
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    ];
    for (const manner of manners) {
      const server = createServer((socket) => manner(socket.on('error', () => undefined).resume()));
      await new Promise<void>((done) => server.listen(path.join(folder, 'private/poll.sock'), done));
      assert.is(await handOver(folder, { force: false }, nothing, 100), undefined);
      await new Promise((done) => server.close(done));
    }
  }));

test('serve: where there can be no socket it serves all the same, and says so', () =>
  withFolder([], async (folder) => {
    await mkdir(path.join(folder, 'data/private/poll.sock'), { recursive: true });
    const process = spawnViaduct(folder, ['serve', '--port', '0']);
    await process.logged('poll.no-handover');
    await process.logged('serving');
    assert.is((await runInProcess(folder, 'poll')).code, 2);
    process.child.kill('SIGTERM');
    assert.is((await process.ended).code, 0);
  }));

test('poll: a path that is too long for the address of a socket will do', async () => {
  await withServer(answerAll, async ({ url }) => {
    const config = { allow: ['127.0.0.1'], sources: [{ id: 'one', url: `${url}/one` }] };
    await withFolder(config, async (folder) => {
      const data = path.join(folder, 'deep/'.repeat(60));
      const process = spawnViaduct(folder, ['serve', '--port', '0', '--data', data]);
      await process.logged('serving');
      assert.match((await viaduct(folder, 'poll', '--data', data)).stdout, /^1 asked/);
      await process.logged('pass.done');
      assert.is((await stat(path.join(data, 'private/poll.sock'))).mode & 0o777, 0o600);
      process.child.kill('SIGTERM');
      assert.is((await process.ended).code, 0);
      assert.equal(await readdir(path.join(data, 'private')), ['feeds.json']);
    });
  });
});

test('poll: a daemon that cannot store says why', async () => {
  let edition = 0;
  const alwaysNew: RequestListener = (_, response) => response.end(feedOf(`edition-${++edition}`));
  await beside(
    ['start'],
    ['one'],
    async ({ folder, process, poll }) => {
      await process.logged('pass.done');
      await rm(path.join(folder, 'data/sources'), { recursive: true });
      for (let again = 0; again < 2; again += 1) {
        const { code, stdout, stderr } = await poll('--force');
        assert.equal([code, stdout], [1, '']);
        assert.match(stderr, /cannot be written/);
        await process.logged('polling.paused');
      }
      assert.is(edition, 2, 'nobody is asked for what cannot be stored');
      await mkdir(path.join(folder, 'data/sources'));
      assert.match((await poll('--force')).stdout, /^1 asked/);
    },
    alwaysNew,
  );
});

test.run();
