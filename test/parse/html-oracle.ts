import * as fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parseFragment, serialize } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;

const ELEMENTS = new Set(
  'a abbr audio b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small source span strong sub summary sup table tbody td tfoot th thead time tr u ul var video wbr'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'alt colspan controls datetime dir height href id lang loading poster preload referrerpolicy rel reversed rowspan scope src start title type width'.split(
    ' ',
  ),
);

/** Whether an article may hold such an element, or attribute. */
export const isSafeElement = (tagName: string): boolean => ELEMENTS.has(tagName);
export const isSafeAttribute = (name: string): boolean => ATTRIBUTES.has(name);

/** What a browser would find in some HTML that must not be there: elements, attributes, schemes, or another meaning when
 *  it is read again (mutation XSS). Empty when it is safe. parse5 is HTML's own parser, and shares nothing with ours. */
export function violationsIn(html: string): string[] {
  const violations: string[] = [];
  const waiting: Node[] = [parseFragment(html)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('childNodes' in node) waiting.push(...node.childNodes);
    if (!('tagName' in node)) continue;
    if (!ELEMENTS.has(node.tagName)) violations.push(`<${node.tagName}>`);
    if (node.namespaceURI !== 'http://www.w3.org/1999/xhtml')
      violations.push(`${node.tagName} of ${node.namespaceURI}`);
    for (const { name, value } of node.attrs) {
      if (!ATTRIBUTES.has(name)) violations.push(`${node.tagName}[${name}]`);
      if (name === 'id' && !value.startsWith('user-content-')) violations.push(`${node.tagName}[id=${value}]`);
      if (['href', 'src', 'poster'].includes(name) && !/^(?:https?:\/\/|mailto:|#user-content-)/.test(value))
        violations.push(`${node.tagName}[${name}=${value}]`);
    }
  }
  const once = serialize(parseFragment(html));
  if (serialize(parseFragment(once)) !== once) violations.push('means something else when read again');
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\p{Surrogate}/u.test(html)) violations.push('no XML character');
  return violations;
}

const PIECES = [
  ...'<>"\'=&;/ \n\0\u00a0\u202e'.split(''),
  ...[
    '<a href="',
    '<a href=',
    '<img src=',
    'onerror=',
    'javascript:',
    'java\tscript:',
    '\u0001javascript:',
    '&#106;avascript:',
  ],
  ...[
    'data:text/html,',
    'vbscript:',
    '//e.example',
    'https://e.example/',
    '?q=1&amp;x',
    'mailto:',
    'x.html',
    '" onclick="alert(1)',
  ],
  ...[
    '<script>',
    '</script>',
    '<style>',
    '</style>',
    '<textarea>',
    '</textarea>',
    '<title>',
    '</title>',
    '<noscript>',
    '<xmp>',
  ],
  ...[
    '<svg>',
    '<math>',
    '<mtext>',
    '<mglyph>',
    '<desc>',
    '<foreignObject>',
    '<annotation-xml encoding="text/html">',
    '</svg>',
  ],
  ...[
    '<p>',
    '</p>',
    '<b>',
    '</b>',
    '<table>',
    '<td>',
    '<li>',
    '<select>',
    '<option>',
    '<template>',
    '<form>',
    '<iframe src=',
  ],
  ...[
    '<!--',
    '-->',
    '--!>',
    '<![CDATA[',
    ']]>',
    '<?',
    '<!',
    '</',
    '<plaintext>',
    '<base href=',
    '<meta http-equiv=refresh',
    '<object data=',
  ],
  ...[
    '<picture>',
    '<source srcset=',
    '<img data-src=',
    '<noscript><img src=x.png></noscript>',
    '<iframe data-src=https://www.youtube.com/embed/abcdefghijk>',
    '<img class=emoji alt=',
    '<mfrac>',
    '<section id=a>',
    '<a name=a>',
    '<a href="#a">',
    '<sup id="',
    ' hidden>',
    ' style="display:none">',
    ' aria-hidden=true>',
    'user-content-',
    '%23',
  ],
  ...[
    'alert(1)',
    'srcdoc=',
    'style=',
    'xlink:href=',
    'formaction=',
    '&lt;',
    '&#60;',
    '&#x3c',
    '&#0;',
    '&quot;',
    '&NewLine;',
  ],
];

/** Strings that look for a way through: pieces of markup that is known to be dangerous, and any characters at all. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
    ),
    {
      maxLength: 24,
    },
  )
  .map((pieces) => pieces.join(''));
