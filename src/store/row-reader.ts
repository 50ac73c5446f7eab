import { EXIT, SigctlError } from '../errors.js';

/** One row as SQLite returned it: column name to value. Untrusted, for any program may write the database. */
export type RawRow = Readonly<Record<string, unknown>>;

/** Reads columns of one untrusted row, each with the type that its readers rely on. */
export interface RowReader {
  text(column: string): string;
  textOrNull(column: string): string | null;
  integer(column: string): number;
  integerOrNull(column: string): number | null;
  numberOrNull(column: string): number | null;
  /** A column that holds a JSON object as text. */
  jsonOrNull(column: string): Readonly<Record<string, unknown>> | null;
  /** A column that holds a JSON list of texts. */
  textsOrNull(column: string): readonly string[] | null;
  oneOf<T extends string>(column: string, values: readonly T[]): T;
}

/**
 * @param key What the row is called in a fault, e.g. `service_status "trading"/"0"`.
 * @throws {SigctlError} `STATUS_ROW_INVALID` (exit 4) from each reader, naming row, column and value.
 */
export function rowReader(row: unknown, table: string, keyColumns: readonly string[]): RowReader {
  if (!isRecord(row)) throw new Error(`No row of ${table}`);
  const fail = (column: string, wanted: string) => {
    const key = keyColumns.map((name) => JSON.stringify(row[name])).join('/');
    return rowInvalid(`${table} ${key}`, column, row[column], wanted);
  };
  const check = <T>(column: string, wanted: string, accept: (value: unknown) => value is T): T => {
    const value = row[column];
    if (!accept(value)) throw fail(column, wanted);
    return value;
  };
  return {
    text: (column) => check(column, 'text', isText),
    textOrNull: (column) => check(column, 'text or NULL', orNull(isText)),
    integer: (column) => check(column, 'a whole number', isInteger),
    integerOrNull: (column) => check(column, 'a whole number or NULL', orNull(isInteger)),
    numberOrNull: (column) => check(column, 'a number or NULL', orNull(isNumber)),
    jsonOrNull: (column) => {
      const text = check(column, 'a JSON object or NULL', orNull(isText));
      if (text === null) return null;
      const parsed = parseJson(text);
      if (!isRecord(parsed)) throw fail(column, 'a JSON object or NULL');
      return parsed;
    },
    textsOrNull: (column) => {
      const text = check(column, 'a JSON list of texts or NULL', orNull(isText));
      if (text === null) return null;
      const parsed = parseJson(text);
      if (!Array.isArray(parsed) || !parsed.every(isText)) throw fail(column, 'a JSON list of texts or NULL');
      return parsed;
    },
    oneOf: (column, values) => {
      const value = values.find((candidate) => candidate === row[column]);
      if (value === undefined) throw fail(column, values.join(', '));
      return value;
    },
  };
}

/**
 * Parses rows that any program may have written: an impossible one costs itself and no other. It is left out and its fault handed
 * to `onFault`.
 *
 * @throws {SigctlError} `STATUS_ROW_INVALID` naming row and column, where there is no `onFault`.
 */
export function parseRows<T>(
  rows: readonly unknown[],
  parse: (row: unknown) => T,
  onFault: (fault: SigctlError) => void = refuse,
): T[] {
  return rows.flatMap((row) => {
    try {
      return [parse(row)];
    } catch (error) {
      if (!(error instanceof SigctlError)) throw error;
      onFault(error);
      return [];
    }
  });
}

function refuse(fault: SigctlError): never {
  throw fault;
}

function rowInvalid(row: string, column: string, value: unknown, wanted: string): SigctlError {
  return new SigctlError(`Cannot read ${row}: ${column} is ${JSON.stringify(value)}, expected ${wanted}`, {
    code: 'STATUS_ROW_INVALID',
    hint: `Correct the program that writes this row; docs/architecture.md §5 describes the columns`,
    exitCode: EXIT.environment,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON is one of the faults that the caller reports, with row and column.
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
const orNull =
  <T>(accept: (value: unknown) => value is T) =>
  (value: unknown): value is T | null =>
    value === null || accept(value);

function isRecord(value: unknown): value is RawRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
