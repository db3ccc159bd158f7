import { type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a browser sends when a person opens a page. */
export const BROWSER: Readonly<Record<string, string>> = {
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

/** One HTTP request on a connection of its own, redirects not followed. `from` is the loopback address that it comes from.
 *  Rejects when no whole answer came within 30 s. */
export function ask(
  url: string,
  options: { method?: string; headers?: Readonly<Record<string, string>>; from?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, from } = options;
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { method, headers, agent: false, timeout: 30_000, ...(from !== undefined && { localAddress: from }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    asked.on('timeout', () => asked.destroy(new Error(`${url} gave no answer within 30 s`)));
    asked.on('error', reject);
    asked.end();
  });
}

/** Asks until the answer is 200. Returns the milliseconds since `sinceMs` (performance.now()); rejects after `patienceMs`. */
export async function untilItAnswers(url: string, sinceMs: number, patienceMs: number): Promise<number> {
  for (;;) {
    const status = await ask(url).then(
      (answer) => answer.status,
      () => 0,
    );
    const ms = Math.round(performance.now() - sinceMs);
    if (status === 200) return ms;
    if (ms > patienceMs) throw new Error(`${url} did not answer 200 within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
