/** Loaded before a program (`--import`, in every thread); says POLLUTED at the end, and every 200 ms, when the prototype of
 *  all objects got what it should not have. */
const SOURCE = `const clean = Object.getOwnPropertyNames(Object.prototype).length;
const look = () => { if (Object.keys(Object.prototype).length || ({}).polluted !== undefined || Object.getOwnPropertyNames(Object.prototype).length !== clean) process.stderr.write('POLLUTED\\n'); };
setInterval(look, 200).unref(); process.on('exit', look);`;

/** The argument for node that loads it. */
export const POLLUTION_WATCH = `--import=data:text/javascript,${encodeURIComponent(SOURCE)}`;
