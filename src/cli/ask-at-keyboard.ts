import { createInterface } from 'node:readline';

/** A way to ask the person at the keyboard a line, on stderr. The answer is trimmed; undefined at the end of input or Ctrl-C. */
export function askAtKeyboard(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
  return (question: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      const reader = createInterface({ input, output, terminal: true });
      reader.question(question, (answer) => {
        resolve(answer.trim());
        reader.close();
      });
      reader.on('SIGINT', () => reader.close());
      reader.on('close', () => resolve(undefined));
    });
}
