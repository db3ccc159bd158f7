/** Durations in milliseconds. A day is 24 hours: we count in UTC. */
export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The RFC 3339 UTC instant `ms` milliseconds after `instant`; before it where `ms` is negative. */
export function addMs(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}
