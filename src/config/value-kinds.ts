/** The kinds of value that feeds.json holds, as schemas. Each has one sentence for every way in which it can be wrong. */
import { isIP } from 'node:net';
import nodeCron from 'node-cron';
import * as z from 'zod';
import { parseAllowed } from '../fetch/address-guard.ts';
import { readFilterRule } from '../items/filter-rule.ts';
import { parseUrl } from '../parse-url.ts';
import { closest } from './closest.ts';

/** With the case of letters written out: JSON Schema patterns have no flags. */
const WEB_ADDRESS = /^[hH][tT][tT][pP][sS]?:\/\/[^\s\u0000-\u001f\u007f<>"]+$/;

/** One line for people, space around it dropped: no control characters, no lone surrogates. */
export function text(error: string, maxCharacters: number, minCharacters = 1) {
  return z
    .string({ error })
    .trim()
    .regex(/^[^\u0000-\u001f\u007f]*$/, { error: `${error} in one line` })
    .min(minCharacters, { error: `${error} that is not empty` })
    .max(maxCharacters, { error: `${error} of at most ${maxCharacters} characters` })
    .refine((value) => !/[\ud800-\udfff]/u.test(value), {
      error: `${error} without half characters (\\ud800-\\udfff)`,
    });
}

/** Text in quotes of one form; `error` says which. */
export function pattern(regex: RegExp, error: string) {
  return z.string({ error }).regex(regex, { error });
}

/** Both a pattern, for JSON Schema, and what no pattern can judge. */
function checkedText(regex: RegExp, isRight: (value: string) => boolean, error: string) {
  return pattern(regex, error).refine(isRight, { error });
}

/** A whole number of some unit, both ends included. */
export function wholeNumber(unit: string, min: number, max: number) {
  const error = `expected a whole number of ${unit} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number of megabytes, not only whole ones. */
export function megabytes(max: number) {
  const error = `expected a number of megabytes, more than 0 and at most ${max}`;
  return z.number({ error }).gt(0, { error }).max(max, { error });
}

/** True or false. */
export function flag() {
  return z.boolean({ error: 'expected true or false' });
}

/** One of a few words. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  const quoted = values.map((value) => `"${value}"`);
  return z.enum(values, { error: `expected ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}` });
}

/** An http(s) address that everybody may see. */
export function webAddress() {
  const error = 'expected an address that begins with http:// or https://, without a password in it';
  return checkedText(WEB_ADDRESS, isWebAddress, error);
}

/** An http(s) address that pages can be put below. */
export function siteAddress() {
  const isSite = (value: string) => isWebAddress(value) && !/[?#]/.test(value);
  const error = 'expected the address at which readers reach the site, such as "https://news.example.org"';
  return checkedText(WEB_ADDRESS, isSite, error);
}

/** A mailto: or web address. */
export function contact() {
  const mailto = /mailto:[^\s@?&<>"]+@[^\s@?&<>"]+$/;
  const either = new RegExp(`^${mailto.source}|${WEB_ADDRESS.source}`);
  const isContact = (value: string) => value.startsWith('mailto:') || isWebAddress(value);
  return checkedText(either, isContact, 'expected "mailto:you@example.org", or the http(s) address of a page');
}

/** Whether this is an absolute http(s) address that may be shown to everybody. */
function isWebAddress(value: string): boolean {
  const url = WEB_ADDRESS.test(value) ? parseUrl(value) : undefined;
  return url?.username === '' && url.password === '';
}

/** A BCP 47 tag. */
export function language() {
  const isLanguage = (value: string) => {
    try {
      return Intl.getCanonicalLocales(value).length === 1;
    } catch {
      return false;
    }
  };
  return checkedText(
    /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/,
    isLanguage,
    'expected a language such as "en", "de" or "pt-BR"',
  );
}

/** A name of the IANA data base. */
export function timezone() {
  return z.string({ error: 'expected a time zone such as "UTC" or "Europe/Berlin"' }).check(({ value, issues }) => {
    if (isTimezone(value)) return;
    const near = closest(value, Intl.supportedValuesOf('timeZone'));
    const hint = near === undefined ? '' : `; did you mean "${near}"?`;
    issues.push({
      code: 'custom',
      input: value,
      message: `expected a time zone such as "UTC" or "Europe/Berlin"${hint}`,
    });
  });
}

/** Whether this is a name of the IANA data base. Offsets ("+02:00") are none: they know no summer time. */
function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[a-z]/i.test(name);
  } catch {
    return false;
  }
}

/** An expression that node-cron reads, 5 or 6 fields. */
export function cron() {
  const error = 'expected a cron expression such as "*/30 * * * *" (every 30 minutes)';
  return text(error, 200).check(({ value, issues }) => {
    const problem = cronProblem(value);
    if (problem) issues.push({ code: 'custom', input: value, message: `${error}; ${problem}` });
  });
}

/** `include` or `exclude` of a source. */
export function filterRules() {
  const rule = text('expected a word, a phrase or a /pattern/', 200).check(({ value, issues }) => {
    const read = value === '' ? undefined : readFilterRule(value);
    if (typeof read === 'object') issues.push({ code: 'custom', input: value, message: read.problem });
  });
  return z
    .array(rule, { error: 'expected a list of words, phrases or /patterns/' })
    .max(100, { error: 'expected at most 100 rules' });
}

/** One entry of `allow`. */
export function hostOrNetwork() {
  const error =
    'expected a host, host:port, IP address or CIDR, such as "nas.local", "127.0.0.1:8081" or "192.168.0.0/16"';
  return checkedText(/^[A-Za-z0-9_.:[\]-]+(\/[0-9]{1,3})?$/, (value) => parseAllowed(value) !== undefined, error);
}

/** One entry of `trustProxy`. */
export function network() {
  const error = 'expected an IP address or CIDR, such as "127.0.0.1" or "10.0.0.0/8"';
  return checkedText(/^[A-Fa-f0-9.:]+(\/[0-9]{1,3})?$/, isNetwork, error);
}

/** Whether this is an IP address or a CIDR ("10.0.0.0/8", "fd00::/8"). */
function isNetwork(value: string): boolean {
  const allowed = parseAllowed(value);
  return allowed?.kind === 'range' || (allowed !== undefined && isIP(value) !== 0);
}

/** What node-cron cannot read in a cron expression, in words. */
function cronProblem(expression: string): string | undefined {
  if (expression.length > 200) return undefined;
  const [error] = nodeCron.validateDetailed(expression).errors;
  if (error === undefined || expression.trim() === '') return undefined;
  if (error.field === 'expression') {
    return error.message.replace(/^expected (.*) fields but got (\d+)$/, 'it has $2 fields, not $1');
  }
  const part = /^[\w*/,#-]{1,30}$/.test(error.value ?? '') ? `"${error.value}"` : 'this';
  return `${part} is no ${error.field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
}
