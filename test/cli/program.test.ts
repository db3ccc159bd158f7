import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withFolder } from '../helpers/run-viaduct.ts';
import { runIn } from './run-cli.ts';

const wrong: readonly (readonly [args: readonly string[], told: RegExp])[] = [
  [['frobnicate'], /^There is no command frobnicate\. viaduct --help lists them\.\n$/],
  [['start', 'extra'], /^There is no command extra\./],
  [['--log-level', 'warn', 'check'], /^Flags stand after the command: viaduct check …\n$/],
];
for (const [args, told] of wrong) {
  test(`runCli: viaduct ${args.join(' ')} says what is wrong with it`, async () => {
    await withFolder([], async (folder) => {
      const { code, err } = await runIn(folder, args);
      assert.is(code, 2);
      assert.match(err, told);
    });
  });
}

test.run();
