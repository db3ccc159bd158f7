import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServedDocument } from './ingest.ts';

/** The project's own documents of every dialect, each with what the parser must make of it beside it. */
const FIXTURES = path.resolve('test/fixtures/parse');
const CORPUS = path.resolve('../shared/corpus');

interface CorpusCase {
  readonly file: string;
  readonly content_type?: string;
  readonly group: string;
}

/** Documents of every dialect, each once: the project's own and, where they lie beside it, those of other readers' test suites. */
export function corpusDocuments(): readonly ServedDocument[] {
  const fixtures = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(xml|json)$/.test(name) && !name.endsWith('.expected.json'))
    .map((name) => ({ file: path.join(FIXTURES, name), group: path.dirname(name) }));
  const byFile = new Map([...fixtures, ...corpusCases()].map((one) => [one.file, one]));
  return [...byFile.values()].map((one: CorpusCase, index) => ({
    id: `corpus-${index}`,
    body: readFileSync(one.file),
    // A header that node:http would refuse to send is as good as none.
    ...(one.content_type !== undefined && /^[\x20-\x7e]+$/.test(one.content_type) && { contentType: one.content_type }),
    category: one.group,
  }));
}

function corpusCases(): readonly CorpusCase[] {
  const file = path.join(CORPUS, 'cases.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const cases = lines.map((line) => JSON.parse(line) as CorpusCase);
  return cases.map((one) => ({ ...one, file: path.join(CORPUS, one.file) }));
}
