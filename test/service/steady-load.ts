import { Agent, get } from 'node:http';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Load {
  /** What was answered, by text. */
  readonly answers: () => ReadonlyMap<string, number>;
  /** Every request that got no answer, or another one than 200. */
  readonly failures: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Asks again and again, on connections that stay open and on new ones, until stopped. */
export function startLoad(t: TestContext, port: number, path = '/'): Load {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  let isOver = false;
  const ask = async (keepAlive: boolean): Promise<void> => {
    const agent = new Agent({ keepAlive });
    while (!isOver) {
      try {
        const text = await request(agent, port, path);
        answers.set(text, (answers.get(text) ?? 0) + 1);
      } catch (error) {
        failures.push(`${keepAlive ? 'kept' : 'new'} connection: ${String(error)}`);
      }
      await sleep(5);
    }
    agent.destroy();
  };
  const loops = [true, true, false, false].map(ask);
  const stop = async (): Promise<void> => {
    isOver = true;
    await Promise.all(loops);
  };
  t.after(stop);
  return { answers: () => answers, failures, stop };
}

function request(agent: Agent, port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`)),
      );
      response.once('error', reject);
    });
    asked.once('error', reject);
  });
}
