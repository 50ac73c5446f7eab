import { createHash } from 'node:crypto';

/**
 * Headers for every answer. Only the page's own inline script and style may run, by their hashes; nothing is loaded
 * from anywhere, and nothing is cached, so that a browser never shows old numbers from its memory.
 */
export function securityHeaders(script: string, style: string): Readonly<Record<string, string>> {
  const policy = [
    `default-src 'none'`,
    `script-src '${sha256(script)}'`,
    `style-src '${sha256(style)}'`,
    `img-src data:`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
