/** What a change of mode does to each service. The three lists are disjoint, and in manifest order. */
export interface ModePlan {
  readonly mode: string;
  readonly stop: readonly string[];
  readonly start: readonly string[];
  readonly keep: readonly string[];
}

export interface ModeInput {
  readonly mode: string;
  /** The services of the mode, what they need included. */
  readonly members: readonly string[];
  /** Every service of the stack, in manifest order. */
  readonly services: readonly string[];
  /** Those with all their processes alive. */
  readonly running: ReadonlySet<string>;
  /** Those with at least one process, or that PM2 would start again: what a stop has to reach. */
  readonly present: ReadonlySet<string>;
}

/** The difference between what runs and what the mode asks for. Pure. What runs and belongs to the mode is not touched. */
export function planMode({ mode, members, services, running, present }: ModeInput): ModePlan {
  const wanted = new Set(members);
  return {
    mode,
    stop: services.filter((service) => !wanted.has(service) && present.has(service)),
    start: services.filter((service) => wanted.has(service) && !running.has(service)),
    keep: services.filter((service) => wanted.has(service) && running.has(service)),
  };
}
