/** `html` without the openings of comments that nothing closes, each up to its next `>`. HTML §13.2.5.43 lets such a
 *  comment swallow the rest of the text; a publisher who cut a text short meant no such thing. */
export function dropOpenComments(html: string): string {
  let start = html.indexOf('<!--', html.lastIndexOf('-->') + 1);
  if (start < 0) return html;
  let kept = '';
  let from = 0;
  while (start >= 0) {
    kept += html.slice(from, start);
    const end = html.indexOf('>', start);
    if (end < 0) return kept;
    from = end + 1;
    start = html.indexOf('<!--', from);
  }
  return kept + html.slice(from);
}

/** `html` with the `<` of a last tag that nothing closes as a reference: in `A<B` it is a sign, no tag. One that has got
 *  as far as attributes is the rest of a text that was cut. */
export function keepLastSign(html: string): string {
  const start = html.indexOf('<', html.lastIndexOf('>') + 1);
  if (start < 0 || html.includes('=', start)) return html;
  return `${html.slice(0, start)}${html.slice(start).replaceAll('<', '&lt;')}`;
}
