import fc from 'fast-check';
import { createTask } from 'node-cron';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createNextTick } from '../../src/worker/next-tick.ts';

const cases = [
  {
    name: 'the next half hour',
    poll: '*/30 * * * *',
    after: '2026-03-01T12:05:00.000Z',
    next: '2026-03-01T12:30:00.000Z',
  },
  {
    name: 'a tick is not its own next',
    poll: '*/30 * * * *',
    after: '2026-03-01T12:30:00.000Z',
    next: '2026-03-01T13:00:00.000Z',
  },
  {
    name: 'a millisecond before a tick',
    poll: '*/30 * * * *',
    after: '2026-03-01T12:29:59.999Z',
    next: '2026-03-01T12:30:00.000Z',
  },
  { name: 'with seconds', poll: '*/10 * * * * *', after: '2026-03-01T12:05:04.000Z', next: '2026-03-01T12:05:10.000Z' },
  { name: 'over the year', poll: '0 6 1 1 *', after: '2026-03-01T12:05:00.000Z', next: '2027-01-01T06:00:00.000Z' },
  { name: 'a leap day', poll: '0 0 29 2 *', after: '2026-03-01T00:00:00.000Z', next: '2028-02-29T00:00:00.000Z' },
  { name: 'a weekday', poll: '15 7 * * mon', after: '2026-03-03T00:00:00.000Z', next: '2026-03-09T07:15:00.000Z' },
  {
    name: 'late on the wrong day',
    poll: '50 23 * * mon',
    after: '2026-03-03T22:00:00.000Z',
    next: '2026-03-09T23:50:00.000Z',
  },
  {
    name: 'a last working day that is a Sunday never comes',
    poll: '0 0 LW 2 0',
    after: '2026-03-01T00:00:00.000Z',
    next: '2031-03-05T00:00:00.000Z',
  },
  {
    name: 'local time',
    poll: '0 8 * * *',
    timezone: 'Asia/Kathmandu',
    after: '2026-03-01T00:00:00.000Z',
    next: '2026-03-01T02:15:00.000Z',
  },
  {
    name: 'clocks go forward: 02:30 does not exist, and comes when the gap is over',
    poll: '30 2 * * *',
    timezone: 'Europe/Berlin',
    after: '2026-03-28T02:00:00.000Z',
    next: '2026-03-29T01:00:00.000Z',
  },
  {
    name: 'clocks go forward: and then the next day',
    poll: '30 2 * * *',
    timezone: 'Europe/Berlin',
    after: '2026-03-29T01:00:00.000Z',
    next: '2026-03-30T00:30:00.000Z',
  },
  {
    name: 'clocks go forward: on a day that is not wanted it stays away',
    poll: '30 2 * * mon',
    timezone: 'America/New_York',
    after: '2026-03-08T05:00:00.000Z',
    next: '2026-03-09T06:30:00.000Z',
  },
  {
    name: 'clocks go forward at midnight',
    poll: '0 0 * * *',
    timezone: 'Asia/Beirut',
    after: '2026-03-28T20:30:00.000Z',
    next: '2026-03-28T22:00:00.000Z',
  },
  {
    name: 'clocks go forward by half an hour',
    poll: '15 2 * * *',
    timezone: 'Australia/Lord_Howe',
    after: '2026-10-03T12:00:00.000Z',
    next: '2026-10-03T15:30:00.000Z',
  },
  {
    name: 'clocks go forward: every half hour goes on, and no more than that',
    poll: '*/30 * * * *',
    timezone: 'America/New_York',
    after: '2026-03-08T06:30:00.000Z',
    next: '2026-03-08T07:00:00.000Z',
  },
  {
    name: 'clocks go forward: times beside the gap are as ever',
    poll: '30 1,3 * * *',
    timezone: 'America/New_York',
    after: '2026-03-08T06:30:00.000Z',
    next: '2026-03-08T07:30:00.000Z',
  },
  {
    name: 'clocks go back: the second 01:30 does not count',
    poll: '30 1 * * *',
    timezone: 'America/New_York',
    after: '2026-11-01T05:30:00.000Z',
    next: '2026-11-02T06:30:00.000Z',
  },
  {
    name: 'clocks go back by half an hour: the second time does not count',
    poll: '45 1 * * *',
    timezone: 'Australia/Lord_Howe',
    after: '2026-04-04T14:45:00.000Z',
    next: '2026-04-05T15:15:00.000Z',
  },
  {
    name: 'clocks go back: the hour after it is as ever',
    poll: '0 2 * * *',
    timezone: 'America/New_York',
    after: '2026-11-01T05:30:00.000Z',
    next: '2026-11-01T07:00:00.000Z',
  },
  {
    name: 'clocks go forward: midnight after it',
    poll: '0 0 * * *',
    timezone: 'Europe/Berlin',
    after: '2026-03-28T23:30:00.000Z',
    next: '2026-03-29T22:00:00.000Z',
  },
  {
    name: 'clocks go back: the first 02:30',
    poll: '30 2 * * *',
    timezone: 'Europe/Berlin',
    after: '2026-10-24T12:00:00.000Z',
    next: '2026-10-25T00:30:00.000Z',
  },
  {
    name: 'clocks go back: no half hour is lost',
    poll: '*/30 * * * *',
    timezone: 'Europe/Berlin',
    after: '2026-10-25T00:30:00.000Z',
    next: '2026-10-25T01:00:00.000Z',
  },
  {
    name: 'clocks change by half an hour',
    poll: '0 3 * * *',
    timezone: 'Australia/Lord_Howe',
    after: '2026-10-03T12:00:00.000Z',
    next: '2026-10-03T16:00:00.000Z',
  },
];

