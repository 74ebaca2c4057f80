import { setTimeout as delay } from 'node:timers/promises';
import { askHub } from '../../local/control/ask-hub.ts';
import { answerSchemas } from '../../local/control/control-commands.ts';
import type { TestHub } from './test-hub.ts';

/** What `npm run fire` does. */
export async function fire(hub: TestHub, name: string): Promise<void> {
  await askHub(hub.dataDirectory, { command: 'fire', name }, answerSchemas.fire);
}

/** Waits for what a schedule brings about; a busy machine takes its time. */
export async function until<T>(what: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await what();
    if (found !== undefined) return found;
    await delay(100);
  }
  throw new Error('nothing came of it');
}
