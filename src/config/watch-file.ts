import { stat } from 'node:fs/promises';

/** Two looks that see the same file make it whole: an editor that writes in pieces, or renames, takes milliseconds. */
const LOOK_EVERY_MS = 300;
/** A file that could not be read although nobody saved it: its disk or its rights may be back by then. */
const AGAIN_AFTER_MS = 5_000;

/** Calls `onSaved` when the file was saved: its mark (place, size, times) changed and then stayed the same from one look to the next.
 *  Also when it was replaced, went, or came back. `isStill` says whether that is yet so, once the file was read: if not, there will be
 *  another call. The next look waits for `onSaved`; where that resolves with 'again' there is another call a little later, saved or
 *  not. Returns the way to stop. */
export function watchFile(
  file: string,
  onSaved: (isStill: () => Promise<boolean>) => Promise<'again' | undefined>,
  everyMs = LOOK_EVERY_MS,
  againMs = AGAIN_AFTER_MS,
): () => void {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let known: string | undefined;
  let seen: string | undefined;

  async function look(): Promise<void> {
    const mark = await markOf(file);
    known ??= mark;
    let isAgain = false;
    if (mark !== known && mark === seen) {
      known = mark;
      isAgain = !isStopped && (await onSaved(async () => (await markOf(file)) === mark)) === 'again';
      if (isAgain) known = '';
    }
    seen = mark;
    if (isStopped) return;
    timer = setTimeout(() => void look(), isAgain ? againMs : everyMs);
    timer.unref();
  }

  void look();
  return () => {
    isStopped = true;
    clearTimeout(timer);
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
