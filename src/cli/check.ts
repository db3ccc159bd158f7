import { ConfigError } from '../config/parse-config.ts';
import { secretWarnings } from '../secrets.ts';
import { type CheckFetchFlags, checkFetch } from './check-fetch.ts';
import type { CommandContext } from './context.ts';
import { counted } from './counted.ts';

export interface CheckFlags extends CheckFetchFlags {
  readonly fetch?: boolean;
}

/** Says whether feeds.json is well, and with `fetch` whether its sources are. Exit code 2 with every problem when the file is not. */
export async function check(flags: CheckFlags, context: CommandContext): Promise<number> {
  const { io, settings } = context;
  try {
    const config = await context.loadConfig();
    for (const warning of secretWarnings(config)) io.err(`${warning}\n`);
    if (flags.fetch || flags.source) return await checkFetch(config, flags, context);
    const disabled = config.sources.filter((source) => source.disabled).length;
    if (!flags.json) {
      await io.out(
        `${settings.configFile}: ${counted(config.sources.length, 'source')}${disabled > 0 ? ` (${disabled} disabled)` : ''}, all well`,
      );
    }
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError && flags.json)) throw error;
    for (const problem of error.problems) await io.out(JSON.stringify(problem));
    return 2;
  }
}
