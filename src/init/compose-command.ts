import { interpolation } from './compose-values.js';
import { commandsOfDockerfile } from './dockerfile.js';
import type { PlannedService, SourceFolder } from './init-plan.js';
import { scriptsBelow } from './npm-script.js';
import { type Block, isBlock, textOf, textsOf } from './record.js';
import { commandsOfArgv, commandsOfLine, type LineCommand, type ScriptsIn } from './shell-service.js';
import { splitPlainWords } from './shell-words.js';
import { literalOf, shellTextOf, shellWordOf, withFallbacks } from './template.js';

/** Servers that come as an image: their program is not on this machine, whatever command the file gives them. */
const INFRASTRUCTURE =
  /(?:^|\/)(?:postgres|postgis|timescaledb\w*|mysql|mariadb|mongo|redis|valkey|memcached|rabbitmq|kafka|zookeeper|nats|nginx|traefik|caddy|haproxy|elasticsearch|opensearch|grafana|prometheus|influxdb|minio|vault|consul|adminer|mailhog|mailpit|localstack|pgadmin\d?|clickhouse\w*|questdb)(?:-\w+)?(?:[:@/].*)?$/;

/** The programs of one compose service, or why there are none. */
export function composeCommands(service: Block, folder: SourceFolder): readonly LineCommand[] | string {
  const image = textOf(service['image']);
  const build = service['build'];
  if (build === undefined && image !== undefined && INFRASTRUCTURE.test(image)) return imageOnly(image);
  const scriptsIn = scriptsBelow(folder.read, buildFolder(build));
  const words = [...wordsOf(service['entrypoint']), ...wordsOf(service['command'])];
  if (words.includes(undefined)) return 'its command leaves a quote open';
  if (words.length > 0)
    return (
      fromWords(
        words.filter((word) => word !== undefined),
        scriptsIn,
      ) ?? 'its command cannot be read'
    );
  if (build === undefined) return image === undefined ? 'it has neither an image nor a command' : imageOnly(image);
  return (
    commandsOfDockerfile(folder.read(dockerfilePath(build)), scriptsIn) ??
    'its command is in the Dockerfile, and cannot be read from there: write it down as "command"'
  );
}

function imageOnly(image: string): string {
  return `its program comes as the image "${image}": leave it in compose, or install it on this machine`;
}

/** Relative folder that the image is built from. */
export function buildFolder(build: unknown): string {
  const context = isBlock(build) ? textOf(build['context']) : textOf(build);
  const path = withFallbacks(interpolation(context ?? '.')) ?? '.';
  return /^(?:\w+:\/\/|git@)/.test(path) || path.startsWith('/') ? '.' : path;
}

function dockerfilePath(build: unknown): string {
  const file = isBlock(build) ? textOf(build['dockerfile']) : undefined;
  return `${buildFolder(build)}/${file ?? 'Dockerfile'}`;
}

/** A text is split like compose does it, without any shell. */
function wordsOf(value: unknown): readonly (string | undefined)[] {
  if (typeof value === 'string') return splitPlainWords(value) ?? [undefined];
  return Array.isArray(value) ? textsOf(value) : [];
}

function fromWords(words: readonly string[], scriptsIn: ScriptsIn): readonly LineCommand[] | undefined {
  const templates = words.map(interpolation);
  const [shell = [], flag = [], script, ...others] = templates;
  const isScript = /(?:^|\/)(?:ba|da)?sh$/.test(literalOf(shell) ?? '') && /^-l?c$/.test(literalOf(flag) ?? '');
  if (isScript && script !== undefined && others.length === 0) {
    return commandsOfArgv([words[0] ?? '', words[1] ?? '', shellTextOf(script)], scriptsIn);
  }
  const argv = templates.map(literalOf);
  if (argv.every((word) => word !== undefined)) return commandsOfArgv(argv, scriptsIn);
  return commandsOfLine({ line: templates.map(shellWordOf).join(' '), scriptsIn });
}

/** Where a path in the container lies on this machine: below the folder that is mounted there. `undefined`: nowhere. */
export function hostFolder(service: Block): PlannedService['cwd'] {
  const inside = textOf(service['working_dir']);
  const mounts = (Array.isArray(service['volumes']) ? service['volumes'] : []).flatMap(mountOf);
  const mount = mounts.find(({ target }) => inside === target || inside?.startsWith(`${target}/`));
  if (inside !== undefined && mount !== undefined) return `${mount.source}${inside.slice(mount.target.length)}`;
  return service['build'] === undefined ? undefined : buildFolder(service['build']);
}

function mountOf(volume: unknown): readonly { readonly source: string; readonly target: string }[] {
  const typed = textOf(volume)?.split(':') ?? [];
  const source = isBlock(volume) ? textOf(volume['source']) : typed[0];
  const target = (isBlock(volume) ? textOf(volume['target']) : typed[1])?.replace(/\/$/, '');
  const isFolder = source !== undefined && /^[./]/.test(source) && !source.includes('$');
  return isFolder && target !== undefined && target !== '' ? [{ source: source.replace(/\/$/, ''), target }] : [];
}
