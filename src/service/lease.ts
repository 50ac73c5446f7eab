export interface LeaseOptions {
  /** How long the lease outlives its last renewal. It is renewed every third of it. */
  readonly ttlMs: number;
  /** Called once when a held lease is lost, never after `release()`. Stop the work that it covers. */
  readonly onLost: () => void;
}

/** One job of the stack, as seen by one process. */
export interface LeaseHandle {
  /** Takes the lease if it is free or expired. @returns Whether it is held now; `true` as well when it was already held. */
  tryAcquire(): boolean;
  /** Whether the lease is held at this moment; false once it has expired, before `onLost` is called even. */
  readonly held: boolean;
  /** Of the last acquisition, 0 before the first. Store it with each write, and refuse writes of an older one. */
  readonly generation: number;
  /** Gives the lease back, so that the next process need not wait for its expiry. Does nothing when it is not held. */
  release(): void;
}

/** What a lease needs from the status table. Tests give literals; each may throw, which counts as "not now". */
export interface LeaseStore {
  /** @returns The generation, or `undefined` while someone else holds it. */
  readonly tryAcquire: (nowMs: number) => number | undefined;
  readonly renew: (generation: number, nowMs: number) => boolean;
  readonly release: (generation: number) => void;
  /** Is told what the store threw. */
  readonly failed: (error: unknown) => void;
}

/** Makes the handle that a service holds. Renews on its own unref'd timer while the lease is held. */
export function createLease(store: LeaseStore, options: LeaseOptions, nowMs: () => number): LeaseHandle {
  let generation = 0;
  let expiresAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const forget = () => {
    clearInterval(timer);
    timer = undefined;
    expiresAtMs = 0;
  };
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      store.failed(error);
      return undefined;
    }
  };
  const renew = () => {
    const now = nowMs();
    const renewed = attempt(() => store.renew(generation, now));
    if (renewed === true) expiresAtMs = now + options.ttlMs;
    // A store that fails is no loss yet: until the expiry nobody else can have taken it.
    const lost = renewed === false || now >= expiresAtMs;
    if (!lost) return;
    forget();
    options.onLost();
  };

  return {
    tryAcquire() {
      const now = nowMs();
      const acquired = attempt(() => store.tryAcquire(now));
      if (acquired === undefined) return timer !== undefined && now < expiresAtMs;
      generation = acquired;
      expiresAtMs = now + options.ttlMs;
      timer ??= setInterval(renew, Math.max(1, Math.floor(options.ttlMs / 3))).unref();
      return true;
    },
    get held() {
      return timer !== undefined && nowMs() < expiresAtMs;
    },
    get generation() {
      return generation;
    },
    release() {
      if (timer === undefined) return;
      forget();
      attempt(() => store.release(generation));
    },
  };
}
