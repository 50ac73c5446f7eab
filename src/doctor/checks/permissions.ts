import { accessSync, constants, existsSync, lstatSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { HomePaths } from '../../process/home.js';
import type { CheckDeps } from '../check-deps.js';
import { isVisible, listFolder } from '../list-folder.js';
import { type CheckFinding, error, orOk } from '../report.js';
import {
  describeOpenFiles,
  describeOpenHome,
  type FileMode,
  FOLDER_MODE,
  isOpen,
  isWorldReadable,
} from './judge-permissions.js';

/** Who may read what sigctl and the services keep, and whether logs can be written. */
export function checkPermissions({ paths, show }: CheckDeps): readonly CheckFinding[] {
  const logs = judgeFolderWritable(paths.logs, show);
  if (!existsSync(paths.home)) return orOk(logs, 'no state folder yet');
  if (!statSync(paths.home).isDirectory()) return [...judgeFolderWritable(paths.home, show), ...logs];
  const home = { path: paths.home, mode: statSync(paths.home).mode & 0o777 };
  const secrets = listSecrets(paths).filter(({ mode }) => isOpen(mode));
  // Behind a closed folder nobody reaches them, whatever their own mode is.
  const databases = isOpen(home.mode) ? listDatabaseFiles(paths).filter(({ mode }) => isWorldReadable(mode)) : [];
  return orOk(
    [
      ...(isOpen(home.mode) ? [describeOpenHome(home, show)] : []),
      ...describeOpenFiles('secrets', secrets, { isReachable: isOpen(home.mode), home: paths.home }, show),
      ...describeOpenFiles('databases', databases, { isReachable: true, home: paths.home }, show),
      ...judgeOwners(paths, show),
      ...judgeFolderWritable(paths.home, show),
      ...logs,
    ],
    `${show(paths.home)} is closed to others (${FOLDER_MODE.toString(8)}), logs can be written`,
  );
}

/** Launch files, the validated manifest and the remembered variables of shells hold what services may keep secret. */
function listSecrets({ home, run }: HomePaths): readonly FileMode[] {
  return [
    ...filesIn(home, (name) => /^(stack|shell-env)\.json/.test(name)),
    ...filesIn(run, (name) => /\.launch(\.|$)/.test(name)),
  ];
}

function listDatabaseFiles({ home, data }: HomePaths): readonly FileMode[] {
  const isDatabase = (name: string): boolean => /\.db(-wal|-shm|-journal)?$/.test(name);
  return [...filesIn(home, isDatabase), ...filesIn(data, isDatabase)];
}

function filesIn(folder: string, isMeant: (name: string) => boolean): readonly FileMode[] {
  return listFolder(folder)
    .filter(isMeant)
    .flatMap((name) => {
      const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
      return stats?.isFile() === true ? [{ path: join(folder, name), mode: stats.mode & 0o777 }] : [];
    });
}

/** Once run with sudo, and the user's own sigctl can write no more. Root can always. */
function judgeOwners(
  { home, statusDb, run, data, logs, pm2 }: HomePaths,
  show: CheckDeps['show'],
): readonly CheckFinding[] {
  const { uid, username } = userInfo();
  if (uid === 0) return [];
  const paths = isVisible(home) ? [home, statusDb, run, data, logs, pm2] : [home, logs];
  const foreign = paths.filter((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats !== undefined && stats.uid !== uid;
  });
  if (foreign.length === 0) return [];
  const names = foreign.map(show).join(' ');
  const evidence = `not yours: ${names}. Somebody else ran sigctl here, perhaps with sudo`;
  return [error({ code: 'OWNER_FOREIGN', evidence, mend: `sudo chown -R ${username} ${names}` })];
}

/** The folder, or, as long as there is none, the one that it would be made in. */
function judgeFolderWritable(folder: string, show: CheckDeps['show']): readonly CheckFinding[] {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined && folder !== dirname(folder)) return judgeFolderWritable(dirname(folder), show);
  if (stats?.isDirectory() === true && isWritable(folder)) return [];
  const isFolder = stats?.isDirectory() === true;
  return [
    error({
      code: 'FOLDER_NOT_WRITABLE',
      subject: show(folder),
      evidence: isFolder
        ? 'you may not write into it: no service can start'
        : 'is a file, and should be a folder: no service can start',
      mend: isFolder ? `chmod u+wx ${show(folder)}` : `mv ${show(folder)} ${show(`${folder}.old`)}`,
    }),
  ];
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    // EACCES or EROFS: that it is so is the answer.
    return false;
  }
}
