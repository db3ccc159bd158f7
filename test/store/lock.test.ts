import { type ChildProcess, spawn } from 'node:child_process';
import * as nodeFs from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { lockFolder } from '../../src/store/lock.ts';
import { withDataDir } from './stored-values.ts';
import { systemError, watchedFs } from './watched-fs.ts';

const CHILD = fileURLToPath(new URL('./lock-child.js', import.meta.url));

interface Starter {
  readonly child: ChildProcess;
  /** Its first line. */
  readonly said: Promise<string>;
  readonly ended: Promise<void>;
}

function startOne(folder: string): Starter {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const said = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
    void ended.then(() => resolve('nothing'));
  });
  return { child, said, ended };
}

/** Starts them at once; exactly one must win and all others name it. The winner is killed in the end. */
async function race(folder: string, starters: number): Promise<void> {
  const all = Array.from({ length: starters }, () => startOne(folder));
  try {
    const said = await Promise.all(all.map((one) => one.said));
    const pids = all.filter((_, index) => said[index] === 'won\n').map(({ child }) => child.pid);
    assert.is(pids.length, 1, said.join(''));
    assert.equal([...new Set(said)].sort(), [lockedBy(pids[0], folder), 'won\n']);
  } finally {
    for (const { child } of all) child.kill('SIGKILL');
    await Promise.all(all.map(({ ended }) => ended));
  }
}

/** The same among starters in this process, which is quicker; the winner gives the lock free, and nothing is left. */
async function raceHere(folder: string, starters: number): Promise<void> {
  const all = await Promise.allSettled(Array.from({ length: starters }, () => lockFolder(nodeFs, folder)));
  const won = all.filter((one) => one.status === 'fulfilled');
  assert.is(won.length, 1);
  const words = all.flatMap((one) => (one.status === 'rejected' ? [`${one.reason.code} ${one.reason.message}\n`] : []));
  assert.equal([...new Set(words)], [lockedBy(process.pid, folder)]);
  await won[0]?.value();
  assert.equal(await nodeFs.readdir(folder), []);
}

const lockedBy = (pid: number | undefined, folder: string) =>
  `store/locked ${path.dirname(folder)} is in use by viaduct, process ${pid}. Stop that one first, or give this one a data folder of its own.\n`;

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  return withDataDir(async (dataDir) => {
    const folder = path.join(dataDir, 'private');
    await nodeFs.mkdir(folder, { recursive: true });
    return work(folder);
  });
}

test('lockFolder: of 20 simultaneous starters one wins, and again after it was killed', async () => {
  await withFolder(async (folder) => {
    for (const starters of [20, 8]) {
      await race(folder, starters);
    }
    assert.equal(
      (await nodeFs.readdir(folder)).filter((name) => name !== 'lock'),
      [],
    );
  });
});

test('lockFolder: killed and started again 3 times, it is taken at once each time', async () => {
  await withFolder(async (folder) => {
    for (let n = 0; n < 3; n++) {
      const starter = startOne(folder);
      assert.is(await starter.said, 'won\n');
      starter.child.kill('SIGKILL');
      await starter.ended;
    }
  });
});

