import type { ServiceReport } from './service-report.js';

/** What one host said of its stack, or why it said nothing. */
export type HostStatus =
  | {
      readonly kind: 'answered';
      readonly host: string;
      readonly stack: string;
      readonly mode: string | null;
      readonly services: readonly ServiceReport[];
    }
  | { readonly kind: 'failed'; readonly host: string; readonly code: string; readonly reason: string };
