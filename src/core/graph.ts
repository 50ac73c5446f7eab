/** What the graph needs to know of a service. Names in `after` and `needs` that are not among the nodes are ignored. */
export interface GraphNode {
  readonly name: string;
  readonly after: readonly string[];
  readonly needs: readonly string[];
}

/**
 * One dependency cycle as a path that ends where it began (`['a', 'b', 'a']`: a waits for b, b for a), or `undefined`.
 * The first in manifest order, so that the same manifest always gives the same answer.
 */
export function findCycle(nodes: readonly GraphNode[]): string[] | undefined {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    const node = byName.get(name);
    if (node === undefined || finished.has(name)) return undefined;
    const seenAt = path.indexOf(name);
    if (seenAt >= 0) return [...path.slice(seenAt), name];
    const cycle = firstDefined(dependenciesOf(node), (dependency) => visit(dependency, [...path, name]));
    finished.add(name);
    return cycle;
  };
  return firstDefined(
    nodes.map((node) => node.name),
    (name) => visit(name, []),
  );
}

/**
 * `names` in the order to start them: every service of a level depends only on earlier levels, so a level can start at once.
 * Only edges between the given names count; manifest order inside a level. Unknown names are left out.
 *
 * @throws {Error} On a cycle, which a validated manifest cannot hold.
 */
export function startLevels(names: readonly string[], specs: readonly GraphNode[]): string[][] {
  let waiting = specs.filter((spec) => names.includes(spec.name));
  const levels: string[][] = [];
  while (waiting.length > 0) {
    const blockers = new Set(waiting.map((spec) => spec.name));
    const level = waiting.filter((spec) => !dependenciesOf(spec).some((dependency) => blockers.has(dependency)));
    if (level.length === 0) throw new Error(`Dependency cycle among ${[...blockers].join(', ')}`);
    levels.push(level.map((spec) => spec.name));
    waiting = waiting.filter((spec) => !level.includes(spec));
  }
  return levels;
}

/** `names` in the order to stop them: dependents first, the reverse of `startLevels`. */
export function stopLevels(names: readonly string[], specs: readonly GraphNode[]): string[][] {
  return startLevels(names, specs).reverse();
}

/** `names` and, transitively, everything they need, in manifest order. Unknown names are left out. */
export function withNeeds(names: readonly string[], specs: readonly GraphNode[]): string[] {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const wanted = new Set<string>();
  const add = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    byName.get(name)?.needs.forEach(add);
  };
  names.forEach(add);
  return specs.map((spec) => spec.name).filter((name) => wanted.has(name));
}

function dependenciesOf(node: GraphNode): readonly string[] {
  return [...node.after, ...node.needs];
}

function firstDefined<T, R>(items: readonly T[], visit: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = visit(item);
    if (result !== undefined) return result;
  }
  return undefined;
}
