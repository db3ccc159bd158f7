import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One line of attacks.jsonl. */
export interface AttackCase {
  readonly id: string;
  readonly kind: string;
  readonly file?: string;
  readonly server?: string;
  readonly ct?: string;
  /** It stands on the server's TLS port. */
  readonly tls?: boolean;
  /** Of feeds.json, where the address is the attack. */
  readonly config?: { readonly url?: string };
  readonly expected: {
    readonly outcome: string;
    /** Exact number of items stored. */
    readonly items?: number;
    /** Requests that one poll may make at most. */
    readonly maxRequests?: number;
    /** Before which the source may not be asked again. */
    readonly minDelayS?: number;
    /** By how much the number of stored items may grow over many polls. */
    readonly maxGrowth?: number;
    /** Regular expressions that match nothing in any output. */
    readonly mustNot?: readonly string[];
    readonly oracles?: readonly string[];
    readonly limits?: { readonly ms?: number; readonly rssMb?: number };
    readonly text?: string;
  };
}

/** Where the hostile collection lies, beside the project. */
export const ATTACKS = path.resolve('../shared/attacks');
export const NO_ATTACKS = `${ATTACKS} is not here`;

/** The collection of hostile input; undefined where it is not at hand. */
export function readAttacks(): readonly AttackCase[] | undefined {
  const file = path.join(ATTACKS, 'attacks.jsonl');
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AttackCase);
}
