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

/** `html` without a tag at its end that nothing closes. A browser drops it; htmlparser2 takes its last half character for
 *  text. */
export function dropOpenTag(html: string): string {
  const tail = html.lastIndexOf('>') + 1;
  const start = html.slice(tail).search(/<[a-z/!?]/i);
  return start < 0 ? html : html.slice(0, tail + start);
}
