import type { Lab } from './lab.js';
export async function showBoot(_lab: Lab): Promise<void> {
  throw new Error('todo');
}
