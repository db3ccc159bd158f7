/** Takes the lock of the folder named on the command line, says how that went, and holds it until stdin ends. */
import * as nodeFs from 'node:fs/promises';
import { ViaductError } from '../../src/errors.ts';
import { lockFolder } from '../../src/store/lock.ts';

try {
  const unlock = await lockFolder(nodeFs, process.argv[2] ?? '');
  process.stdout.write('won\n');
  for await (const _ of process.stdin);
  await unlock();
} catch (error) {
  if (!(error instanceof ViaductError)) throw error;
  process.stdout.write(`${error.code} ${error.message}\n`);
}
