import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import type { SourceState } from '../../src/model.ts';
import { durableAdapter } from '../../src/store/durable-adapter.ts';
import { openJsonFile } from '../../src/store/json-file.ts';
import { isStateFile, isStateLine, type StateFile } from '../../src/store/shapes.ts';
import { createStateFile, type LoggedState } from '../../src/store/state-file.ts';
import type { StoreFs } from '../../src/store/store-fs.ts';
import { openTail, readTail } from '../../src/store/tail.ts';
import { aState, withDataDir } from './stored-values.ts';
import { systemError, watchedFs } from './watched-fs.ts';

const MANY = 300;
const many = (failures: (at: number) => number): StateFile => ({
  version: 1,
  sources: Array.from({ length: MANY }, (_, at) => aState(`s${at}`, { failures: failures(at) })),
  hostWaits: [],
});

async function openState(folder: string, fs: StoreFs = nodeFs): Promise<LoggedState> {
  await nodeFs.mkdir(folder, { recursive: true });
  const [file, tailFile] = [path.join(folder, 'state.json'), path.join(folder, 'state.ndjson')];
  const content = await readTail(fs, tailFile, isStateLine, () => {});
  const initial: StateFile = { version: 1, sources: [], hostWaits: [] };
  const whole = await openJsonFile(
    durableAdapter(fs, file, isStateFile, () => {}),
    initial,
  );
  return createStateFile(whole, openTail(fs, tailFile), content);
}

/** `value` with one state changed. */
function changed(value: StateFile, at: number, failures: number): StateFile {
  const sources = value.sources.with(at, { ...(value.sources[at] as SourceState), failures });
  return { ...value, sources };
}

const statesOf = ({ sources, hostWaits }: StateFile) => ({ sources, hostWaits });

test('state file: of many states those that changed are appended, and found again without an orderly end', async () => {
  await withDataDir(async (folder) => {
    const state = await openState(folder);
    const wait = { host: 'a.example', until: '2026-08-23T00:00:00.000Z', reason: 'Retry-After' };
    await state.write(many(() => 0));
    const { mtimeMs } = await nodeFs.stat(path.join(folder, 'state.json'));
    await state.write({ ...changed(state.value, 7, 1), hostWaits: [wait] });
    await state.write(changed(state.value, 7, 2));
    await state.write({ ...changed(state.value, 9, 3), hostWaits: [] });
    assert.is((await nodeFs.stat(path.join(folder, 'state.json'))).mtimeMs, mtimeMs);
    assert.is((await nodeFs.readFile(path.join(folder, 'state.ndjson'), 'utf8')).split('\n').length, 1 + 3 * 2 + 1);
    const found = await openState(folder);
    assert.equal(statesOf(found.value), statesOf(state.value));
    assert.equal([found.value.sources[7]?.failures, found.value.sources[9]?.failures], [2, 3]);
  });
});

test('state file: as many lines as states are folded into the whole, and so is what there is at the end', async () => {
  await withDataDir(async (folder) => {
    const state = await openState(folder);
    const tail = () => nodeFs.readFile(path.join(folder, 'state.ndjson'), 'utf8');
    await state.write(many(() => 0));
    await state.write(many((at) => (at < MANY - 1 ? 1 : 0)));
    await state.write(changed(changed(state.value, 1, 2), 2, 2));
    assert.equal(JSON.parse(await tail()), { version: 1, generation: 2 });
    await state.write(changed(state.value, 3, 3));
    await state.fold();
    assert.equal(JSON.parse(await tail()), { version: 1, generation: 3 });
    const whole = JSON.parse(await nodeFs.readFile(path.join(folder, 'state.json'), 'utf8'));
    assert.equal(statesOf(whole), statesOf(state.value));
  });
});

test('state file: few states are one file, written whole', async () => {
  await withDataDir(async (folder) => {
    const state = await openState(folder);
    await state.write({ version: 1, sources: [aState('a')], hostWaits: [] });
    await state.write({ version: 1, sources: [aState('a', { failures: 1 })], hostWaits: [] });
    await state.fold();
    assert.equal(await nodeFs.readdir(folder), ['state.json', 'state.json.bak']);
    assert.not.ok('generation' in state.value);
  });
});

test('state file: lines that go on from another whole say nothing, a torn one is left out', async () => {
  await withDataDir(async (folder) => {
    const state = await openState(folder);
    await state.write(many(() => 0));
    await state.write(changed(state.value, 7, 1));
    await nodeFs.appendFile(path.join(folder, 'state.ndjson'), '{"source":"s7","fail');
    const torn = await openState(folder);
    assert.is(torn.value.sources[7]?.failures, 1);
    await torn.write(changed(torn.value, 8, 1));
    assert.is((await openState(folder)).value.sources[8]?.failures, 1);
    const whole = JSON.parse(await nodeFs.readFile(path.join(folder, 'state.json'), 'utf8'));
    await nodeFs.writeFile(
      path.join(folder, 'state.ndjson'),
      `{"version":1,"generation":1}\n${JSON.stringify(aState('s7', { failures: 9 }))}\n`,
    );
    assert.equal(statesOf((await openState(folder)).value), statesOf(whole));
  });
});

test('state file: whatever fails and wherever it dies, what was written is found, or what was written after it', async () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  await withDataDir(async (folder) => {
    let isFailing = false;
    const fs = watchedFs(() => {
      if (isFailing && random(4) === 0) throw systemError('ENOSPC');
    });
    let state = await openState(folder, fs);
    let tried: StateFile[] = [state.value];
    for (let step = 0; step < 300; step++) {
      const next =
        random(20) === 0
          ? many(() => step)
          : state.value.sources.length === 0
            ? many(() => 0)
            : changed(state.value, random(MANY), step);
      isFailing = random(3) === 0;
      tried.push(next);
      await state.write(next).then(
        () => (tried = [next]),
        (error) => assert.instance(error, ViaductError),
      );
      isFailing = false;
      if (random(5) > 0) continue;
      state = await openState(folder, fs);
      const found = JSON.stringify(statesOf(state.value));
      assert.ok(
        tried.some((one) => JSON.stringify(statesOf(one)) === found),
        `step ${step}`,
      );
    }
  });
});
test.run();
