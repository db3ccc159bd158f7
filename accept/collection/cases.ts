import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOCUMENTS } from './documents.ts';
import { FLOODS } from './floods.ts';
import { SERVERS } from './servers.ts';

/** One case of hostile input: a document, or a server that misbehaves. */
export interface HostileCase extends CaseRule {
  /** The program that serves it at /case/ID, and says on its first line where it listens. */
  readonly servedBy: string;
  /** The document; undefined where the server is the attack. */
  readonly body?: Buffer;
  readonly contentType?: string;
}

/** What a case is, and what must come of it. */
export interface CaseRule {
  readonly id: string;
  /** What is hostile in it: xss, url, date, server … */
  readonly kind: string;
  /** Where it is asked, if not at http://HOST:PORT/case/ID: over TLS, at an https address that speaks plain HTTP, or at an
   *  address of its own. */
  readonly at?: 'tls' | 'plain-https' | `http${string}`;
  readonly expected: Expected;
}

export interface Expected {
  /** ok: read · reject: a failed poll that keeps what was stored · either: no crash · not-modified · retry-later: a
   *  failure after which nobody of the host is asked for a while · gone: never asked again. */
  readonly outcome: 'ok' | 'reject' | 'either' | 'not-modified' | 'retry-later' | 'gone';
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
  /** What else is judged: prev-kept (items stored before stay), no-canary (it names an address that nobody may ask),
   *  validators-exact (each request sends the validators of the answer before it). */
  readonly oracles?: readonly string[];
  readonly limits?: { readonly ms?: number; readonly rssMb?: number };
}

/** A line of the attacks.jsonl of the larger collection. */
interface AttackLine extends CaseRule {
  readonly file?: string;
  readonly server?: string;
  readonly ct?: string;
  readonly tls?: boolean;
  /** Text of a feeds.json, or a part of one. */
  readonly config?: string | { readonly url?: `http${string}` };
}

const ATTACKS = path.resolve('../shared/attacks');
const OWN_SERVER = fileURLToPath(new URL('../hostile-server.js', import.meta.url));

/** Every case of the project's own collection, and of the larger one where it lies beside the project. */
export function hostileCases(): readonly HostileCase[] {
  const cases = [...ownCases(), ...attackLines().flatMap(caseOf)];
  const twice = cases.find(({ id }, at) => cases.findIndex((other) => other.id === id) < at);
  if (twice) throw new Error(`two cases are called ${twice.id}`);
  return cases;
}

/** Texts of a feeds.json that must be refused, of the larger collection; [] without it. */
export function hostileConfigs(): readonly (readonly [id: string, text: string])[] {
  return attackLines().flatMap(({ id, kind, config }) =>
    kind === 'config' && typeof config === 'string' && config.startsWith('{')
      ? [[id, config.replaceAll('{{BASE}}', 'https://bad.example')] as const]
      : [],
  );
}

function ownCases(): readonly HostileCase[] {
  const servedBy = OWN_SERVER;
  const documents = DOCUMENTS.map(({ body, ...rule }) => ({ ...rule, servedBy, body: onOwnSite(rule.id, body) }));
  const servers = [...SERVERS, ...FLOODS].map(({ id, kind, at, expected }) => ({
    ...{ id, kind, expected, servedBy },
    ...(at && { at }),
  }));
  return [...documents, ...servers];
}

/** Each document on a site of its own, so that no two of them are one article. */
function onOwnSite(id: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body).toString('latin1');
  return Buffer.from(bytes.replaceAll('example.org', `${id}.example`), 'latin1');
}

function attackLines(): readonly AttackLine[] {
  const file = path.join(ATTACKS, 'attacks.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as AttackLine);
}

/** Cases that the larger collection wants refused and that hold a feed all the same: a body under a coding that means nothing,
 *  an <rss> without a channel, JSON with a comma before a bracket. */
const READ_ALL_THE_SAME = new Set(['encoding-unknown', 'channel-missing', 'json-trailing-comma']);

function caseOf({ id, kind, file, server, ct, tls, config, expected }: AttackLine): readonly HostileCase[] {
  if (file === undefined && server === undefined) return [];
  const url = typeof config === 'object' ? config.url : undefined;
  const at = url ?? (tls ? 'tls' : id === 'tls-plain-on-https' ? 'plain-https' : undefined);
  return [
    {
      ...{ id, kind, servedBy: path.join(ATTACKS, 'badserver.mjs') },
      expected: READ_ALL_THE_SAME.has(id) ? { outcome: 'ok' as const } : expected,
      ...(at !== undefined && { at }),
      ...(file !== undefined && { body: onOwnSite(id, readFileSync(path.join(ATTACKS, file))) }),
      ...(ct !== undefined && { contentType: ct }),
    },
  ];
}
