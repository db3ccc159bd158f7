import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServedDocument } from './ingest.ts';

const CORPUS = path.resolve('../shared/corpus');

interface CorpusCase {
  readonly id: string;
  readonly file: string;
  readonly content_type?: string;
  readonly group: string;
}

/** Every document of the readers' own test suites, each once; undefined where the collection is not at hand. */
export function corpusDocuments(): readonly ServedDocument[] | undefined {
  const file = path.join(CORPUS, 'cases.jsonl');
  if (!existsSync(file)) return undefined;
  const cases = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CorpusCase);
  const byFile = new Map(cases.map((one) => [one.file, one]));
  return [...byFile.values()].map((one, index) => ({
    id: `corpus-${index}`,
    body: readFileSync(path.join(CORPUS, one.file)),
    // A header that node:http would refuse to send is as good as none.
    ...(one.content_type !== undefined && /^[\x20-\x7e]+$/.test(one.content_type) && { contentType: one.content_type }),
    category: one.group,
  }));
}
