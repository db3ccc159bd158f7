import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problems, read } from './config-under-test.ts';

test('parseConfig: include and exclude of a source', () => {
  const [source] = read(
    '[{"url": "https://a.example/x", "include": ["rust", "/^go /"], "exclude": ["title: ads"]}]',
  ).sources;
  assert.equal([source?.include, source?.exclude], [['rust', '/^go /'], ['title: ads']]);
});

test('parseConfig: rules that cannot be read are named with their place', () => {
  assert.equal(problems('[{"url": "https://a.example/x", "include": "rust", "exclude": ["/(/", "", "…", 3]}]'), [
    '1:44 sources[0].include: expected a list of words, phrases or /patterns/, not a text',
    '1:64 sources[0].exclude[0]: expected a pattern that RE2 can read; missing closing )',
    '1:71 sources[0].exclude[1]: expected a word, a phrase or a /pattern/ that is not empty',
    '1:75 sources[0].exclude[2]: expected a word or phrase, or a /pattern/',
    '1:80 sources[0].exclude[3]: expected a word, a phrase or a /pattern/, not 3',
  ]);
});

test.run();
