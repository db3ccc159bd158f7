import type { PollOutcome } from '../errors.ts';
import type { SourceRecord, SourceState } from '../model.ts';

/** What one poll changes. `record` is the source's next record, whole; absent when no stored fact changed. */
export interface Plan {
  readonly source: string;
  readonly record?: SourceRecord;
  readonly state: SourceState;
  readonly outcome: PollOutcome;
}
