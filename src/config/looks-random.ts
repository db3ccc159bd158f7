/** Whether a part of an address seems made by a machine to be hard to guess: 20 characters or more that change between small and
 *  capital letters and digits at least at every fourth place, as keys and uuids do and words and dates do not. */
export function looksRandom(part: string): boolean {
  if (!/^[\w.~=+-]{20,}$/.test(part) || !/\d/.test(part)) return false;
  const kinds = [...part]
    .filter((sign) => /[a-z0-9]/i.test(sign))
    .map((sign) => (/\d/.test(sign) ? 'digit' : /[a-z]/.test(sign) ? 'small' : 'capital'));
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  return changes * 4 >= kinds.length;
}
