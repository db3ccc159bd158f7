import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { decode } from '../../src/parse/decode.ts';

/** Bytes of a document with `title` in it, which is given byte by byte where it is not ASCII. */
function bytes(head: string, title: readonly number[] | string): Uint8Array {
  const middle = typeof title === 'string' ? Buffer.from(title, 'utf8') : Buffer.from(title);
  return Buffer.concat([Buffer.from(head), middle, Buffer.from('</t>')]);
}

const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?><t>`;
const utf16 = (text: string, isBig: boolean) => {
  const buffer = Buffer.from(text, 'utf16le');
  return isBig ? buffer.swap16() : buffer;
};

const cases: readonly { name: string; document: Uint8Array; contentType?: string; title: string }[] = [
  { name: 'UTF-8 by itself', document: bytes('<t>', 'é…'), title: 'é…' },
  { name: 'UTF-8 with a mark', document: bytes('\ufeff<t>', 'é'), title: 'é' },
  {
    name: 'a mark beats the header',
    document: bytes('\ufeff<t>', 'é'),
    contentType: 'text/xml; charset=latin1',
    title: 'é',
  },
  {
    name: 'the header beats the declaration',
    document: bytes(declared('utf-8'), [0xa4]),
    contentType: 'text/xml; charset="iso-8859-15"',
    title: '€',
  },
  {
    name: 'an unknown charset is passed over',
    document: bytes(declared('koi8-r'), [0xc1]),
    contentType: 'a/b; charset=nonsense',
    title: 'а',
  },
  { name: 'a header that is rubbish', document: bytes('<t>', 'é'), contentType: ';;charset="=;utf-8', title: 'é' },
  { name: 'ISO-8859-1 is windows-1252', document: bytes(declared('iso-8859-1'), [0x93, 0x94]), title: '“”' },
  { name: 'declared UTF-8 that is not', document: bytes(declared('utf-8'), [0xe9]), title: 'é' },
  {
    name: 'one bad byte in a Japanese feed',
    document: bytes('<t>', [...Buffer.from('日本語'), 0xff]),
    title: '日本語\ufffd',
  },
  { name: 'no declaration, no UTF-8', document: bytes('<t>', [0xe9]), title: 'é' },
  { name: 'Shift_JIS', document: bytes(declared('shift_jis'), [0x93, 0xfa]), title: '日' },
  { name: 'GB18030', document: bytes(declared('gb18030'), [0xc4, 0xe3]), title: '你' },
  {
    name: 'ISO-2022-JP, whose bytes are ASCII',
    document: bytes(declared('iso-2022-jp'), [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42]),
    title: '日',
  },
  {
    name: 'a declaration behind a warning',
    document: bytes(`Warning: x in y on line 3\n${declared('koi8-r')}`, [0xc1]),
    title: 'а',
  },
  { name: 'UTF-16LE with a mark', document: utf16('\ufeff<t>é</t>', false), title: 'é' },
  { name: 'UTF-16BE without a mark', document: utf16('<t>plain</t>', true), title: 'plain' },
  { name: 'UTF-16LE without a mark', document: utf16('<t>é</t>', false), title: 'é' },
  { name: 'says UTF-16 and is not', document: bytes(declared('utf-16'), 'é'), title: 'é' },
];

for (const { name, document, contentType, title } of cases) {
  test(`decode: ${name}`, () => assert.is(/<t>(.*)<\/t>/.exec(decode(document, contentType))?.[1], title));
}

const failures = [
  { name: 'no bytes', document: new Uint8Array(0), code: 'parse/empty' },
  { name: 'UTF-32', document: Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]), code: 'parse/encoding' },
  { name: 'UTF-32 without a mark', document: Buffer.from([0, 0, 0, 0x3c]), code: 'parse/encoding' },
  { name: '11 million characters', document: Buffer.alloc(11 * 1024 * 1024, 'a'), code: 'parse/too-large' },
  { name: '50 MB', document: Buffer.alloc(50_000_000), code: 'parse/too-large' },
];

for (const { name, document, code } of failures) {
  test(`decode: ${name} is ${code}`, () => {
    assert.throws(
      () => decode(document),
      (error: unknown) => error instanceof ViaductError && error.code === code,
    );
  });
}

test.run();
