/** Elements without content, which no end tag ends. HTML §13.1.2, with those that browsers still know. */
export const VOID_ELEMENTS: ReadonlySet<string> = new Set(
  'area base br col embed frame hr img input link meta param source track wbr'.split(' '),
);

/** How an element stands in a text: inline ones do not end a word (`<b>T</b>itle` is one), the text of hidden ones is no
 *  text, all others are set apart by white space. */
export type ElementKind = 'inline' | 'hidden' | 'apart';

/** Every element that HTML has or had (HTML §4 and §16.2), and those that publishers write as if it had them. */
export const ELEMENT_KINDS: ReadonlyMap<string, ElementKind> = new Map([
  ...names('inline', 'a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd mark math nobr q s'),
  ...names('inline', 'samp small span strike strong sub sup time tt u var wbr'),
  ...names('hidden', 'script style noscript template select textarea xmp annotation annotation-xml'),
  ...names('apart', 'address applet area article aside audio base basefont bgsound blockquote body br button canvas'),
  ...names('apart', 'caption center col colgroup command datalist dd details dialog dir div dl dt embed fieldset'),
  ...names('apart', 'figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe'),
  ...names('apart', 'image img input isindex keygen label layer legend li link listing main map marquee menu menuitem'),
  ...names('apart', 'meta meter multicol nav nextid noembed noframes noindex object ol optgroup option output p param'),
  ...names('apart', 'picture plaintext pre progress rb rp rt rtc ruby search section slot source spacer summary svg'),
  ...names('apart', 'table tbody td tfoot th thead title tr track ul video xml'),
]);

/** Elements with which a title is set in bold or broken into lines. Of others a title speaks: "A guide to <head>". */
export const TITLE_ELEMENTS: ReadonlySet<string> = new Set(
  `a abbr acronym b bdi bdo big br center cite code del dfn div em font h1 h2 h3 h4 h5 h6 i img ins kbd mark nobr p q s samp
  small span strike strong sub sup tt u var wbr`.split(/\s+/),
);

/** Elements that, with attributes, are markup even in a title and without an end: no title speaks of a classid. */
export const PLUG_INS: ReadonlySet<string> = new Set(['applet', 'embed', 'object']);

function names(kind: ElementKind, list: string): [name: string, kind: ElementKind][] {
  return list.split(' ').map((name) => [name, kind]);
}

const EXTENDED = /^[a-z]\w*(?::[a-z]\w*|-\w*)+$/i;

/** Whether a name that HTML does not have is an element's all the same: a custom element (HTML §4.13.3), a name with a
 *  prefix (`o:p`). `std::string`, `https:` and `ann@example.org` are none. */
export function isExtendedName(name: string): boolean {
  return (name.includes('-') || name.includes(':')) && EXTENDED.test(name);
}
