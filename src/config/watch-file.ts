import { stat } from 'node:fs/promises';

/** Two looks that see the same file make it whole: an editor that writes in pieces, or renames, takes milliseconds. */
const LOOK_EVERY_MS = 300;
/** A file that could not be read although nobody saved it: its disk or its rights may be back by then. */
const AGAIN_AFTER_MS = 5_000;

export interface FileWatch {
  /** Looks now, without waiting for the file to stay the same: `onSaved` is called if it is another one than was last read, or
   *  whenever `isWanted`. Resolves once that is over. */
  lookNow(isWanted?: boolean): Promise<void>;
  stop(): void;
}

/** Calls `onSaved` when the file was saved: its mark (place, size, times) changed and then stayed the same from one look to the next.
 *  Also when it was replaced, went, or came back. `isStill` says whether that is yet so, once the file was read: if not, there will be
 *  another call. The next look waits for `onSaved`; where that resolves with 'again' there is another call a little later, saved or
 *  not. */
export function watchFile(
  file: string,
  onSaved: (isStill: () => Promise<boolean>) => Promise<'again' | undefined>,
  everyMs = LOOK_EVERY_MS,
  againMs = AGAIN_AFTER_MS,
): FileWatch {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let known: string | undefined;
  let seen: string | undefined;
  let lastLook: Promise<unknown> = Promise.resolve();

  /** Whether there has to be another call. Looks wait for each other. */
  function look(isMeant: (mark: string) => boolean): Promise<boolean> {
    const work = async () => {
      const mark = await markOf(file);
      known ??= mark;
      const isSaved = isMeant(mark);
      seen = mark;
      if (!isSaved || isStopped) return false;
      known = mark;
      const isAgain = (await onSaved(async () => (await markOf(file)) === mark)) === 'again';
      if (isAgain) known = '';
      return isAgain;
    };
    const done = lastLook.then(work);
    lastLook = done.catch(() => undefined);
    return done;
  }

  async function lookOften(): Promise<void> {
    const isAgain = await look((mark) => mark !== known && mark === seen);
    if (isStopped) return;
    timer = setTimeout(() => void lookOften(), isAgain ? againMs : everyMs);
    timer.unref();
  }

  void lookOften();
  return {
    async lookNow(isWanted = false) {
      await look((mark) => isWanted || mark !== known);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Follows links: a mounted configuration is often a link that is turned to another file. */
async function markOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}
