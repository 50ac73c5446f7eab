import { z } from 'zod';

const port = z.coerce
  .number('a port from 0 to 65535')
  .int('a whole number')
  .min(0, 'a port from 0 to 65535')
  .max(65_535, 'a port from 0 to 65535');

/** The website's settings, all optional. */
export const websiteEnvSchema = z.object({
  /** 0 takes any free port, for tests. */
  PORT: port.default(3001),
  /** Address to listen on. There is no login: open it to others only behind something that has one. */
  HOST: z.string().min(1, 'an address').default('127.0.0.1'),
  /** 1: a worker process serves, and `sigctl reload` replaces it without a request lost. 0: the process of the service serves. */
  WORKERS: z
    .enum(['0', '1'], '0 or 1')
    .default('0')
    .transform((text) => (text === '1' ? 1 : 0)),
  /** Hosts, with their port, under which the page may be opened besides this machine's own, separated by commas. */
  ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .toLowerCase()
        .split(',')
        .map((host) => host.trim())
        .filter((host) => host !== ''),
    ),
});

export type WebsiteConfig = z.output<typeof websiteEnvSchema>;
