const known = new WeakMap<object, number>();

/** What JSON escapes (RFC 8259 §7). */
const ESCAPED = /["\\\u0000-\u001f]/;

/** How many characters a value has as JSON. */
export function jsonChars(value: unknown): number {
  if (typeof value === 'string') return ESCAPED.test(value) ? JSON.stringify(value).length : value.length + 2;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + jsonChars(one) + 1, 2);
  if (typeof value !== 'object' || value === null) return 5;
  let chars = 2;
  for (const [key, part] of Object.entries(value)) chars += key.length + 4 + jsonChars(part);
  return chars;
}

/** As jsonChars, of what never changes: each object is measured once. */
export function jsonCharsOf(value: object): number {
  const chars = known.get(value) ?? jsonChars(value);
  known.set(value, chars);
  return chars;
}