for (const { name, poll, after, next, timezone = 'UTC' } of cases) {
  test(`createNextTick: ${name}`, () => {
    assert.is(createNextTick(timezone)(poll, after), next);
  });
}

test('createNextTick: the answer does not depend on what was asked before', () => {
  const nextTick = createNextTick('UTC');
  assert.is(nextTick('0 * * * *', '2026-03-01T12:05:00.000Z'), '2026-03-01T13:00:00.000Z');
  assert.is(nextTick('0 * * * *', '2026-03-01T10:05:00.000Z'), '2026-03-01T11:00:00.000Z');
  assert.is(nextTick('0 * * * *', '2026-03-01T13:00:00.000Z'), '2026-03-01T14:00:00.000Z');
  assert.is(nextTick('*/7 * * * *', '2026-03-01T13:00:00.000Z'), '2026-03-01T13:07:00.000Z');
});

test('createNextTick: what it gives is a tick of node-cron, and no tick lies between', () => {
  const polls = ['*/5 * * * *', '17 * * * *', '0 */6 * * *', '30 4 * * *', '5 22-23 * * fri'];
  const zones = ['UTC', 'America/St_Johns', 'Europe/London'];
  fc.assert(
    fc.property(
      fc.constantFrom(...polls),
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
      (poll, timezone, afterMs) => {
        const next = Date.parse(createNextTick(timezone)(poll, new Date(afterMs).toISOString()));
        const task = createTask(poll, () => undefined, { timezone });
        void task.destroy();
        assert.ok(task.match(new Date(next)));
        const firstMinute = Math.floor(afterMs / 60_000) * 60_000 + 60_000;
        const steps = Math.min((next - firstMinute) / 60_000, 200);
        for (let step = 0; step < steps; step += 1) assert.not(task.match(new Date(firstMinute + step * 60_000)));
      },
    ),
    { numRuns: 60 },
  );
});

test('createNextTick: a bad expression is told', () => {
  assert.throws(() => createNextTick('UTC')('every day', '2026-03-01T12:05:00.000Z'));
});

test.run();
