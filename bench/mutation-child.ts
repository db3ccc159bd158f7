/** Runs the test files given as arguments in this one process, in their order, and ends with 1 at the first test that fails. */
import { pathToFileURL } from 'node:url';

const globals = globalThis as unknown as { UVU_DEFER: number; UVU_QUEUE: unknown[][]; UVU_INDEX: number };
globals.UVU_DEFER = 1;
const { exec } = await import('uvu');
for (const [index, file] of process.argv.slice(2).entries()) {
  globals.UVU_INDEX = index;
  globals.UVU_QUEUE.push([file]);
  await import(pathToFileURL(file).href);
}
await exec(true);
process.exit();
