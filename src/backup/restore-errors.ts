import { EXIT, SigctlError } from '../errors.js';

export function restoreUnfinished(home: string, backup: string): SigctlError {
  return new SigctlError(`Cannot use "${home}": the restore of "${backup}" is not finished`, {
    code: 'RESTORE_UNFINISHED',
    hint: 'If it is still at work, wait for it. If it was killed, bring the old state back: sigctl restore --undo',
    exitCode: EXIT.environment,
  });
}

export function journalUnreadable(path: string): SigctlError {
  return new SigctlError(`Cannot read "${path}", which tells how far a restore got`, {
    code: 'RESTORE_JOURNAL_INVALID',
    hint: 'The files from before lie in "old" beside it: stop the services and move them back by hand, then remove the folder',
    exitCode: EXIT.environment,
  });
}
