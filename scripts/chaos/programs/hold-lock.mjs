// Holds the write lock of a database, as an operator in the sqlite3 shell might, until standard input ends.
import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';

const db = new Database(process.argv[2], { timeout: 5_000 });
db.exec('BEGIN EXCLUSIVE');
writeSync(1, 'locked\n');
process.stdin.on('end', () => db.close());
process.stdin.resume();
