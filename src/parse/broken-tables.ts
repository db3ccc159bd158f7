/** Where each part of a table may stand. HTML §4.9. */
const PARENTS = new Map([
  ['caption', 'table'],
  ['thead', 'table'],
  ['tbody', 'table'],
  ['tfoot', 'table'],
  ['tr', 'table thead tbody tfoot'],
  ['td', 'tr'],
  ['th', 'tr'],
]);
const ONLY_PARTS = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr']);

/** Sanitised HTML, without the tags of tables if something else stands between the parts of one, or a part elsewhere: a
 *  browser moves such things in front of the table, where `<li><table><li>` comes to mean another thing each time that it
 *  is read. */
export function unwrapBrokenTables(html: string): string {
  if (!html.includes('<table') || !hasBrokenTable(html)) return html;
  return html.replace(/<\/?(?:table|caption|thead|tbody|tfoot|tr|td|th)(?: [^>]*)?>/g, ' ');
}

function hasBrokenTable(html: string): boolean {
  const open: string[] = [];
  for (const [, end, name = '', isEmpty] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
    if (end !== '') {
      open.pop();
      continue;
    }
    const parent = open.at(-1) ?? '';
    const parents = PARENTS.get(name);
    if (parents === undefined ? ONLY_PARTS.has(parent) : !parents.split(' ').includes(parent)) return true;
    if (isEmpty === '') open.push(name);
  }
  return false;
}
