import type { Lab } from './lab.js';
export async function showSuspend(_lab: Lab): Promise<void> {
  throw new Error('todo');
}
