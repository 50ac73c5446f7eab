import type { Lab } from './lab.js';
export async function showClock(_lab: Lab): Promise<void> {
  throw new Error('todo');
}
