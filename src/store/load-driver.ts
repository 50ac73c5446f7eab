import BetterSqlite3 from 'better-sqlite3';

/** Whether SQLite can be used by this node: `undefined`, or what the loader of its compiled half threw. Touches no file. */
export function driverFault(): Error | undefined {
  try {
    new BetterSqlite3(':memory:').close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
