/** npm run accept [N…]: the acceptance checks, minutes each. Each prints its figures beside their limits; the last line counts.
 *  They play bad networks, full disks and crashes against the built program, on loopback only, and need no root. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Check, createReport } from './report.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2).map(Number);
const files = readdirSync(here)
  .filter((name) => /^check-\d\d-.*\.js$/.test(name))
  .sort();

let [passed, failed, skipped] = [0, 0, 0];
for (const file of files) {
  const number = Number(file.slice(6, 8));
  if (wanted.length > 0 && !wanted.includes(number)) continue;
  const report = createReport((line) => console.log(`   ${line}`));
  const startedAt = performance.now();
  try {
    const { check } = (await import(pathToFileURL(path.join(here, file)).href)) as { check: Check };
    console.log(`\n${number} ${check.title}`);
    await check.run(report);
  } catch (error) {
    report.figure(
      'ended with an error',
      error instanceof Error ? (error.stack ?? error.message) : String(error),
      'none',
      false,
    );
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const outcome = report.outcome();
  console.log(`   ${outcome} in ${seconds} s`);
  if (outcome === 'passed') passed += 1;
  else if (outcome === 'skipped') skipped += 1;
  else failed += 1;
}
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed + skipped === 0 ? 1 : 0;
