import type { HostWait, Instant, SourceRecord, SourceState, Tally } from '../model.ts';
import type { SiteIdentity } from './store.ts';

/** state.json. */
export interface StateFile {
  readonly version: 1;
  /** The tail (state.ndjson) that goes on from here carries the same number. Absent when there never was one. */
  readonly generation?: number;
  readonly sources: readonly SourceState[];
  readonly hostWaits: readonly HostWait[];
}

/** tallies.json. */
export interface TalliesFile {
  readonly version: 1;
  /** The tail (tallies.ndjson) that goes on from here carries the same number; one with a smaller number is in here already. */
  readonly generation: number;
  readonly items: readonly StoredTally[];
}

/** One line of state.ndjson: the state of one source, or all waits. */
export type StateLine = SourceState | Pick<StateFile, 'hostWaits'>;

/** One line of tallies.ndjson; without an item it only says that the key was seen on its day. */
export interface TallyLine {
  readonly kind: 'view' | 'click';
  readonly item?: string;
  readonly key: string;
  /** Hours since 1970. */
  readonly hour: number;
}

interface StoredTally extends Tally {
  /** Id of the item when it was counted: one of its entries' ids for ever. */
  readonly id: string;
}

/** private/salt.json: the secret of one UTC day, and nothing of the days before. */
export interface SaltFile {
  readonly version: 1;
  /** YYYY-MM-DD; absent before the first view. */
  readonly day?: string;
  /** 32 bytes, hex. */
  readonly salt?: string;
}

// By hand: zod takes seconds where 50,000 entries are read, and only what the code relies on needs to be there.

export function isSiteIdentity(value: object): value is SiteIdentity {
  return (
    'uuid' in value && /^[0-9a-f-]{36}$/i.test(String(value.uuid)) && 'created' in value && isInstant(value.created)
  );
}

/** The shape of sources/ID.json for this id. */
export function isRecordOf(sourceId: string): (value: object) => value is SourceRecord {
  return (value): value is SourceRecord => {
    const record = value as Partial<SourceRecord>;
    return (
      record.source === sourceId &&
      isObject(record.feed) &&
      FEED_TEXTS.every((name) => isTextIfThere(fieldsOf(record.feed)[name])) &&
      isListOf(record.entries, isEntry) &&
      isListOf(record.unreliableGuids, isString) &&
      isListOf(record.unreliableLinks, isString) &&
      isListOf(record.tombstones, isTombstone)
    );
  };
}

export function isStateFile(value: object): value is StateFile {
  const { sources, hostWaits } = value as Partial<StateFile>;
  return isListOf(sources, isSourceState) && isListOf(hostWaits, isHostWait);
}

export function isStateLine(value: object): value is StateLine {
  return 'hostWaits' in value ? isListOf(value.hostWaits, isHostWait) : isSourceState(value);
}

export function isTallyLine(value: object): value is TallyLine {
  const { kind, item, key, hour } = value as Partial<TallyLine>;
  return (kind === 'view' || kind === 'click') && isTextIfThere(item) && isString(key) && Number.isSafeInteger(hour);
}

export function isTalliesFile(value: object): value is TalliesFile {
  const { generation, items } = value as Partial<TalliesFile>;
  return isCount(generation) && isListOf(items, isStoredTally);
}

export function isSaltFile(value: object): value is SaltFile {
  const { day, salt } = value as Partial<SaltFile>;
  return /^\d{4}-\d\d-\d\d$/.test(String(day)) && /^[0-9a-f]{64}$/.test(String(salt));
}

const FEED_TEXTS = ['title', 'url', 'feedUrl', 'description', 'language', 'image', 'movedTo'];

/** Keys of an entry that hold a text where they are there. */
const TEXTS =
  `guid permalink link origLink externalUrl comments related title summary text html publishedAt updatedAt image language url
  viaUrl edited firstTitle ownSite`.split(/\s+/);

function isEntry(value: unknown): boolean {
  const strings = ['categories', 'guids', 'linkKeys'];
  const objects = ['authors', 'enclosures', 'origins'];
  const instants = ['arrival', 'date', 'firstSeen', 'lastListed'];
  const entry = fieldsOf(value);
  return (
    isString(entry.id) &&
    isString(entry.source) &&
    typeof entry.published === 'boolean' &&
    typeof entry.minutes === 'number' &&
    instants.every((name) => isInstant(entry[name])) &&
    strings.every((name) => isListOf(entry[name], isString)) &&
    objects.every((name) => isListOf(entry[name], hasTexts)) &&
    (entry.durationSeconds === undefined || typeof entry.durationSeconds === 'number') &&
    (entry.late === undefined || isListOf(entry.late, isString)) &&
    TEXTS.every((name) => isTextIfThere(entry[name]))
  );
}

function isTombstone(value: unknown): boolean {
  const { id, keys, firstSeen, lastListed } = fieldsOf(value);
  return isString(id) && isListOf(keys, isString) && isInstant(firstSeen) && isInstant(lastListed);
}

function isSourceState(value: unknown): boolean {
  const { source, sameBodyCount, failures, gone, counts } = fieldsOf(value);
  return (
    isString(source) &&
    isCount(sameBodyCount) &&
    isCount(failures) &&
    typeof gone === 'boolean' &&
    isObject(counts) &&
    ['asked', 'notModified', 'failed', 'bytes'].every((name) => isCount(counts[name]))
  );
}

function isHostWait(value: unknown): boolean {
  const { host, until, reason } = fieldsOf(value);
  return isString(host) && isInstant(until) && isString(reason);
}

function isStoredTally(value: unknown): boolean {
  const { id, views, clicks, hours } = fieldsOf(value);
  const isBucket = (bucket: unknown) => Array.isArray(bucket) && bucket.length === 2 && bucket.every(isCount);
  return isString(id) && isCount(views) && isCount(clicks) && Array.isArray(hours) && hours.every(isBucket);
}

/** An author, enclosure or origin: texts, and a length. */
const hasTexts = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((one) => isString(one) || typeof one === 'number');
const isString = (value: unknown): value is string => typeof value === 'string';
const isTextIfThere = (value: unknown): boolean => value === undefined || isString(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isInstant = (value: unknown): value is Instant => isString(value) && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
const isListOf = (value: unknown, isElement: (element: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isElement);
const fieldsOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});
