import { runCli } from '../../src/cli/program.ts';

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the person was asked. */
  readonly asked: readonly string[];
}

/** Runs one command line in this process, as it would run in `folder`. With `answers` a person sits at the keyboard, who gives them
 *  one after the other and then goes. */
export async function runIn(
  folder: string,
  args: readonly string[],
  options: { answers?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<CliRun> {
  const { answers, env = {} } = options;
  const out: string[] = [];
  const asked: string[] = [];
  const coming = [...(answers ?? [])];
  let err = '';
  const code = await runCli(args, {
    out: async (line) => void out.push(line),
    err: (text) => {
      err += text;
    },
    isTerminal: answers !== undefined,
    ...(answers && {
      ask: async (question: string) => {
        asked.push(question);
        return coming.shift();
      },
    }),
    cwd: folder,
    env: { VIADUCT_LOG_LEVEL: 'warn', ...env },
    onStop: () => {},
    onReload: () => {},
  });
  return { code, out: out.join('\n'), err, asked };
}