test('lockFolder: a holder that was killed and whose parent never asked for its end (a zombie) holds nothing', async () => {
  await withFolder(async (folder) => {
    // sleep takes the shell's place and never waits for the child that the shell began: so do many first processes of containers.
    const script = `"$0" "$1" "$2" & echo "pid $!"; exec sleep 60`;
    const parent = spawn('sh', ['-c', script, process.execPath, CHILD, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      let said = '';
      parent.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      while (!/pid \d+/.test(said) || !said.includes('won')) await new Promise((resolve) => setTimeout(resolve, 20));
      const pid = Number(/pid (\d+)/.exec(said)?.[1]);
      process.kill(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 200));
      process.kill(pid, 0);
      await (await lockFolder(nodeFs, folder))();
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

test('lockFolder: given free it is gone, and the next one has it', async () => {
  await withFolder(async (folder) => {
    const starter = startOne(folder);
    assert.is(await starter.said, 'won\n');
    starter.child.stdin?.end();
    await starter.ended;
    assert.equal(await nodeFs.readdir(folder), []);
    await (await lockFolder(nodeFs, folder))();
  });
});

test('lockFolder: a second one in the same process is refused and names the pid', async () => {
  await withFolder(async (folder) => {
    const unlock = await lockFolder(nodeFs, folder);
    assert.is(`${await refused(folder)}\n`, lockedBy(process.pid, folder));
    await unlock();
    await (await lockFolder(nodeFs, folder))();
  });
});

/** Locks that nobody holds, though the pid in some of them is alive: it is ours. */
const ghost = { nonce: '00000000-0000-4000-8000-000000000000', pid: process.pid, host: hostname() };
const orphans: readonly { name: string; change: object | string }[] = [
  { name: 'whose pid was given to another process', change: { started: '1' } },
  { name: 'from before a reboot', change: { boot: 'another' } },
  { name: 'whose process is gone', change: { pid: 2 ** 22 + 7 } },
  { name: 'that says nothing', change: '' },
  { name: 'that holds rubbish', change: '4711\n' },
  { name: 'that holds another shape', change: { pid: 'x' } },
];
for (const { name, change } of orphans) {
  test(`lockFolder: a lock ${name} is taken over`, async () => {
    await withFolder(async (folder) => {
      const content =
        typeof change === 'string' ? change : JSON.stringify({ ...(await ownHolder(folder)), ...ghost, ...change });
      await nodeFs.writeFile(path.join(folder, 'lock'), content);
      await raceHere(folder, 5);
    });
  });
}

test('lockFolder: a starter that died while it took over stands in nobody’s way', async () => {
  await withFolder(async (folder) => {
    const dead = { ...(await ownHolder(folder)), pid: 2 ** 22 + 7 };
    const nonces = ['11111111-0000-4000-8000-000000000000', '22222222-0000-4000-8000-000000000000'];
    await nodeFs.writeFile(path.join(folder, 'lock'), JSON.stringify({ ...dead, ...{ nonce: ghost.nonce } }));
    for (const [after, nonce] of [
      [ghost.nonce, nonces[0]],
      [nonces[0], nonces[1]],
    ]) {
      await nodeFs.writeFile(path.join(folder, `lock.after-${after}`), JSON.stringify({ ...dead, nonce }));
      await nodeFs.writeFile(path.join(folder, `lock.claim-${nonce}`), JSON.stringify({ ...dead, nonce }));
    }
    await raceHere(folder, 5);
  });
});

test('lockFolder: a holder whose pid cannot be seen from here holds as long as it touches its lock', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'lock');
    const elsewhere = { ...ghost, pid: 1, namespace: 'pid:[1]', host: 'container' };
    await nodeFs.writeFile(file, JSON.stringify(elsewhere));
    const touching = setInterval(() => void nodeFs.utimes(file, new Date(), new Date()), 300);
    try {
      assert.match(await refused(folder), 'process 1 on container');
    } finally {
      clearInterval(touching);
    }
    await (await lockFolder(nodeFs, folder))();
  });
});

test('lockFolder: a holder on another machine whose clock is an hour behind holds as long as it touches its lock', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'lock');
    await nodeFs.writeFile(file, JSON.stringify({ ...ghost, pid: 1, host: 'elsewhere' }));
    const touch = () => nodeFs.utimes(file, new Date(), new Date(Date.now() - 3_600_000));
    await touch();
    const touching = setInterval(() => void touch(), 300);
    try {
      assert.match(await refused(folder), 'process 1 on elsewhere');
    } finally {
      clearInterval(touching);
    }
  });
});

test('lockFolder: where there are no hard links, exclusive creation does', async () => {
  await withFolder(async (folder) => {
    const fs = watchedFs((call) => {
      if (call === 'link') throw systemError('ENOTSUP');
    });
    const unlock = await lockFolder(fs, folder);
    assert.match(await refused(folder, fs), `process ${process.pid}.`);
    await unlock();
    const dead = { ...(await ownHolder(folder)), pid: 2 ** 22 + 7 };
    await nodeFs.writeFile(path.join(folder, 'lock'), JSON.stringify(dead));
    await (await lockFolder(fs, folder))();
    assert.equal(await nodeFs.readdir(folder), []);
  });
});

test('lockFolder: on a full disk it says so', async () => {
  await withFolder(async (folder) => {
    const fs = watchedFs((call) => {
      if (call === 'writeFile') throw systemError('ENOSPC');
    });
    assert.match(await refused(folder, fs), /^store\/full There is no space/);
  });
});

test('lockFolder: who releases a lock that another has now leaves it alone', async () => {
  await withFolder(async (folder) => {
    const unlock = await lockFolder(nodeFs, folder);
    const theirs = JSON.stringify({ ...ghost, pid: 1 });
    await nodeFs.writeFile(path.join(folder, 'lock'), theirs);
    await unlock();
    assert.is(await nodeFs.readFile(path.join(folder, 'lock'), 'utf8'), theirs);
  });
});

test('lockFolder: a starter that is alive and has given up its turn keeps nobody out', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'lock');
    const own = await ownHolder(folder);
    await nodeFs.writeFile(file, JSON.stringify({ ...own, pid: 2 ** 22 + 7, nonce: ghost.nonce }));
    await nodeFs.writeFile(path.join(folder, `lock.after-${ghost.nonce}`), JSON.stringify(own));
    const fs = {
      ...nodeFs,
      readFile: async (...args: Parameters<typeof nodeFs.readFile>) => {
        const text = await nodeFs.readFile(...args);
        // The lock that it waited for went in the same moment.
        if (String(args[0]).includes('lock.after-')) await nodeFs.rm(file, { force: true });
        return text;
      },
    } as typeof nodeFs;
    await (await lockFolder(fs, folder))();
  });
});

/** What this process writes into a lock. */
async function ownHolder(folder: string): Promise<object> {
  const unlock = await lockFolder(nodeFs, folder);
  const holder: object = JSON.parse(await nodeFs.readFile(path.join(folder, 'lock'), 'utf8'));
  await unlock();
  return holder;
}

async function refused(folder: string, fs = watchedFs(() => {})): Promise<string> {
  try {
    await lockFolder(fs, folder);
  } catch (error) {
    if (error instanceof ViaductError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'not refused';
}

test.run();
