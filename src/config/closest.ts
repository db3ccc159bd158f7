/** The candidate that `written` was probably meant to be: the same but for case, "-" and "_", the only one that it begins
 *  or that begins it, or at most a third of its letters away. Undefined when none is. */
export function closest(written: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(written);
  if (wanted.length === 0 || wanted.length > 60) return undefined;
  const begun = candidates.filter((candidate) => begins(wanted, plain(candidate)) || begins(plain(candidate), wanted));
  if (begun.length === 1) return begun[0];
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate));
    const limit = Math.floor(Math.max(wanted.length, plain(candidate).length) / 3);
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

function begins(start: string, word: string): boolean {
  return start.length >= 3 && word.startsWith(start);
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '');
}

/** Letters to add, drop, change or swap with a neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let distance = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + cost);
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] && row > 1 && column > 1) {
        distance = Math.min(distance, at(beforePrevious, column - 2) + 1);
      }
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
