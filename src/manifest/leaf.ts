import * as z from 'zod';

/** A value of the schema that one function reads. `message` of every issue is what was expected, in words that follow "expected". */
export function leaf<T>(read: (value: unknown) => T | undefined, expected: string) {
  return z.unknown().transform((value, context): T => {
    const result = read(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}
