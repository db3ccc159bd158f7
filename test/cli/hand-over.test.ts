/** init, import, export and completion: feeds.json begun, handed on and taken over. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withFolder } from '../helpers/run-viaduct.ts';
import { runIn } from './run-cli.ts';

const opml = (body: string) => `<opml version="2.0"><body>${body}</body></opml>`;

test('import: what is new is added with name, home and category, the rest is counted and named', () =>
  withFolder(['https://a.example/feed'], async (folder) => {
    await writeFile(
      path.join(folder, 'list.opml'),
      opml(`<outline text="Tech">
        <outline text="A again" xmlUrl="http://www.a.example/feed/"/>
        <outline text="B" xmlUrl="https://b.example/rss" htmlUrl="https://b.example/"/>
        <outline text="B twice" xmlUrl="https://b.example/rss"/></outline>
        <outline text="C" xmlUrl="https://c.example/rss" htmlUrl="javascript:alert(1)"/>
        <outline text="Script" xmlUrl="javascript:alert(1)"/>
        <outline text="File" xmlUrl="file:///etc/passwd"/>
        <outline text="Here\u001b[2J" xmlUrl="http://127.0.0.1/x"/>
        <outline text="Mapped" xmlUrl="http://[::ffff:10.0.0.1]/x"/>
        <outline text="Host" xmlUrl="http://localhost:3000/x"/>
        <outline text="Nowhere" type="rss"/>
        <outline text="Thief" xmlUrl="https://t.example/?\${AWS_SECRET}"/>`),
    );
    const { code, out, err } = await runIn(folder, ['import', 'list.opml'], { env: { AWS_SECRET: 'S3CR3T' } });
    assert.equal([code, out], [0, '2 added in one category, 2 there already, 7 left out']);
    assert.equal(JSON.parse(await readFile(path.join(folder, 'feeds.json'), 'utf8')), [
      'https://a.example/feed',
      { url: 'https://b.example/rss', title: 'B', homepage: 'https://b.example/', category: 'Tech' },
      { url: 'https://c.example/rss', title: 'C' },
    ]);
    for (const name of ['Script', 'File', 'Here', 'Mapped', 'Host', 'Nowhere: it has no address', 'Thief'])
      assert.match(err, `left out: ${name}`);
    assert.not.match(err, /S3CR3T|\u001b/);
  }));

test('import: a list that cannot be used changes nothing', () =>
  withFolder([], async (folder) => {
    await writeFile(path.join(folder, 'bomb.opml'), '<!DOCTYPE x [<!ENTITY a "b">]><opml/>');
    await writeFile(path.join(folder, 'empty.opml'), opml(''));
    await writeFile(path.join(folder, 'bad.opml'), opml('<outline xmlUrl="x:y"/>'));
    const codes = [];
    for (const name of ['bomb.opml', 'empty.opml', 'bad.opml', 'none.opml']) {
      codes.push((await runIn(folder, ['import', name])).code);
    }
    assert.equal([codes, await readFile(path.join(folder, 'feeds.json'), 'utf8')], [[1, 2, 1, 2], '[]']);
  }));

test('export: no private address, and what import reads back is the same list', () =>
  withFolder(
    [
      { url: 'https://a.example/feed', title: 'A', category: 'Opinion & Analysis' },
      'https://b.example/rss',
      'https://u:S3CR3T@c.example/rss',
      `https://d.example/\${KEY}/rss`,
      { url: 'https://e.example/S3CR3T', private: true, homepage: 'https://e.example/' },
    ],
    async (folder) => {
      const { code, out, err } = await runIn(folder, ['export'], { env: { KEY: 'S3CR3T' } });
      assert.is(code, 0);
      assert.not.match(out + err, /S3CR3T/);
      assert.match(err, /3 private addresses are not in it/);
      await writeFile(path.join(folder, 'list.opml'), out);
      await writeFile(path.join(folder, 'feeds.json'), '[]');
      await runIn(folder, ['import', 'list.opml']);
      assert.equal(JSON.parse(await readFile(path.join(folder, 'feeds.json'), 'utf8')), [
        { url: 'https://b.example/rss', title: 'b-example' },
        { url: 'https://a.example/feed', title: 'A', category: 'Opinion & Analysis' },
      ]);
    },
  ));

test('init: without a person all has its default; nothing is overwritten; the first add keeps every comment', () =>
  withFolder([], async (folder) => {
    const file = path.join(folder, 'feeds.json');
    await rm(file);
    assert.is((await runIn(folder, ['init'])).code, 0);
    const written = await readFile(file, 'utf8');
    assert.equal((await readdir(folder)).sort(), ['feeds.json', 'feeds.schema.json']);
    assert.is((await runIn(folder, ['check'])).code, 0);
    const again = await runIn(folder, ['init'], { answers: [] });
    assert.equal([again.code, again.asked, await readFile(file, 'utf8')], [2, [], written]);
    assert.match(again.err, /is there already and stays as it is/);
    await runIn(folder, ['add', '--no-fetch', 'https://a.example/rss']);
    assert.is(await readFile(file, 'utf8'), written.replace('\n  ],', '\n    "https://a.example/rss",\n  ],'));
  }));

test('init: three questions, asked again until the answer is right', () =>
  withFolder([], async (folder) => {
    const file = path.join(folder, 'feeds.json');
    await rm(file);
    const run = await runIn(folder, ['init'], { answers: ['Say "hi" \\', '', 'me at x', 'me@x.example'] });
    assert.equal([run.code, run.asked.length], [0, 4]);
    assert.match(run.err, /Expected a mail address/);
    const text = await readFile(file, 'utf8');
    assert.match(text, '"title": "Say \\"hi\\" \\\\"');
    assert.match(text, '"contact": "mailto:me@x.example"');
    await rm(file);
    const gone = await runIn(folder, ['init'], { answers: ['x'] });
    assert.equal([gone.code, (await readdir(folder)).includes('feeds.json')], [2, false]);
  }));

test('completion: a bash that has read the script completes commands, flags, ids and files', () =>
  withFolder(
    [
      { url: 'https://a.example/x', id: 'apple' },
      { url: 'https://b.example/x', id: 'bear' },
    ],
    async (folder) => {
      const script = (await runIn(folder, ['completion', 'bash'])).out;
      const viaduct = `'${process.execPath}' '${path.resolve('dist/src/main.js')}' "$@"`;
      const complete = (...words: string[]) =>
        execFileSync(
          'bash',
          [
            '-c',
            `viaduct() { ${viaduct}; }; ${script}
           COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _viaduct; echo "\${COMPREPLY[@]}"`,
            'bash',
            'viaduct',
            ...words,
          ],
          { cwd: folder, encoding: 'utf8' },
        ).trim();
      assert.equal(
        [complete('exp'), complete('remove', 'a'), complete('poll', '--source', 'b'), complete('add', '--cat')],
        ['export explain', 'apple', 'bear', '--category'],
      );
      assert.is(complete('import', 'fee'), '', 'nothing fits, so that bash offers files');
      assert.match(script, /complete -o default/);
      assert.is((await runIn(folder, ['completion', 'tcsh'])).code, 2);
    },
  ));

test('completion: zsh and fish ask for the same words', () =>
  withFolder([], async (folder) => {
    for (const shell of ['zsh', 'fish'])
      assert.match((await runIn(folder, ['completion', shell])).out, /viaduct completion words/);
    const commands = (await runIn(folder, ['completion', 'words'])).out.split('\n');
    for (const name of ['start', 'poll', 'add', 'doctor']) assert.ok(commands.includes(name), name);
    assert.match((await runIn(folder, ['completion', 'words', 'check'])).out, /^--fetch$/m);
  }));

test.run();
