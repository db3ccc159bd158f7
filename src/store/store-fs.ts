import type * as nodeFs from 'node:fs/promises';

/** What the store asks of a file system. node:fs/promises has it; a test can watch the order of the calls. */
export type StoreFs = Pick<
  typeof nodeFs,
  | 'chmod'
  | 'copyFile'
  | 'link'
  | 'mkdir'
  | 'open'
  | 'readdir'
  | 'readFile'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rm'
  | 'stat'
  | 'utimes'
>;

/** 'ENOENT' and the like; undefined for what no system call threw. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}
