import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { parseOpml } from '../../src/parse/opml.ts';

const read = (body: string) =>
  parseOpml(Buffer.from(`<?xml version="1.0"?><opml version="2.0"><body>${body}</body></opml>`));

test('parseOpml: feeds in their order with names, homes and the nearest category', () => {
  assert.equal(
    read(
      `<outline text="A" xmlUrl="https://a.example/f?x=1&amp;y=2" htmlUrl="https://a.example/"/>
       <outline text="Tech"><outline text="AI &amp; more"><outline title="B" XMLURL="https://b.example"></outline></outline>
       <outline xmlurl="https://c.example"><outline text="D" xmlUrl="https://d.example"/></outline></outline>
       <outline text="E" xmlUrl="https://e.example"/><outline text="a link" type="link" url="https://x.example"/>`,
    ),
    [
      { xmlUrl: 'https://a.example/f?x=1&y=2', title: 'A', htmlUrl: 'https://a.example/', categories: [] },
      { xmlUrl: 'https://b.example', title: 'B', categories: ['AI & more'] },
      { xmlUrl: 'https://c.example', categories: ['Tech'] },
      { xmlUrl: 'https://d.example', title: 'D', categories: ['Tech'] },
      { xmlUrl: 'https://e.example', title: 'E', categories: [] },
    ],
  );
});

test('parseOpml: the categories of the attribute stand beside that of the outline around, and a feed without an address is one, too', () => {
  assert.equal(
    read(
      `<outline text="A" xmlUrl="https://a.example" category="/Technology/AI &amp; more,/Reading"/>
       <outline text="Tech"><outline text="B" xmlUrl="https://b.example" category="/Other"/></outline>
       <outline text="C" xmlUrl="https://c.example" category="Plain"/><outline text="D" xmlUrl="https://d.example" category=" ,/"/>
       <outline text="E" type="rss"/><outline text="F" htmlUrl="https://f.example/" xmlUrl=" "/>
       <outline text="Folder" type="rss"><outline text="G" xmlUrl="https://g.example"/></outline>`,
    ),
    [
      { xmlUrl: 'https://a.example', title: 'A', categories: ['AI & more', 'Reading'] },
      { xmlUrl: 'https://b.example', title: 'B', categories: ['Tech', 'Other'] },
      { xmlUrl: 'https://c.example', title: 'C', categories: ['Plain'] },
      { xmlUrl: 'https://d.example', title: 'D', categories: [] },
      { xmlUrl: '', title: 'E', categories: [] },
      { xmlUrl: '', title: 'F', htmlUrl: 'https://f.example/', categories: [] },
      { xmlUrl: '', title: 'Folder', categories: [] },
      { xmlUrl: 'https://g.example', title: 'G', categories: ['Folder'] },
    ],
  );
});

test('parseOpml: bare ampersands, control characters and keys of Object.prototype do no harm', () => {
  assert.equal(
    read('<outline text="__proto__"><outline text="a&#27;[31m\nb" xmlUrl="https://a.example/?x=1&y=2"/></outline>'),
    [{ xmlUrl: 'https://a.example/?x=1&y=2', title: 'a[31m b', categories: ['__proto__'] }],
  );
});

const refused: readonly { name: string; text: string; message: RegExp }[] = [
  {
    name: 'an entity bomb',
    text: '<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><body><outline xmlUrl="&b;"/></body></opml>',
    message: /declares entities/,
  },
  { name: 'a feed', text: '<rss version="2.0"><channel/></rss>', message: /no OPML/ },
  { name: 'nesting', text: `<opml>${'<outline text="x">'.repeat(100_000)}`, message: /nested more than 50 deep/ },
  {
    name: 'length',
    text: `<opml>${'<outline xmlUrl="https://a"/>'.repeat(20_001)}</opml>`,
    message: /more than 20000 feeds/,
  },
];
for (const { name, text, message } of refused) {
  test(`parseOpml: ${name} is refused with words`, () => {
    assert.throws(
      () => parseOpml(Buffer.from(text)),
      (error: unknown) => error instanceof ViaductError && error.code === 'parse/opml' && message.test(error.message),
    );
  });
}

test('parseOpml: a list that is nested without end is refused at once', () => {
  for (const deep of ['<div>'.repeat(200_000), '<i>'.repeat(60_000) + '</b>'.repeat(60_000)]) {
    const startedAt = process.cpuUsage().user;
    assert.throws(() => parseOpml(new TextEncoder().encode(`<opml>${deep}`)), /nested more than 100 deep/);
    assert.ok(process.cpuUsage().user - startedAt < 3_000_000, 'it took 20 s');
  }
});

test.run();
