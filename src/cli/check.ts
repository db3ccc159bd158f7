import { ConfigError } from '../config/parse-config.ts';
import { secretWarnings } from '../secrets.ts';
import { type CheckFetchFlags, checkFetch } from './check-fetch.ts';
import type { CommandContext } from './context.ts';
import { counted } from './terminal.ts';

export interface CheckFlags extends CheckFetchFlags {
  readonly fetch?: boolean;
}

/** Checks feeds.json, and with `fetch` its sources. Exit code 2 with every problem of the file. */
export async function check(flags: CheckFlags, context: CommandContext): Promise<number> {
  const { io, settings } = context;
  try {
    const config = await context.loadConfig();
    for (const warning of secretWarnings(config)) io.err(`${warning}\n`);
    if (flags.fetch || flags.source) return await checkFetch(config, flags, context);
    const disabled = config.sources.filter((source) => source.disabled).length;
    if (!flags.json) {
      await io.out(
        `${settings.configFile}: ${counted(config.sources.length, 'source')}${disabled > 0 ? ` (${disabled} disabled)` : ''}, all OK`,
      );
    }
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError && flags.json)) throw error;
    for (const problem of error.problems) await io.out(JSON.stringify(problem));
    return 2;
  }
}
