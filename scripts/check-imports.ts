import { fileURLToPath } from 'node:url';
import { findViolations } from './imports/find-violations.js';

const violations = findViolations(fileURLToPath(new URL('..', import.meta.url)));
for (const violation of violations) console.error(violation);
console.error(
  violations.length === 0 ? 'imports: as the table says' : `imports: ${violations.length} against the table`,
);
if (violations.length > 0) process.exitCode = 1;
