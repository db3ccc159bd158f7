import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { categoryPath, categorySlug, itemPath, slugOf, sourcePath } from '../../src/publish/links.ts';

const cases = [
  { name: 'words', text: 'Small models, long memory', slug: 'small-models-long-memory' },
  { name: 'an ampersand is a word', text: 'Opinion & Analysis', slug: 'opinion-and-analysis' },
  { name: 'scripts with a Latin form get it', text: 'Привет, мир', slug: 'privet-mir' },
  { name: 'scripts without stay', text: '日本語のタイトル', slug: '日本語のタイトル' },
  { name: 'combining marks stay', text: 'हिन्दी', slug: 'हिन्दी' },
  { name: 'nothing to tell', text: '🎉 🎉', slug: '-' },
  { name: 'nothing', text: '', slug: '-' },
  { name: 'dots are no path', text: '..', slug: '-' },
  { name: 'slashes are no path', text: 'a/../b?c#d', slug: 'a-b-c-d' },
  { name: 'object keys are words', text: '__proto__', slug: 'proto' },
  { name: 'half a surrogate pair is dropped', text: '日\ud800本', slug: '日-本' },
  { name: 'cut at a word', text: 'word-'.repeat(40), slug: 'word-'.repeat(16).slice(0, -1) },
  { name: 'cut inside a word without end', text: 'a'.repeat(300), slug: 'a'.repeat(80) },
];
for (const { name, text, slug } of cases) {
  test(`slugOf: ${name}`, () => assert.is(slugOf(text), slug));
}

test('slugOf: whatever the text, 1 to 80 characters that one path segment can hold, and stable', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const slug = slugOf(text);
      assert.ok(slug.length >= 1 && slug.length <= 80);
      assert.not.match(slug, /[\s/?#%.\\]/);
      assert.is(decodeURIComponent(encodeURIComponent(slug)), slug);
      assert.is(slugOf(text), slug);
    }),
    { numRuns: 300 },
  );
});

test('itemPath: percent-encoded, so that it can stand in any link', () => {
  assert.is(itemPath({ id: 'k2m9q7aabbcc', title: 'C++ & you' }), '/items/k2m9q7aabbcc/c-and-you');
  assert.is(itemPath({ id: 'k2m9q7aabbcc', title: '技術' }), '/items/k2m9q7aabbcc/%E6%8A%80%E8%A1%93');
});

test('categoryPath: from the name', () => {
  assert.is(categorySlug('Opinion & Analysis'), 'opinion-and-analysis');
  assert.is(categoryPath('Opinion & Analysis'), '/categories/opinion-and-analysis');
});

test('sourcePath: from the id', () => assert.is(sourcePath('lobste-rs'), '/sources/lobste-rs'));

test.run();
