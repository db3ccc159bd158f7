/** One system call, or the moment at which something was said to be stored. `from` and `to` are places in the order of all. */
export interface Step {
  readonly call: 'write' | 'sync' | 'rename' | 'said';
  /** Base name of the file; of a rename its target; of what was said the source. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The saves of each source, one for each 'said', and whether each had this order: temp file written, fsynced, renamed, its
 *  folder fsynced, and only then said. */
export function judgeSaves(steps: readonly Step[]): { readonly saves: number; readonly inOrder: number } {
  const said = steps.filter(({ call }) => call === 'said');
  const lastSaid = new Map<string, number>();
  let inOrder = 0;
  for (const { name, from } of said) {
    const since = lastSaid.get(name) ?? -1;
    const own = steps.filter((step) => step.from > since && step.to < from);
    if (isInOrder(own, name)) inOrder += 1;
    lastSaid.set(name, from);
  }
  return { saves: said.length, inOrder };
}

function isInOrder(steps: readonly Step[], source: string): boolean {
  const temp = `${source}.json.tmp`;
  const last = (call: Step['call'], name: string) => steps.findLast((step) => step.call === call && step.name === name);
  const written = last('write', temp);
  const synced = last('sync', temp);
  const renamed = last('rename', `${source}.json`);
  const folderSynced = steps.some(
    (step) => step.call === 'sync' && step.name === 'sources' && step.from > (renamed?.to ?? Infinity),
  );
  return (
    written !== undefined &&
    synced !== undefined &&
    renamed !== undefined &&
    synced.from > written.to &&
    renamed.from > synced.to &&
    folderSynced
  );
}
