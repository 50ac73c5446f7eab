/** Types of warm-stack.mjs, for the test that uses it. */
export function writeWarmProject(folder: string): void;
export function bringToLife(folder: string, pid: number): void;
