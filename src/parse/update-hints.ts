import type { FeedInfo } from '../model.ts';
import type { MappedFields } from './skeleton.ts';
import type { Field } from './vocabulary.ts';

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** RSS 1.0 syndication module, updatePeriod in minutes. */
const PERIOD_MINUTES = new Map([
  ['hourly', 60],
  ['daily', 1440],
  ['weekly', 10080],
  ['monthly', 43200],
  ['yearly', 525600],
]);

/** How often a feed wishes to be asked: RSS 2.0 ttl, skipHours, skipDays; the syndication module's period divided by its
 *  frequency. What is no positive number, or no hour or day, is left out. */
export function updateHintsOf(
  values: MappedFields,
): Pick<
  { [K in keyof FeedInfo]: FeedInfo[K] | undefined },
  'ttlMinutes' | 'updateEveryMinutes' | 'skipHours' | 'skipDays'
> {
  const text = (field: Field) => values(field)[0]?.text.trim() ?? '';
  const parts = (field: Field) => (values(field)[0]?.parts ?? []).map((part) => part.text.trim().toLowerCase());
  const period = PERIOD_MINUTES.get(text('period').toLowerCase());
  const frequency = positive(text('frequency')) ?? 1;
  // 24 stands for midnight in RSS 0.91, whose hours run from 1 to 24.
  const hours = parts('skipHours').filter((hour) => /^\d\d?$/.test(hour) && Number(hour) <= 24);
  const days = parts('skipDays').map((day) => DAYS.indexOf(day));
  return {
    ttlMinutes: positive(text('ttl')),
    updateEveryMinutes: period && Math.max(1, Math.round(period / frequency)),
    skipHours: some(hours.map((hour) => Number(hour) % 24)),
    skipDays: some(days.filter((day) => day >= 0)),
  };
}

function positive(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

function some(numbers: readonly number[]): readonly number[] | undefined {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  return distinct.length === 0 ? undefined : distinct;
}
