import { type Adapter, Low } from 'lowdb';

/** One JSON file: its value in memory is always the one that is durable. */
export interface JsonFile<T> {
  readonly value: T;
  /** False when there was nothing to read and `value` began as the initial one. */
  readonly wasFound: boolean;
  /** Writes run one after the other. When one throws, `value` stays. */
  write(next: T): Promise<void>;
}

/** Reads a file through lowdb. `kept` is what stays in memory of a value that was read or written, given what was kept before. `Low` is kept inside: its `data` runs ahead of the disk while a write is under way, and keeps a
 *  change whose write failed. */
export async function openJsonFile<T extends object>(
  adapter: Adapter<T>,
  initial: T,
  kept: (value: T, before?: T) => T = (value) => value,
): Promise<JsonFile<T>> {
  const low = new Low<T>(adapter, initial);
  await low.read();
  const wasFound = low.data !== initial;
  let value = wasFound ? kept(low.data) : initial;
  low.data = value;
  let lastWrite: Promise<void> = Promise.resolve();

  async function writeNow(next: T): Promise<void> {
    low.data = next;
    try {
      await low.write();
      value = kept(next, value);
    } finally {
      low.data = value;
    }
  }

  return {
    get value() {
      return value;
    },
    wasFound,
    write(next) {
      const write = lastWrite.then(() => writeNow(next));
      lastWrite = write.catch(() => undefined);
      return write;
    },
  };
}
