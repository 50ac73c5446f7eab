import type { InitPlan, LeftOut, PlannedService, SourceFolder } from './init-plan.js';
import { serviceOfCommand } from './line-service.js';
import { type NpmScripts, readNpmScripts, scriptsBelow } from './npm-script.js';
import { commandsOfLine } from './shell-service.js';
import { sourceBroken } from './source-error.js';

/** node's own example, express' and many others' default. */
const FIRST_PORT = 3_000;

/** Names that people give to what runs for as long as the machine does. */
const SERVICE =
  /^(?:start|serve|server|web|website|api|worker|bot|scheduler|cron|queue|consumer|listener|daemon)(?:[:.-].+)?$/;
const FOR_DEVELOPMENT = /(?:^|[:.-])(?:dev|development|debug|watch|test|local|build|docker)$/;

/** The scripts of a package.json that look like services by their names; the others are left out by name. */
export function parsePackageScripts(text: string, folder: SourceFolder): InitPlan {
  const scripts = readNpmScripts(text);
  if (scripts === undefined) {
    if (!isJson(text)) throw sourceBroken('package.json', 'it is no JSON');
    return { services: [], leftOut: [], modes: {}, notes: ['package.json has no scripts'] };
  }
  const chosen = Object.keys(scripts).filter((name) => SERVICE.test(name) && !FOR_DEVELOPMENT.test(name));
  const others = Object.keys(scripts).filter((name) => !chosen.includes(name));
  const used = new Set<string>();
  const services: PlannedService[] = [];
  const leftOut: LeftOut[] = [];
  // "start" first: what it stands for needs no second service of its own.
  for (const name of [...chosen].sort((left, right) => Number(right === 'start') - Number(left === 'start'))) {
    if (used.has(name)) continue;
    const result = servicesOf(name, scripts, folder, used);
    if (typeof result === 'string') leftOut.push({ name, reason: result });
    else services.push(...result);
  }
  return { services, leftOut, modes: {}, notes: notesOn(others) };
}

function notesOn(others: readonly string[]): readonly string[] {
  return others.length === 0 ? [] : [`these scripts do not look like services: ${others.join(', ')}`];
}

function servicesOf(
  name: string,
  scripts: NpmScripts,
  folder: SourceFolder,
  used: Set<string>,
): readonly PlannedService[] | string {
  const hooks = [`pre${name}`, `post${name}`].filter((hook) => Object.hasOwn(scripts, hook));
  const found = commandsOfLine({ line: scripts[name] ?? '', scriptsIn: scriptsBelow(folder.read) });
  if (found === undefined) return 'its command leaves a quote or a bracket open';
  if (found.length === 0) return 'it starts no program';
  return found.map((part, index) => {
    const own = found.length === 1 || (index === 0 && !Object.hasOwn(scripts, part.name)) ? name : part.name;
    used.add(part.name);
    const notes =
      hooks.length === 0
        ? part.notes
        : [...part.notes, `${hooks.join(' and ')} of package.json is not run: run it first`];
    return serviceOfCommand({ ...part, notes }, { name: own, defaultPort: FIRST_PORT, folder });
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not being JSON is the answer.
    return false;
  }
}
