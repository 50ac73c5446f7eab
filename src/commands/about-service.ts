import { type Declaration, declare } from './declaration.js';
import { JSON_FLAG } from './values.js';

/** One service, or one process of it, that a command only tells about. */
export interface AboutService {
  readonly service: string;
  readonly config: string | undefined;
  readonly json: boolean;
}

/** Declares a command that tells about one service. */
export function aboutServiceCommand(
  { name, help }: { readonly name: string; readonly help: string },
  run: (about: AboutService) => Promise<void>,
): Declaration {
  return declare<{ readonly json: boolean }>({
    name,
    argument: { syntax: '<service>', what: 'a service, or one of its processes (web-1)' },
    options: { json: JSON_FLAG },
    help,
    run: ({ words: [service = ''], flags: { json }, config }) => run({ service, config, json }),
  });
}
