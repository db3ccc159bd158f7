import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeHtmlReferences, decodeReferences } from '../../src/parse/references.ts';

const cases = [
  { raw: 'a &lt;b&gt; &amp;amp; &quot;&apos;', xml: 'a <b> &amp; "\'' },
  { raw: '&amp;lt;b&amp;gt;', xml: '&lt;b&gt;' },
  { raw: '&#38;lt;', xml: '&lt;' },
  { raw: '&eacute;&NotEqualTilde;&semi;', xml: 'é≂̸;' },
  { raw: '&#233;&#xE9;&#XE9;&#x1F600;', xml: 'ééé😀' },
  { raw: '&#233 &#xE9 &eacute ', xml: '&#233 &#xE9 &eacute ', html: 'é é é ' },
  { raw: '?a=1&b=2&copy=3&amp=4&region', xml: '?a=1&b=2&copy=3&amp=4&region' },
  { raw: '&notit; &own; &; && &#; &#x; &', xml: '&notit; &own; &; && &#; &#x; &' },
  { raw: '&#147;&#x94;', xml: '“”' },
  { raw: '&#0;&#xD800;&#x110000;&#9999999;', xml: '\ufffd\ufffd\ufffd\ufffd' },
  { raw: 'AT&T &nbsp AT&amp T &lt', xml: 'AT&T &nbsp AT&amp T &lt', html: 'AT&T \u00a0 AT& T <' },
];

for (const { raw, xml, html = xml } of cases) {
  test(`references: ${raw}`, () => {
    assert.is(decodeReferences(raw), xml);
    assert.is(decodeHtmlReferences(raw), html);
  });
}

test.run();
