import { ConfigError, secretWarnings } from '../config/parse-config.ts';
import type { CommandContext } from './program.ts';

/** Says whether feeds.json is well. Exit code 2 with every problem when it is not. */
export async function check(flags: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const { io, place } = context;
  try {
    const config = await context.loadConfig();
    for (const warning of secretWarnings(config)) io.err(`${warning}\n`);
    const disabled = config.sources.filter((source) => source.disabled).length;
    if (!flags.json) {
      await io.out(
        `${place.configFile}: ${config.sources.length} sources${disabled > 0 ? ` (${disabled} disabled)` : ''}, all well`,
      );
    }
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError && flags.json)) throw error;
    for (const problem of error.problems) await io.out(JSON.stringify(problem));
    return 2;
  }
}
