import type { FileHandle } from 'node:fs/promises';
import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import type { StoreFs } from '../../src/store/store-fs.ts';

/** Called before each system call that changes something, with its name and the base name of its file; may throw in its place. */
export type Watcher = (call: string, name: string) => void;

const CHANGING = ['chmod', 'copyFile', 'link', 'mkdir', 'open', 'rename', 'rm', 'utimes'] as const;
const OF_HANDLES = ['writeFile', 'sync', 'datasync', 'stat', 'close'] as const;

/** The real file system with someone looking on. A link or rename is named by its target; opening for reading is not told. */
export function watchedFs(watch: Watcher): StoreFs {
  const real: Record<string, unknown> = { ...nodeFs };
  const fs = { ...real };
  for (const call of CHANGING) {
    const run = real[call] as (...args: unknown[]) => Promise<unknown>;
    fs[call] = async (...args: unknown[]) => {
      const file = call === 'link' || call === 'rename' || call === 'copyFile' ? args[1] : args[0];
      const name = path.basename(String(file));
      if (call !== 'open' || args[1] !== 'r') watch(call, name);
      const result = await run(...args);
      return call === 'open' ? watchedHandle(result as FileHandle, name, watch) : result;
    };
  }
  return fs as unknown as StoreFs;
}

function watchedHandle(handle: FileHandle, name: string, watch: Watcher): FileHandle {
  return new Proxy(handle, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const call = OF_HANDLES.find((one) => one === property);
      return async (...args: unknown[]) => {
        if (call === 'close') {
          await value.apply(target, args);
          return watch(call, name);
        }
        if (call) watch(call, name);
        return value.apply(target, args);
      };
    },
  });
}

/** An error as the system throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up by a test`), { code, syscall: 'write' });
}
