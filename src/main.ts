#!/usr/bin/env node
import { isatty } from 'node:tty';
import { runCli } from './cli/program.ts';
import { askAtKeyboard } from './cli/terminal.ts';
import { processEnvironment } from './config/settings.ts';

// `viaduct items | head` closes the pipe early: that is a reader who has seen enough, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`viaduct: the output cannot be written (${error.code}).\n`);
  process.exit(1);
});

// The reader of the log may go away (`2>&1 | tee` ends, journald restarts), its disk be full, its terminal be closed: a line that
// nobody can read is no reason to stop serving.
process.stderr.on('error', () => undefined);

let isStopping = false;
const terminals = [0, 1, 2].filter(isatty);
/** A terminal that is closed sends SIGHUP, too. */
const isTerminalGone = () => !terminals.every(isatty);
const env = processEnvironment();
process.exitCode = await runCli(process.argv.slice(2), {
  out: (line) =>
    new Promise((resolve) => {
      if (process.stdout.write(`${line}\n`)) resolve();
      else process.stdout.once('drain', resolve);
    }),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true && env.TERM !== 'dumb',
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask: askAtKeyboard(process.stdin, process.stderr) }),
  cwd: process.cwd(),
  env,
  onStop: (stop) => {
    const end = (signal: string) => {
      isStopping = true;
      stop(signal);
    };
    process.once('SIGINT', () => end('SIGINT'));
    process.on('SIGHUP', () => isTerminalGone() && end('SIGHUP'));
    // Who sends it twice is a supervisor that waits, and has a SIGKILL for later.
    process.on('SIGTERM', () => end('SIGTERM'));
  },
  onReload: (reload) => void process.on('SIGHUP', () => isTerminalGone() || reload()),
});
// What a slow disk still has in hand keeps nobody waiting.
if (isStopping) process.exit();
