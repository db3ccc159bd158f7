import type { SourceState } from '../model.ts';
import type { JsonFile } from './json-file.ts';
import type { StateFile, StateLine } from './shapes.ts';
import { linesText, type Tail, type TailContent, tailText } from './tail.ts';

/** Fewer states are written whole each time: one file to look at, and nothing gained by two. */
const FEW = 200;

/** state.json as one value, kept in two files: the whole, and its tail, state.ndjson, with the states that changed since. */
export interface LoggedState extends JsonFile<StateFile> {
  /** Puts what the tail says into the whole. */
  fold(): Promise<void>;
}

/** To write the whole of 10,000 states takes a tenth of a second, each second of a pass.
 *
 *      write:  few states, or as many lines in the tail as there are states: fold
 *              else a line for each state that is not the object that it was, fsynced
 *      fold:   1. state.json = all states, generation + 1
 *              2. the tail = nothing, with that generation
 *              a crash between the two leaves a tail with an older number: the whole has what is in it */
export function createStateFile(
  whole: JsonFile<StateFile>,
  tail: Tail,
  content: TailContent<StateLine> | undefined,
): LoggedState {
  let generation = whole.value.generation ?? 0;
  const isOurs = content !== undefined && content.generation === generation;
  let value = isOurs ? withLines(whole.value, content.lines) : whole.value;
  let lines = isOurs ? content.lines.length : 0;
  let isTailReady = isOurs && content.isWhole;
  let lastWrite: Promise<void> = Promise.resolve();

  async function writeNow(next: StateFile): Promise<void> {
    const before = new Map(value.sources.map((state) => [state.source, state]));
    const changed = next.sources.filter((state) => before.get(state.source) !== state);
    const isFew = next.sources.length < FEW;
    if (!isTailReady || isFew || lines + changed.length > next.sources.length) return foldTo(next);
    // Until it has succeeded: a failure may leave half a line.
    isTailReady = false;
    await tail.append(linesText([...changed, { hostWaits: next.hostWaits }]));
    await tail.sync();
    isTailReady = true;
    lines += changed.length;
    value = next;
  }

  async function foldTo({ sources, hostWaits }: StateFile): Promise<void> {
    const isTailNeeded = sources.length >= FEW || lines > 0;
    const next = { version: 1, ...(isTailNeeded && { generation: generation + 1 }), sources, hostWaits } as const;
    isTailReady = false;
    await whole.write(next);
    value = next;
    lines = 0;
    if (!isTailNeeded) return;
    generation += 1;
    await tail.replace(tailText(generation, []));
    isTailReady = true;
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const write = lastWrite.then(work);
    lastWrite = write.catch(() => undefined);
    return write;
  }

  return {
    get value() {
      return value;
    },
    wasFound: whole.wasFound,
    write: (next) => inTurn(() => writeNow(next)),
    fold: () =>
      inTurn(async () => {
        await tail.close();
        if (lines > 0) await foldTo(value);
      }),
  };
}

function withLines(whole: StateFile, lines: readonly StateLine[]): StateFile {
  const sources = new Map<string, SourceState>(whole.sources.map((state) => [state.source, state]));
  let { hostWaits } = whole;
  for (const line of lines) {
    if ('hostWaits' in line) hostWaits = line.hostWaits;
    else sources.set(line.source, line);
  }
  return { ...whole, sources: [...sources.values()], hostWaits };
}
